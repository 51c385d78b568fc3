// Texts in the visitor's language. English is always there; the others are loaded when needed.
import { useLayoutEffect, useState } from "preact/hooks";
import { en, type Texts } from "./en";

const loaders: Record<string, () => Promise<{ texts: Texts }>> = {
  ar: () => import("./ar"),
  de: () => import("./de"),
  es: () => import("./es"),
  fr: () => import("./fr"),
  it: () => import("./it"),
  ja: () => import("./ja"),
  pt: () => import("./pt"),
  ru: () => import("./ru"),
  zh: () => import("./zh"),
};
const RIGHT_TO_LEFT = ["ar"];

let language = "en";
let texts: Texts = en;
const listeners = new Set<() => void>();

// The language we have for a code such as `pt-BR`; empty for one we have not.
function known(code: string | undefined): string {
  const base = (code ?? "").toLowerCase().split(/[-_]/)[0] ?? "";
  return base === "en" || base in loaders ? base : "";
}

let explicit = false;

// Speak the page's language if it names one (`explicit`), else the browser's, else the workspace's.
export async function useLanguage(code: string): Promise<void> {
  if (!known(code)) return;
  explicit = true;
  await speak(known(code));
}

export async function useVisitorsLanguage(workspace?: string): Promise<void> {
  if (explicit) return;
  const preferred = navigator.languages.map(known).find(Boolean);
  await speak(preferred || known(workspace) || "en");
}

async function speak(code: string): Promise<void> {
  if (code === language) return;
  const loaded = code === "en" ? en : (await loaders[code]?.())?.texts;
  if (!loaded) return;
  language = code;
  texts = loaded;
  document.documentElement.lang = code;
  document.documentElement.dir = RIGHT_TO_LEFT.includes(code) ? "rtl" : "ltr";
  for (const listener of listeners) listener();
}

export function text(key: keyof Texts, values: Record<string, string | number> = {}): string {
  return texts[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

// How times and numbers are written: as the browser has it for this language (en-GB, not en).
export const locale = (): string =>
  navigator.languages.find((code) => known(code) === language) ?? language;

// Render again when the language changes.
export function useTexts(): void {
  const [, change] = useState(0);
  useLayoutEffect(() => {
    const listener = () => change((count) => count + 1);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, []);
}
