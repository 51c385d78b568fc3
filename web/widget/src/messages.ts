// Messages at hand: putting those of several sources together, and which of them are shown.
import { get, type State, set } from "./state";
import type { Message, Time } from "./types";

// What the widget never shows, whatever the workspace hides besides (widget contract, 10.8).
const NEVER_SHOWN = new Set([
  "wm",
  "r",
  "au",
  "ru",
  "livechat_video_call",
  "livechat_webrtc_video_call",
  "livechat_navigation_history",
  "command",
  "omnichannel_priority_change_history",
  "omnichannel_sla_change_history",
]);

export function millis(time: Time | undefined): number {
  if (time && typeof time === "object") return time.$date;
  return time ? new Date(time).getTime() : 0;
}

export function isOwn(message: Message, state: State): boolean {
  return !!state.guest && message.u?._id === state.guest._id;
}

export function isShown(message: Message, state: State): boolean {
  if (!message.t) return true;
  const hidden = state.hiddenSystemMessages ?? state.config?.settings.hiddenSystemMessages ?? [];
  return !NEVER_SHOWN.has(message.t) && !hidden.includes(message.t);
}

const byTime = (one: Message, two: Message) =>
  millis(one.ts) - millis(two.ts) || (one._id < two._id ? -1 : 1);

// Take in messages from wherever: each is there once, the newest version wins, and what has come
// back from the server waits no longer to be sent.
export function merge(arrived: Message[]): void {
  const state = get();
  const known = new Map(state.messages.map((message) => [message._id, message]));
  for (const message of arrived) {
    const before = known.get(message._id);
    if (!before || millis(message._updatedAt) >= millis(before._updatedAt)) {
      known.set(message._id, message);
    }
  }
  const outbox = state.outbox.filter((each) => !known.has(each._id));
  set({
    messages: [...known.values()].sort(byTime),
    ...(outbox.length !== state.outbox.length && { outbox }),
  });
}

// Take in a page of history, which also shows what was deleted meanwhile within its span.
export function mergePage(page: Message[]): void {
  if (!page.length) return;
  const ids = new Set(page.map((message) => message._id));
  const times = page.map((message) => millis(message.ts));
  const from = Math.min(...times);
  const to = Math.max(...times);
  const kept = get().messages.filter((message) => {
    const time = millis(message.ts);
    return ids.has(message._id) || time <= from || time > to;
  });
  if (kept.length !== get().messages.length) set({ messages: kept });
  merge(page);
}

export function remove(id: string): void {
  set({ messages: get().messages.filter((message) => message._id !== id) });
}

export function isUnread(message: Message, state: State): boolean {
  return millis(message.ts) > state.seen && isShown(message, state) && !isOwn(message, state);
}

export function unread(state: State): number {
  return state.messages.filter((message) => isUnread(message, state)).length;
}

export function isOpen(state: State): boolean {
  return state.opened && !state.hidden;
}

// Whoever has the conversation before their eyes has seen it.
export function noteSeen(): void {
  const state = get();
  const last = state.messages[state.messages.length - 1];
  if (!last || !isOpen(state) || !state.visible) return;
  const time = millis(last.ts);
  if (time > state.seen) set({ seen: time });
}
