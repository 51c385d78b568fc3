// The widget's page: what happens from loading to showing.
import { render } from "preact";
import { listenToPage } from "./hooks";
import { listenToBrowser, live } from "./live";
import { isOpen, isUnread } from "./messages";
import { alone, callback, tellParent } from "./parent";
import { chime } from "./sound";
import { get, restoreFromPage, set, subscribe } from "./state";
import "./styles.css";
import { useVisitorsLanguage } from "./texts";
import { applyTheme, position } from "./theme";
import { runTriggers } from "./triggers";
import { App } from "./view/App";

const PATIENCE = 1000; // milliseconds

// By these the server knows conversations of the widget (messages, 1.2). In a frame on another
// site they need SameSite=None; such cookies are for secure connections only.
function setCookies(): void {
  const cross = location.protocol === "https:" ? "; SameSite=None; Secure; Partitioned" : "";
  for (const cookie of ["rc_is_widget=t", "rc_room_type=l"]) {
    document.cookie = `${cookie}; path=/${cross}`;
  }
}

// Once the server has said how the widget is to be, it is shown and the page may talk to it.
function begin(): void {
  const { config, opened } = get();
  if (!config) return;
  if (!config.enabled) {
    tellParent("removeWidget");
    return;
  }
  if (alone) set({ opened: true });
  tellParent("ready");
  if (opened) tellParent("openWidget");
  if (!config.online && !get().room) callback("no-agent-online");
  // The page's script says what the page's address is, and triggers run then; a page that holds the
  // frame by itself may not.
  setTimeout(() => {
    if (get().pageUrl) return;
    set({ pageUrl: document.referrer });
    runTriggers();
  }, PATIENCE);
}

function follow(): void {
  let begun = false;
  let enabled = true;
  let side: string | undefined;
  let known = get().messages;
  subscribe(() => {
    const state = get();
    if (!state.config) return;
    if (!begun) {
      begun = true;
      useVisitorsLanguage(state.config.settings?.language).then(begin);
    }
    // It may be switched off, and on again, while it is on a page.
    if (state.config.enabled !== enabled) {
      enabled = state.config.enabled;
      if (!state.hidden) tellParent(enabled ? "showWidget" : "hideWidget");
    }
    applyTheme(state);
    if (position(state) !== side) {
      side = position(state);
      document.documentElement.dataset.side = side ?? "right";
      tellParent("setWidgetPosition", side ?? "right");
    }
    if (state.messages !== known) {
      const ids = new Set(known.map((message) => message._id));
      const fresh = state.messages.some((each) => !ids.has(each._id) && isUnread(each, state));
      if (fresh && known.length && !(isOpen(state) && state.visible)) chime();
      known = state.messages;
    }
  });
}

setCookies();
follow();
listenToPage();
listenToBrowser();
useVisitorsLanguage();
render(<App />, document.body);
restoreFromPage().then(live.look);
