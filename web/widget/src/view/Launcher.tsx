// The round button, and what triggers say above it.
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { unread } from "../messages";
import { tellParent } from "../parent";
import { set, use } from "../state";
import { locale, text } from "../texts";
import { maximize } from "../window";
import { Icon, IconButton } from "./Icon";
import { loadWindow } from "./loading";

let returning = false;

export function Launcher() {
  const count = use(unread);
  const greetings = use((state) => state.greetings);
  const dismissed = use((state) => state.greetingsDismissed);
  const shown = dismissed ? [] : greetings.slice(-2);
  const all = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  // After minimising the focus stays within the widget.
  useEffect(() => {
    if (returning) button.current?.focus();
    returning = true;
  }, []);
  // The frame is as high as what is in it, which depends on how wide the frame has become.
  useLayoutEffect(() => {
    const element = all.current;
    if (!element || !shown.length) {
      tellParent("resizeWidget", 0);
      return;
    }
    const watch = new ResizeObserver(() => tellParent("resizeWidget", element.offsetHeight));
    watch.observe(element);
    return () => watch.disconnect();
  }, [shown.length]);

  const label = count
    ? `${text("openChat")}. ${text("newMessages", { n: count })}`
    : text("openChat");
  return (
    <div class="launch" ref={all}>
      {shown.length > 0 && (
        <div class="greeting" role="status">
          <IconButton
            name="close"
            class="greeting-close"
            label={text("discard")}
            onClick={() => set({ greetingsDismissed: true })}
          />
          {shown.map((message) => (
            <button type="button" class="greeting-text" key={message._id} onClick={maximize}>
              {message.u.name && <b>{message.u.name}</b>}
              <p>{message.msg}</p>
            </button>
          ))}
        </div>
      )}
      <button
        ref={button}
        type="button"
        class="launcher"
        aria-label={label}
        onClick={maximize}
        onPointerEnter={loadWindow}
        onFocus={loadWindow}
      >
        <Icon name="chat" size={26} />
        {count > 0 && (
          <span class="badge" aria-hidden="true">
            {count > 99 ? "99+" : count.toLocaleString(locale())}
          </span>
        )}
      </button>
    </div>
  );
}
