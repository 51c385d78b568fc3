// What the parent page may call (widget contract, 11.2).
import { catchUp, changeDepartment } from "./conversation";
import { live } from "./live";
import { answerParent } from "./parent";
import { read, send } from "./rest";
import { forget, get, newToken, set } from "./state";
import { useLanguage } from "./texts";
import { runTriggers } from "./triggers";
import type { Config, Theme } from "./types";
import { departmentId, type Registration, register, setField } from "./visitor";
import { hide, maximize, minimize, show } from "./window";

type Field = [key: string, value?: unknown, overwrite?: boolean];

// Of the messages that anybody may hide, these may be hidden by the page.
const MAY_BE_HIDDEN = [
  "uj",
  "ul",
  "livechat-close",
  "livechat-started",
  "livechat_transfer_history",
];

const hooks = {
  initialize(parameters: Record<string, unknown>) {
    for (const [name, value] of Object.entries(parameters ?? {})) {
      if (value !== undefined && value !== null) setters[name]?.(value as never);
    }
  },

  pageVisited(info: { change: string; title: string; location: { href: string } }) {
    const { token, room } = get();
    const { change, title, location } = info;
    const pageInfo = { change, title, location: { href: location.href } };
    const watched = get().config?.settings.historyMonitorType ?? "url";
    if (change !== watched) return;
    const body = { token, ...(room && { rid: room._id }), pageInfo };
    send("livechat/page.visited", body).catch(() => {});
  },

  setCustomField(key: string, value: unknown = "", overwrite = true) {
    if (key) setField(String(key), String(value), overwrite);
  },

  setTheme(theme: Theme) {
    const { position, ...rest } = theme;
    const sided = position === "left" || position === "right" ? { position } : {};
    set({ theme: { ...get().theme, ...defined(rest), ...sided } });
  },

  setDepartment(idOrName: string) {
    const department = departmentId(String(idOrName));
    if (!department) console.warn(`RocketChat: there is no department ${idOrName}`);
    settle({ department: department ?? "" });
  },

  clearDepartment() {
    settle({ department: "" });
  },

  async setBusinessUnit(businessUnit: string) {
    const query = { token: get().token, businessUnit };
    const { config: answer } = await read<{ config: Config }>("livechat/config", query);
    const { config } = get();
    set({ businessUnit: String(businessUnit) });
    if (config) set({ config: { ...config, departments: answer.departments } });
  },

  clearBusinessUnit() {
    set({ businessUnit: "" });
    return catchUp();
  },

  setGuestToken(token: string) {
    if (token && token !== get().token) return hooks.registerGuest({ token });
  },

  setGuestName(name: string) {
    settle({ name: String(name) });
  },

  setGuestEmail(email: string) {
    settle({ email: String(email) });
  },

  async registerGuest(given: Registration) {
    const token = given.token || get().token || newToken();
    live.leave();
    if (token !== get().token) {
      const { fields, department, consent } = get();
      forget();
      set({ token, fields, department, consent });
    }
    const { name = "", email = "" } = given;
    set({ ...(name && { name }), ...(email && { email }) });
    const department = given.department && departmentId(given.department);
    await register({ ...given, token, department });
    runTriggers("after-guest-registration");
    await catchUp();
  },

  setAgent(agent: { _id: string; username: string }) {
    if (agent?._id && agent.username) set({ preferredAgent: agent });
    else console.warn("RocketChat: an agent needs _id and username");
  },

  setLanguage(language: string) {
    return useLanguage(String(language));
  },

  showWidget: show,
  hideWidget: hide,
  maximizeWidget: maximize,
  minimizeWidget: minimize,

  setParentUrl(pageUrl: string) {
    set({ pageUrl: String(pageUrl) });
    runTriggers();
  },

  setGuestMetadata(metadata: Record<string, unknown>) {
    set({ metadata: { ...metadata } });
  },

  setHiddenSystemMessages(types: string[]) {
    if (!Array.isArray(types)) return;
    set({ hiddenSystemMessages: types.filter((type) => MAY_BE_HIDDEN.includes(type)) });
  },

  // transferChat(department), or transferChat(rid, department) as newer pages have it.
  async transferChat(first: string, second?: string) {
    if (!get().room) return;
    const wanted = second ?? first;
    await changeDepartment(departmentId(wanted) ?? wanted);
  },

  setExpanded(phone: boolean) {
    set({ phone: !!phone });
  },

  clearWidgetData() {
    live.leave();
    forget();
    return catchUp();
  },

  // What a window of its own needs to go on where the page was.
  syncState(state: { token?: string }) {
    if (state?.token && state.token !== get().token) {
      set({ token: state.token, guest: null, room: null, rid: "", ended: null, messages: [] });
      return catchUp();
    }
  },
};

const setters: Record<string, (value: never) => unknown> = {
  customField: ([key, value, overwrite]: Field) =>
    hooks.setCustomField(key, value ?? "", overwrite ?? true),
  setCustomFields: (fields: Field[]) => {
    for (const [key, value, overwrite] of fields) {
      hooks.setCustomField(key, value ?? "", overwrite ?? true);
    }
  },
  theme: hooks.setTheme,
  department: hooks.setDepartment,
  businessUnit: hooks.setBusinessUnit,
  guestToken: hooks.setGuestToken,
  guestName: hooks.setGuestName,
  guestEmail: hooks.setGuestEmail,
  registerGuest: hooks.registerGuest,
  language: hooks.setLanguage,
  agent: hooks.setAgent,
  parentUrl: hooks.setParentUrl,
  setGuestMetadata: hooks.setGuestMetadata,
  hiddenSystemMessages: hooks.setHiddenSystemMessages,
};

function defined<T extends object>(values: T): Partial<T> {
  const kept = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as Partial<T>;
}

// Remember what is said of the visitor; who is registered already is brought up to date.
function settle(change: { name?: string; email?: string; department?: string }): void {
  set(change);
  if (get().guest) register().catch(() => {});
  else catchUp();
}

export function listenToPage(): void {
  answerParent(
    Object.fromEntries(
      Object.entries(hooks).map(([name, hook]) => [
        name,
        (...args: unknown[]) => {
          // What the page asks for may be refused; the page has no way to hear of it.
          const done = (hook as (...args: unknown[]) => unknown)(...args);
          Promise.resolve(done).catch((error) => console.warn(`RocketChat.${name}:`, error));
        },
      ]),
    ),
  );
}
