// Messages that the workspace has the widget show by itself (widget contract, 11.5).
import { callback } from "./parent";
import { read, send } from "./rest";
import { get, newId, set } from "./state";
import type { Agent, Message, Trigger } from "./types";

const SENDER_KEPT = 3600_000; // milliseconds; an agent asked for is good for an hour
const timers = new Map<string, number>();
const met = new Set<string>();

// Look at all triggers; called at load, when the page's address changes, when the chat is opened
// (`event` chat-opened-by-visitor) and when the visitor has registered (after-guest-registration).
export function runTriggers(event?: string): void {
  const { config, guest, firedTriggers } = get();
  // What nobody is there to follow up is better not said.
  if (!config?.online) return;
  for (const trigger of config.triggers ?? []) {
    const [condition] = trigger.conditions;
    if (!condition || (trigger.runOnce && firedTriggers.includes(trigger._id))) continue;
    if (guest && condition.name !== "after-guest-registration") continue;
    switch (condition.name) {
      case "page-url":
        if (!event) onPage(trigger, condition.value ?? "");
        break;
      case "time-on-site":
        if (!event) afterTime(trigger, Number(condition.value) || 0);
        break;
      default:
        if (condition.name === event && !met.has(trigger._id)) fire(trigger);
    }
  }
}

function onPage(trigger: Trigger, expression: string): void {
  const { pageUrl } = get();
  let matches = false;
  try {
    matches = new RegExp(expression).test(pageUrl);
  } catch {
    return;
  }
  const key = `${trigger._id} ${pageUrl}`;
  if (matches && !met.has(key)) {
    met.add(key);
    fire(trigger);
  }
}

function afterTime(trigger: Trigger, seconds: number): void {
  if (timers.has(trigger._id)) return;
  const waiting = window.setTimeout(() => {
    if (!get().guest) fire(trigger);
  }, seconds * 1000);
  timers.set(trigger._id, waiting);
}

async function fire(trigger: Trigger): Promise<void> {
  met.add(trigger._id);
  const [action] = trigger.actions;
  if (!action) return;
  const texts = await textsOf(trigger).catch(() => []);
  const u = await sender(action.params?.sender, action.params?.name);
  const said: Message[] = texts.filter(Boolean).map((msg) => ({
    _id: newId(),
    msg,
    u,
    ts: Date.now(),
  }));
  if (!said.length || (get().room && trigger.conditions[0]?.name !== "after-guest-registration")) {
    return;
  }
  set({
    greetings: [...get().greetings, ...said],
    greeted: true,
    ...(trigger.runOnce && { firedTriggers: [...get().firedTriggers, trigger._id] }),
  });
}

async function textsOf(trigger: Trigger): Promise<string[]> {
  const action = trigger.actions[0];
  if (action?.name !== "use-external-service") return [action?.params?.msg ?? ""];
  const { token, metadata } = get();
  const extraData = Object.entries(metadata).map(([key, value]) => ({ key, value: String(value) }));
  try {
    const path = `livechat/triggers/${encodeURIComponent(trigger._id)}/external-service/call`;
    const answer = await send<{ response: { contents: { msg: string; order: number }[] } }>(path, {
      token,
      ...(extraData.length && { extraData }),
    });
    const contents = [...answer.response.contents].sort((one, two) => one.order - two.order);
    return contents.map(({ msg }) => msg);
  } catch {
    return [action.params?.serviceFallbackMessage ?? ""];
  }
}

let asked: { at: number; agent: Agent } | null = null;

// Who says it: the agent who would serve the visitor, or a name that the trigger gives.
async function sender(kind?: string, name?: string | null): Promise<Message["u"]> {
  if (kind === "custom") return { username: name || undefined, name: name || undefined };
  const { preferredAgent, token, guest, department } = get();
  if (preferredAgent) return preferredAgent;
  if (!asked || Date.now() - asked.at > SENDER_KEPT) {
    try {
      const path = `livechat/agent.next/${encodeURIComponent(token)}`;
      const query = { department: guest?.department || department };
      const { agent } = await read<{ agent?: Agent }>(path, query);
      asked = { at: Date.now(), agent: agent ?? { username: "rocket.cat" } };
      if (agent && !agent.hiddenInfo) {
        const { username, status } = agent;
        callback("assign-agent", { name: agent.name, username, status });
      }
    } catch {
      return { username: "rocket.cat" };
    }
  }
  const { _id, username, name: shown, hiddenInfo } = asked.agent;
  return hiddenInfo ? {} : { _id, username, name: shown };
}
