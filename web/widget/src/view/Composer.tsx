// Where the visitor writes.
import type { ComponentType } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { say } from "../conversation";
import { sendFiles } from "../files";
import { live } from "../live";
import { get, set, use } from "../state";
import { text } from "../texts";
import { usePopover } from "./focus";
import { IconButton } from "./Icon";

const HIGHEST = 120; // pixels: some five lines

export function Composer() {
  const draft = use((state) => state.draft);
  const limit = use((state) => state.config?.settings.limitTextLength || 0);
  const mayUpload = use((state) => !!state.config?.settings.fileUpload);
  const field = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const excess = limit ? [...draft].length - limit : 0;
  const ready = !!draft.trim() && excess <= 0;

  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, HIGHEST)}px`;
  }, [draft]);

  const submit = (event?: Event) => {
    event?.preventDefault();
    if (ready) say(draft.trim());
    field.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  };
  const onPaste = (event: ClipboardEvent) => {
    const files = event.clipboardData?.files;
    if (mayUpload && files?.length) {
      event.preventDefault();
      sendFiles([...files]);
    }
  };
  const insert = (emoji: string) => {
    const element = field.current;
    const start = element?.selectionStart ?? draft.length;
    const end = element?.selectionEnd ?? start;
    set({ draft: get().draft.slice(0, start) + emoji + get().draft.slice(end) });
    requestAnimationFrame(() => {
      element?.focus();
      element?.setSelectionRange(start + emoji.length, start + emoji.length);
    });
  };
  return (
    <form class="composer" onSubmit={submit}>
      {excess > 0 && (
        <p class="problem" id="too-long" role="status">
          {text("tooLong", { n: excess })}
        </p>
      )}
      <div class="composer-box">
        <textarea
          ref={field}
          data-first
          rows={1}
          value={draft}
          placeholder={text("write")}
          aria-label={text("write")}
          aria-invalid={excess > 0}
          aria-describedby={excess > 0 ? "too-long" : undefined}
          enterkeyhint="send"
          onInput={(event) => {
            set({ draft: event.currentTarget.value });
            live.startTyping();
          }}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <EmojiButton onPick={insert} />
        {mayUpload && (
          <>
            <IconButton
              name="clip"
              label={text("attach")}
              onClick={() => chooser.current?.click()}
            />
            <input
              ref={chooser}
              type="file"
              multiple
              hidden
              onChange={(event) => {
                const { files } = event.currentTarget;
                if (files) sendFiles([...files]);
                event.currentTarget.value = "";
              }}
            />
          </>
        )}
        <button
          type="submit"
          class="icon-button send"
          disabled={!ready}
          aria-label={text("send")}
          title={text("send")}
        >
          <svg
            class="icon"
            width="20"
            height="20"
            viewBox="0 0 24 24"
            aria-hidden="true"
            stroke-width="1.9"
          >
            <path d="M5 12h14M13 6l6 6-6 6" />
          </svg>
        </button>
      </div>
    </form>
  );
}

type Picker = ComponentType<{ onPick: (emoji: string) => void }>;

// The emojis are loaded when somebody wants one.
function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
  const [Shown, setShown] = useState<Picker | null>(null);
  const box = useRef<HTMLDivElement>(null);
  usePopover(box, !!Shown, () => setShown(null));
  const toggle = async () => {
    if (Shown) return setShown(null);
    const { EmojiPicker } = await import("./EmojiPicker");
    setShown(() => EmojiPicker);
  };
  return (
    <div class="emoji-place" ref={box}>
      <IconButton name="smile" label={text("emoji")} expanded={!!Shown} onClick={toggle} />
      {Shown && (
        <Shown
          onPick={(emoji) => {
            setShown(null);
            onPick(emoji);
          }}
        />
      )}
    </div>
  );
}
