// The open window: header, whatever there is to do now, and the line at the bottom.
import { useEffect, useRef } from "preact/hooks";
import { alone } from "../parent";
import { type State, use } from "../state";
import { text } from "../texts";
import { asked, minimize } from "../window";
import { Chat } from "./Chat";
import { Dialog } from "./Dialog";
import { Consent, OfflineForm, RegistrationForm } from "./forms";
import { Footer, Header } from "./Header";
import "./panel.css";
import "./forms.css";
import "./chat.css";

type Screen = "consent" | "offline" | "form" | "chat";

export function screenOf(state: State): Screen {
  const { config, room, ended, guest, greeted, consent } = state;
  if (!config || room || ended) return "chat";
  const { settings, departments } = config;
  if (settings.forceAcceptDataProcessingConsent && !consent) return "consent";
  if (!config.online) return "offline";
  const fields =
    settings.nameFieldRegistrationForm ||
    settings.emailFieldRegistrationForm ||
    config.customFields?.length ||
    departments.some((each) => each.showOnRegistration);
  return settings.registrationForm && fields && !guest && !greeted ? "form" : "chat";
}

const SCREENS = { consent: Consent, offline: OfflineForm, form: RegistrationForm, chat: Chat };

export function Panel() {
  const screen = use(screenOf);
  const reachable = use((state) => state.reachable);
  const panel = useRef<HTMLElement>(null);

  // Whoever opens the window means to write.
  useEffect(() => {
    if (!asked.for) return;
    const wanted = "[data-first], .body input, .body textarea, .body select, .body button";
    panel.current?.querySelector<HTMLElement>(wanted)?.focus({ preventScroll: true });
  }, [screen]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.defaultPrevented && !alone) minimize();
  };
  const Shown = SCREENS[screen];
  return (
    <section class="panel" ref={panel} aria-label={text("title")} onKeyDown={onKeyDown}>
      <Header />
      {!reachable && (
        <p class="banner" role="status">
          {text("unreachable")}
        </p>
      )}
      <Shown />
      <Footer />
      <Dialog />
    </section>
  );
}
