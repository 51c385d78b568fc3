// A grid of emojis; the arrow keys move in it.
import { useRef } from "preact/hooks";
import { SERVER } from "../rest";
import { get } from "../state";
import { text } from "../texts";

const EMOJIS = [
  ..."😀😃😄😁😆😅😂🤣🙂🙃😉😊😇🥰😍🤩😘😋😛😜🤪🤗🤭🤔🤐😐😑😶😏😒🙄😬😌😔😪😴😷🤒🤕🤧🥵🥶😵🤯🥳😎🤓🧐😕🙁😮😲😳🥺😨😰😢😭😱😖😞😓😩😫🥱😤😡😠🤬😈💀💩🤡👻👽🤖",
  ..."👍👎👌🤏🤞🤟🤘🤙👈👉👆👇👋🤚🖖👏🙌👐🤲🤝🙏💪👀🧠👶👧👦👩👨👵👴🙋🤦🤷🙈🙉🙊",
  ...[
    "❤️",
    "🧡",
    "💛",
    "💚",
    "💙",
    "💜",
    "🖤",
    "💔",
    "💯",
    "💥",
    "💫",
    "💬",
    "⭐",
    "🌟",
    "✨",
    "⚡",
    "🔥",
  ],
  ..."🎉🎊🎈🎁🏆🥇🎂🍰🍕🍔🍟🍎🍓🍇🥑🌮🍣🍦🍩☕🍵🍺🍷🥂🚗🚕🚌🚲🚀🏠🏢🏥🏖🌍🌈🌧🌸🌹🌻🌲🍀🐶🐱🐭🐰🦊🐻🐼🐨🐯🦁🐸🐵🐔🐧🐦🦆🦉🐝🦋🐢🐟🐬🐳",
  ...[
    "📱",
    "💻",
    "🖨️",
    "📷",
    "📞",
    "📧",
    "📦",
    "📝",
    "📅",
    "📎",
    "🔑",
    "🔒",
    "🔔",
    "💡",
    "💰",
    "💳",
    "⏰",
    "✅",
    "❌",
    "❓",
    "❗",
    "➡️",
    "⬅️",
    "🆗",
    "🆕",
  ],
];
const ACROSS = 8;

export function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const grid = useRef<HTMLDivElement>(null);
  const custom = get().config?.resources?.emojis ?? [];
  const onKeyDown = (event: KeyboardEvent) => {
    const rtl = document.documentElement.dir === "rtl" ? -1 : 1;
    const steps: Record<string, number> = {
      ArrowRight: rtl,
      ArrowLeft: -rtl,
      ArrowDown: ACROSS,
      ArrowUp: -ACROSS,
    };
    const step = steps[event.key];
    const buttons = [...(grid.current?.querySelectorAll("button") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (step === undefined || at < 0) return;
    event.preventDefault();
    buttons[at + step]?.focus();
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys move between its buttons
    <div class="emojis" ref={grid} onKeyDown={onKeyDown}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a grid in all browsers */}
      <div class="emojis-grid" role="group" aria-label={text("emoji")}>
        {custom.map(({ name, extension }) => (
          <button key={name} type="button" tabIndex={-1} onClick={() => onPick(`:${name}:`)}>
            <img
              class="emoji"
              src={`${SERVER}/emoji-custom/${encodeURIComponent(name)}.${extension}`}
              alt={name}
            />
          </button>
        ))}
        {EMOJIS.map((emoji, index) => (
          <button
            key={emoji}
            type="button"
            tabIndex={index ? -1 : 0}
            data-first={!index || undefined}
            onClick={() => onPick(emoji)}
          >
            {emoji}
          </button>
        ))}
      </div>
    </div>
  );
}
