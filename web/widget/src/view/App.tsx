// What the frame shows: the button, a greeting above it, or the open window.
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { isOpen } from "../messages";
import { alone } from "../parent";
import { use } from "../state";
import { useTexts } from "../texts";
import { Launcher } from "./Launcher";
import { loadWindow } from "./loading";

export function App() {
  useTexts();
  const enabled = use((state) => !!state.config?.enabled);
  const hidden = use((state) => state.hidden);
  const open = use((state) => isOpen(state) || alone);
  const [Window, setWindow] = useState<ComponentType | null>(null);
  useEffect(() => {
    document.documentElement.classList.toggle("alone", alone);
  }, []);
  useEffect(() => {
    if (open && !Window) loadWindow().then((loaded) => loaded && setWindow(() => loaded));
  }, [open]);
  if (!enabled || hidden) return null;
  if (!open) return <Launcher />;
  return Window ? <Window /> : <div class="panel" aria-busy="true" />;
}
