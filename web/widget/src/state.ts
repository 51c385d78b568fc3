// The one state of the widget. A part of it is kept in the browser, under the name that widgets of
// this API have always used, so that a visitor stays the same visitor after a change of server.
import { useLayoutEffect, useState } from "preact/hooks";
import { askParent, tellParent } from "./parent";
import type {
  Agent,
  Config,
  Guest,
  Message,
  Outgoing,
  QueueInfo,
  Room,
  Theme,
  Upload,
} from "./types";

const STORE = "store";
const TAB = "store-tab";
const PATIENCE = 500;

export interface Ended {
  rid: string;
  token: string;
  at: number;
  email?: string;
  askTranscript: boolean;
  survey: boolean;
  // The workspace wants the browser to forget: gone with the page.
  unkept?: boolean;
}

// What survives a reload of the page, and is the same in all tabs.
interface Kept {
  token: string;
  name: string;
  email: string;
  department: string;
  rid: string;
  outbox: Outgoing[];
  seen: number;
  silent: boolean;
  consent: boolean;
  firedTriggers: string[];
  ended: Ended | null;
  fields: [key: string, value: string, overwrite: boolean][];
}

// What survives a reload, each tab for itself.
interface KeptByTab {
  draft: string;
  opened: boolean;
}

export interface State extends Kept, KeptByTab {
  config: Config | null;
  guest: Guest | null;
  room: Room | null;
  agent: Agent | null;
  queue: QueueInfo | null;
  messages: Message[];
  // Whether the server may have older messages than those at hand.
  hasOlder: boolean;
  // Messages of triggers: shown to this browser only.
  greetings: Message[];
  greeted: boolean;
  uploads: Upload[];
  typing: string | null;
  reachable: boolean;
  expanded: boolean;
  phone: boolean;
  hidden: boolean;
  visible: boolean;
  theme: Theme;
  language: string;
  businessUnit: string;
  preferredAgent: { _id: string; username: string } | null;
  hiddenSystemMessages: string[] | null;
  metadata: Record<string, unknown>;
  pageUrl: string;
  greetingsDismissed: boolean;
  // What the visitor is asked before going on.
  question: "end" | "department" | "remove" | null;
}

const fresh = (): Kept => ({
  token: newToken(),
  name: "",
  email: "",
  department: "",
  rid: "",
  outbox: [],
  seen: 0,
  silent: false,
  consent: false,
  firedTriggers: [],
  ended: null,
  fields: [],
});

const freshTab = (): KeptByTab => ({ draft: "", opened: false });

const keptNames = Object.keys(fresh()) as (keyof Kept)[];

export function newToken(): string {
  return [...crypto.getRandomValues(new Uint8Array(32))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

const LETTERS = "23456789ABCDEFGHJKLMNPQRSTWXYZabcdefghijkmnopqrstuvwxyz";

// An id as the server makes them: 17 characters without look-alikes.
export function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(17))]
    .map((byte) => LETTERS[byte % LETTERS.length])
    .join("");
}

// Some browsers forbid storage to frames of other sites. Then the page is asked to keep it.
let forbidden = false;

function stored<T extends object>(storage: () => Storage, key: string): Partial<T> {
  try {
    return parse<T>(storage().getItem(key) ?? undefined);
  } catch {
    forbidden = true;
    return {};
  }
}

function write(storage: () => Storage, key: string, value: object): void {
  try {
    storage().setItem(key, JSON.stringify(value));
  } catch {
    tellParent("keep", key, JSON.stringify(value));
  }
}

const local = () => localStorage;
const session = () => sessionStorage;

function keep(): void {
  const kept: Record<string, unknown> = {};
  for (const name of keptNames) kept[name] = state[name];
  if (state.ended?.unkept) kept.ended = null;
  write(local, STORE, kept);
}

function keepByTab(): void {
  write(session, TAB, { draft: state.draft, opened: state.opened });
}

// The members of `kept` that are of the same kind as those of `base`: storage is not to be trusted.
function sound<T extends object>(kept: Partial<T>, base: T): T {
  const result = { ...base };
  for (const name of Object.keys(base) as (keyof T)[]) {
    const value = kept[name];
    if (typeof value === typeof base[name] && Array.isArray(value) === Array.isArray(base[name])) {
      result[name] = value as T[keyof T];
    }
  }
  return result;
}

const LOOKED_BACK_AT = 12 * 3600_000; // milliseconds: how long an ended conversation is shown

function recent(kept: Kept): Kept {
  const old = kept.ended && !(Date.now() - kept.ended.at < LOOKED_BACK_AT);
  return old ? { ...kept, ended: null, rid: "" } : kept;
}

let state: State = {
  ...recent(sound(stored<Kept>(local, STORE), fresh())),
  ...sound(stored<KeptByTab>(session, TAB), freshTab()),
  config: null,
  guest: null,
  room: null,
  agent: null,
  queue: null,
  messages: [],
  hasOlder: false,
  greetings: [],
  greeted: false,
  uploads: [],
  typing: null,
  reachable: true,
  expanded: false,
  phone: false,
  hidden: false,
  visible: document.visibilityState === "visible",
  theme: {},
  language: "",
  businessUnit: "",
  preferredAgent: null,
  hiddenSystemMessages: null,
  metadata: {},
  pageUrl: "",
  greetingsDismissed: false,
  question: null,
};
if (!forbidden) keep();

const listeners = new Set<() => void>();

export const get = (): State => state;

export function set(change: Partial<State>): void {
  state = { ...state, ...change };
  if (keptNames.some((name) => name in change)) keep();
  if ("draft" in change || "opened" in change) keepByTab();
  for (const listener of [...listeners]) listener();
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// Take over what the page has kept, if there is nothing else. A page with an older script does not
// answer; it is not waited for longer than `PATIENCE` milliseconds.
export async function restoreFromPage(): Promise<void> {
  if (!forbidden) return;
  const kept = await askParent<Record<string, string>>("recall", "recalled", PATIENCE);
  set({
    ...recent(sound(parse(kept?.[STORE]), fresh())),
    ...sound(parse(kept?.[TAB]), freshTab()),
  });
}

function parse<T extends object>(text: string | undefined): Partial<T> {
  try {
    const value = JSON.parse(text || "{}");
    return value && typeof value === "object" ? value : {};
  } catch {
    return {};
  }
}

// Take over what another tab has kept.
export function followTabs(changed: () => void): void {
  window.addEventListener("storage", ({ key }) => {
    if (key !== STORE) return;
    const { token, rid } = state;
    set(sound(stored<Kept>(local, STORE), state));
    if (state.token !== token || state.rid !== rid) changed();
  });
}

// Forget the visitor: a new token, nothing kept but the sound switch.
export function forget(): void {
  set({
    ...fresh(),
    silent: state.silent,
    draft: "",
    guest: null,
    room: null,
    agent: null,
    queue: null,
    messages: [],
    greetings: [],
    hasOlder: false,
  });
}

export function use<T>(select: (state: State) => T): T {
  const [value, setValue] = useState(() => select(state));
  useLayoutEffect(() => {
    const look = () => setValue(() => select(state));
    look();
    return subscribe(look);
  }, []);
  return value;
}
