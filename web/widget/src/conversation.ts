// The conversation: starting it, sending, catching up, ending it.
//
// What is written is kept in an outbox until the server has confirmed it. Each message has an id
// made here, so that sending it again after a lost answer stores it once.
import { live } from "./live";
import { merge, mergePage, millis, noteSeen } from "./messages";
import { callback } from "./parent";
import { ApiError, callMethod, read, send } from "./rest";
import { forget, get, newId, set } from "./state";
import type { Agent, Config, Message, Outgoing, QueueInfo, Room } from "./types";
import { loadConfig, register, visitorEmail } from "./visitor";

const PAGE = 50;
const RETRY = { first: 1000, last: 15_000 };

// Starting ------------------------------------------------------------------------------------

let starting: Promise<Room> | null = null;

export function ensureRoom(): Promise<Room> {
  const { room } = get();
  if (room) return Promise.resolve(room);
  starting ??= start().finally(() => {
    starting = null;
  });
  return starting;
}

async function start(): Promise<Room> {
  if (!get().guest) await register();
  const { token, preferredAgent } = get();
  const answer = await read<{ room: Room }>("livechat/room", {
    token,
    agentId: preferredAgent?._id,
  });
  adoptRoom(answer.room);
  callback("chat-started");
  catchUp();
  return answer.room;
}

function adoptRoom(room: Room): void {
  if (get().room?._id === room._id) {
    set({ room });
  } else {
    const messages = get().messages.filter((each) => each.rid === room._id);
    set({ room, rid: room._id, ended: null, messages, hasOlder: false });
  }
  live.follow(room._id);
}

// Catching up ---------------------------------------------------------------------------------

let running: Promise<void> | null = null;
let again = false;

// Bring everything up to date by REST. Calls made meanwhile lead to one more round, no more.
export function catchUp(): Promise<void> {
  if (running) {
    again = true;
    return running;
  }
  running = round().finally(() => {
    running = null;
    if (again) {
      again = false;
      catchUp();
    }
  });
  return running;
}

// Who the visitor is and what conversation there is.
function standing(): string {
  const { token, guest, room, ended } = get();
  return [token, guest?._id, room?._id, ended?.rid].join();
}

async function round(): Promise<void> {
  try {
    const before = standing();
    const { config } = await loadConfig();
    if (standing() !== before) {
      // The answer is older than what has happened meanwhile.
      again = true;
      if (!get().config) set({ config });
      return;
    }
    await applyConfig(config);
    flush();
  } catch (error) {
    // Told by `reachable`; live.ts looks again before long.
    if (!(error instanceof ApiError)) console.error(error);
  }
}

export async function applyConfig(config: Config): Promise<void> {
  const { rid, guest } = get();
  set({ config, guest: config.guest ?? (config.enabled ? null : guest) });
  if (!config.enabled) return;
  if (config.room) {
    setAgent(config.agent ?? null);
    setQueue(config.queueInfo ?? null);
    adoptRoom(config.room);
    await loadNews(config.room._id);
    return;
  }
  if (get().room || (rid && !get().ended)) {
    // It was closed while nobody was listening.
    const closed = get().room?._id ?? rid;
    if (await stillThere(closed)) finish(closed);
    return;
  }
  const { ended, messages } = get();
  if (ended && !messages.length && !(await stillThere(ended.rid, ended.token))) startOver();
}

// Load a conversation that has ended; false when the server has forgotten it.
async function stillThere(rid: string, token?: string): Promise<boolean> {
  try {
    await loadNews(rid, token);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.passing) throw error;
    live.leave();
    set({ room: null, rid: "", agent: null, queue: null });
    return false;
  }
}

async function history(rid: string, token: string, offset = 0): Promise<Message[]> {
  const path = `livechat/messages.history/${encodeURIComponent(rid)}`;
  const query = { token, limit: PAGE, offset };
  return (await read<{ messages: Message[] }>(path, query)).messages;
}

// Load the newest messages, and as many before them as it takes to close the gap.
async function loadNews(rid: string, token = get().token): Promise<void> {
  const { messages } = get();
  const newest = messages.length ? millis(messages[messages.length - 1]?.ts) : 0;
  let offset = 0;
  for (;;) {
    const page = await history(rid, token, offset);
    mergePage(page);
    const full = page.length === PAGE;
    const oldest = millis(page[page.length - 1]?.ts);
    if (!newest) set({ hasOlder: full });
    if (!full || !newest || oldest <= newest) break;
    offset += PAGE;
  }
  noteSeen();
}

export async function loadOlder(): Promise<void> {
  const { rid, token, ended, messages } = get();
  const page = await history(ended?.rid ?? rid, ended?.token ?? token, messages.length);
  mergePage(page);
  set({ hasOlder: page.length === PAGE });
}

export function setQueue(queue: QueueInfo | null): void {
  const before = get().queue;
  set({ queue });
  if (queue && queue.spot !== before?.spot) callback("queue-position-change", queue);
}

export function setAgent(agent: Agent | null): void {
  const before = get().agent;
  set({ agent, ...(agent && { queue: null }) });
  if (!agent || agent.hiddenInfo) return;
  const { name, username, status } = agent;
  if (before?.username !== username) callback("assign-agent", { name, username, status });
  else if (before?.status !== status) callback("agent-status-change", { name, username, status });
}

// Sending -------------------------------------------------------------------------------------

let flushing = false;
let retryTimer = 0;
let failures = 0;

export function say(msg: string): void {
  const { outbox, rid, room, ended } = get();
  const entry: Outgoing = { _id: newId(), msg, ts: Date.now() };
  if (room || (rid && !ended)) entry.rid = rid;
  set({ outbox: [...outbox, entry], draft: "" });
  live.stopTyping();
  flush();
}

function mark(id: string, change: Partial<Outgoing>): void {
  set({ outbox: get().outbox.map((each) => (each._id === id ? { ...each, ...change } : each)) });
}

// Send again what was refused: as a new message, into whatever conversation there is now.
export function sayAgain(id: string): void {
  const entry = get().outbox.find((each) => each._id === id);
  discard(id);
  if (entry) say(entry.msg);
}

export function discard(id: string): void {
  set({ outbox: get().outbox.filter((each) => each._id !== id) });
}

// Send what waits, one after the other in the order of writing.
export async function flush(): Promise<void> {
  if (flushing) return;
  flushing = true;
  clearTimeout(retryTimer);
  try {
    for (;;) {
      const entry = get().outbox.find((each) => !each.failed);
      if (!entry) break;
      await deliver(entry);
      failures = 0;
    }
  } catch (error) {
    const given = error instanceof ApiError ? error.retryAfter : 0;
    const wait = Math.min(RETRY.last, RETRY.first * 2 ** failures++);
    retryTimer = window.setTimeout(flush, given || wait * (0.5 + Math.random()));
  } finally {
    flushing = false;
  }
}

// Deliver one message or mark it as refused; raises when it is worth another try.
async function deliver(entry: Outgoing): Promise<void> {
  try {
    const room = await ensureRoom();
    if (entry.rid && entry.rid !== room._id) throw new ApiError(400, "room-closed");
    if (!entry.rid) mark(entry._id, { rid: room._id });
    const { _id, msg } = entry;
    const message = await store({ _id, msg, token: get().token, rid: room._id });
    merge([message]);
    discard(_id);
    if (message.rid && message.rid !== room._id) catchUp();
    noteSeen();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.passing) throw error;
    mark(entry._id, { failed: error.message });
    refused(error);
  }
}

// Who writes faster than the route allows (ten times a minute, for all behind one address) goes
// through the method, which has limits of its own.
async function store(body: Record<string, string>): Promise<Message> {
  try {
    return (await send<{ message: Message }>("livechat/message", body)).message;
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 429) throw error;
    return (await callMethod<Message>("sendMessageLivechat", body)) ?? Promise.reject(error);
  }
}

function refused(error: ApiError): void {
  if (error.message.includes("no-agent-online")) callback("no-agent-online");
  catchUp();
}

// Ending --------------------------------------------------------------------------------------

export async function close(): Promise<void> {
  const { room, token } = get();
  if (!room) return;
  try {
    await send("livechat/room.close", { rid: room._id, token });
  } catch (error) {
    if (error instanceof ApiError && error.passing) throw error;
    return catchUp();
  }
  finish(room._id);
}

// The conversation is over, whoever ended it. Called twice it does nothing the second time.
export function finish(rid: string, closing?: Message): void {
  const { ended, config, token, outbox } = get();
  const known = ended?.rid === rid;
  if (!config || (known && !get().room)) return;
  const last = closing ?? get().messages.find((each) => each.t === "livechat-close");
  const { settings, survey } = config;
  live.leave();
  set({
    room: null,
    agent: null,
    queue: null,
    typing: null,
    preferredAgent: null,
    uploads: [],
    outbox: outbox.map((each) => (each.failed ? each : { ...each, failed: "room-closed" })),
    // Another tab may have ended it, and asked already.
    ended: known
      ? ended
      : {
          rid,
          token,
          at: Date.now(),
          email: visitorEmail(),
          askTranscript: !!settings.transcript && !last?.transcriptRequested,
          survey: !!survey?.items.length,
        },
  });
  if (settings.clearLocalStorageWhenChatEnded) {
    const { messages, ended } = get();
    forget();
    set({ messages, ended: ended && { ...ended, unkept: true } });
  }
  callback("chat-ended");
  catchUp();
}

export function startOver(): void {
  live.leave();
  set({ ended: null, rid: "", room: null, agent: null, queue: null });
  set({ messages: [], hasOlder: false, greetings: [] });
  catchUp();
}

// Departments ---------------------------------------------------------------------------------

export async function changeDepartment(department: string): Promise<void> {
  const { room, token } = get();
  if (room) {
    const body = { rid: room._id, token, department };
    const answer = await send<{ success: boolean }>("livechat/visitor/department.transfer", body);
    if (!answer.success) throw new ApiError(400, "transfer");
  } else {
    await register({ department });
  }
  set({ department });
  await catchUp();
}
