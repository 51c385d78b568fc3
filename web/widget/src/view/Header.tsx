// Who is there, and what can be done with the window.
import { useRef, useState } from "preact/hooks";
import { alone } from "../parent";
import { SERVER } from "../rest";
import { get, set, use } from "../state";
import { text } from "../texts";
import type { Agent } from "../types";
import { minimize, openPopout } from "../window";
import { ask } from "./Dialog";
import { usePopover } from "./focus";
import { IconButton } from "./Icon";

export function Header() {
  const config = use((state) => state.config);
  const theme = use((state) => state.theme);
  const agent = use((state) => state.agent);
  const room = use((state) => state.room);
  const phone = use((state) => state.phone);
  const online = config?.online || room;
  const title = online
    ? theme.title || config?.theme?.title || text("title")
    : theme.offlineTitle || config?.theme?.offlineTitle || text("title");
  const known = agent && !agent.hiddenInfo ? agent : null;
  const hideExpand = theme.hideExpandChat ?? config?.theme?.hideExpandChat;
  return (
    <header class="header">
      {known && !theme.hideAgentAvatar && <Avatar agent={known} status />}
      <div class="header-text">
        <h1>{known?.name || known?.username || title}</h1>
        {known && <p>{statusText(known.status) || title}</p>}
      </div>
      <Menu />
      {!alone && !phone && !hideExpand && (
        <IconButton name="popout" label={text("popout")} onClick={openPopout} />
      )}
      {!alone && <IconButton name="down" label={text("minimize")} onClick={minimize} />}
    </header>
  );
}

function statusText(status: string | undefined): string {
  if (status === "online" || status === "away" || status === "busy" || status === "offline") {
    return text(status);
  }
  return "";
}

// Pictures that are not there are asked for once.
const missing = new Set<string>();

export function Avatar({ agent, status }: { agent: Agent; status?: boolean }) {
  const [, look] = useState(0);
  const name = agent.name || agent.username || "";
  const source = `${SERVER}/avatar/${encodeURIComponent(agent.username ?? "")}`;
  const initials = name
    .split(/[\s._-]+/)
    .slice(0, 2)
    .map((word) => [...word][0] ?? "")
    .join("")
    .toUpperCase();
  return (
    <span class="avatar" aria-hidden="true">
      {initials}
      {agent.username && !missing.has(source) && (
        <img src={source} alt="" onError={() => look(missing.add(source).size)} />
      )}
      {status && <span class="dot" data-status={agent.status ?? "offline"} />}
    </span>
  );
}

function Menu() {
  const silent = use((state) => state.silent);
  const room = use((state) => state.room);
  const guest = use((state) => state.guest);
  const config = use((state) => state.config);
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  usePopover(box, open, () => setOpen(false));
  const settings = config?.settings;
  const departments = config?.departments.filter((each) => each.showOnRegistration) ?? [];
  const items: [label: string, act: () => void][] = [
    [text(silent ? "soundOn" : "soundOff"), () => set({ silent: !get().silent })],
  ];
  if (settings?.allowSwitchingDepartments && departments.length > 1) {
    items.push([text("changeDepartment"), () => ask("department")]);
  }
  if (settings?.forceAcceptDataProcessingConsent && guest) {
    items.push([text("removeData"), () => ask("remove")]);
  }
  if (room && settings?.visitorsCanCloseChat !== false) {
    items.push([text("endChat"), () => ask("end")]);
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !box.current) return;
    event.preventDefault();
    const buttons = [...box.current.querySelectorAll<HTMLElement>("[role=menuitem]")];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  };
  return (
    <div class="menu" ref={box}>
      <IconButton name="more" label={text("menu")} expanded={open} onClick={() => setOpen(!open)} />
      {open && (
        <div class="menu-list" role="menu" tabIndex={-1} onKeyDown={onKeyDown}>
          {items.map(([label, act]) => (
            <button
              key={label}
              type="button"
              role="menuitem"
              onClick={() => {
                setOpen(false);
                act();
              }}
            >
              {label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

export function Footer() {
  const settings = use((state) => state.config?.settings);
  const logo = settings?.livechatLogo?.url;
  if (settings?.hideWatermark && !logo) return null;
  return (
    <footer class="footer">
      {logo ? <img src={new URL(logo, `${SERVER}/`).href} alt="" /> : "Frontdesk"}
    </footer>
  );
}
