// The open window is loaded when somebody is about to open it: most visitors of a page never do.
import type { ComponentType } from "preact";

const RELOADED = "store-reloaded";
const ONCE_IN = 60_000; // milliseconds

let loading: Promise<ComponentType | null> | null = null;

export function loadWindow(): Promise<ComponentType | null> {
  loading ??= import("./Panel").then(({ Panel }) => Panel, missing);
  return loading;
}

// Either there is no network, or the server has a newer widget and has dropped the files of this
// one: then the page of the frame is loaded anew.
function missing(): null {
  loading = null;
  let last = Date.now();
  try {
    last = Number(sessionStorage.getItem(RELOADED));
    sessionStorage.setItem(RELOADED, String(Date.now()));
  } catch {}
  if (navigator.onLine && Date.now() - last > ONCE_IN) location.reload();
  return null;
}
