// Open, minimised, shown or hidden: what the page must know to give the frame its size.
import { catchUp } from "./conversation";
import { noteSeen } from "./messages";
import { alone, callback, tellParent } from "./parent";
import { get, set } from "./state";
import { runTriggers } from "./triggers";

// Whether the visitor has asked for the window: one that comes back with the page takes no focus.
export const asked = { for: false };

export function maximize(): void {
  asked.for = true;
  if (!get().opened) callback("chat-maximized");
  set({ opened: true });
  tellParent("openWidget");
  noteSeen();
  runTriggers("chat-opened-by-visitor");
  catchUp();
}

export function minimize(): void {
  if (alone) return;
  if (get().opened) callback("chat-minimized");
  set({ opened: false });
  tellParent("minimizeWindow");
}

export function show(): void {
  if (get().hidden) callback("show-widget");
  set({ hidden: false });
  tellParent("showWidget");
}

export function hide(): void {
  if (!get().hidden) callback("hide-widget");
  set({ hidden: true });
  tellParent("hideWidget");
}

export function openPopout(): void {
  minimize();
  tellParent("openPopout", { token: get().token });
}
