// Line drawings on a grid of 24.
const PATHS = {
  chat: "M21 12a8 8 0 0 1-8 8H4l1.8-3A8 8 0 1 1 21 12Z",
  down: "m6 9 6 6 6-6",
  close: "M6 6l12 12M18 6 6 18",
  more: "M12 5h.01M12 12h.01M12 19h.01",
  send: "M4 12 20 4l-5 16-3.5-6.5L4 12Zm7.5 1.5L20 4",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8.5 14.5a4.5 4.5 0 0 0 7 0M9 9.5h.01M15 9.5h.01",
  clip: "m20 11-8.5 8.5a5 5 0 0 1-7-7L13 4a3.3 3.3 0 0 1 4.7 4.7l-8.5 8.5a1.7 1.7 0 0 1-2.4-2.4L14.6 7",
  popout: "M14 4h6v6M20 4l-8 8M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5",
  file: "M14 3H7a1 1 0 0 0-1 1v16a1 1 0 0 0 1 1h10a1 1 0 0 0 1-1V7l-4-4Zm0 0v4h4",
  star: "m12 3.5 2.6 5.4 5.9.8-4.3 4.1 1 5.9L12 16.9l-5.2 2.8 1-5.9L3.5 9.7l5.9-.8L12 3.5Z",
  arrow: "M12 5v14M6 13l6 6 6-6",
  alert: "M12 8v5M12 16.5h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
  tick: "m5 12.5 4.5 4.5L19 7.5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      aria-hidden="true"
      stroke-width="1.9"
    >
      <path d={PATHS[name]} stroke-width={name === "more" ? 3.2 : undefined} />
    </svg>
  );
}

export function IconButton({
  name,
  label,
  onClick,
  ...rest
}: {
  name: IconName;
  label: string;
  onClick: () => void;
  class?: string;
  id?: string;
  disabled?: boolean;
  expanded?: boolean;
}) {
  const { expanded, class: extra = "", ...attributes } = rest;
  return (
    <button
      type="button"
      class={`icon-button ${extra}`}
      title={label}
      aria-label={label}
      aria-expanded={expanded}
      onClick={onClick}
      {...attributes}
    >
      <Icon name={name} />
    </button>
  );
}
