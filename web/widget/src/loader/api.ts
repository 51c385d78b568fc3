// What a page may call: RocketChat(function () { this.setTheme(...); }).
import type { Frame } from "./frame";

// Functions that go to the widget as they are.
const PASSED_ON = [
  "pageVisited",
  "setCustomField",
  "setTheme",
  "setDepartment",
  "clearDepartment",
  "setGuestToken",
  "setGuestName",
  "setGuestEmail",
  "registerGuest",
  "setAgent",
  "setLanguage",
  "showWidget",
  "hideWidget",
  "maximizeWidget",
  "minimizeWidget",
  "setBusinessUnit",
  "clearBusinessUnit",
  "setParentUrl",
  "setGuestMetadata",
  "setHiddenSystemMessages",
  "clearWidgetData",
  "transferChat",
  "initialize",
] as const;

const CALLBACKS = {
  onChatMaximized: "chat-maximized",
  onChatMinimized: "chat-minimized",
  onChatStarted: "chat-started",
  onChatEnded: "chat-ended",
  onPrechatFormSubmit: "pre-chat-form-submit",
  onOfflineFormSubmit: "offline-form-submit",
  onWidgetShown: "show-widget",
  onWidgetHidden: "hide-widget",
  onAssignAgent: "assign-agent",
  onAgentStatusChange: "agent-status-change",
  onQueuePositionChange: "queue-position-change",
  onServiceOffline: "no-agent-online",
} as const;

type Listener = (data: unknown) => void;
export type Api = Record<string, (...args: unknown[]) => void>;

export function makeApi(frame: Frame): Api {
  const listeners = new Map<string, Listener[]>();
  frame.onCallback((name, data) => {
    for (const listener of listeners.get(name) ?? []) listener(data);
  });
  const api: Api = {
    clearAllCallbacks: () => listeners.clear(),
  };
  for (const name of PASSED_ON) {
    api[name] = (...args) => frame.call(name, ...args);
  }
  api.pageVisited = (change) =>
    frame.call("pageVisited", {
      change,
      title: document.title,
      location: { href: location.href },
    });
  for (const [name, event] of Object.entries(CALLBACKS)) {
    api[name] = (listener) => {
      if (typeof listener !== "function") return;
      listeners.set(event, [...(listeners.get(event) ?? []), listener as Listener]);
    };
  }
  return api;
}
