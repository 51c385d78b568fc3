// Keeping up to date while there is a conversation: over the socket where there is one, by looking
// again and again where there is none.
import { catchUp, finish, flush, setAgent, setQueue } from "./conversation";
import { Ddp } from "./ddp";
import { isOpen, isOwn, merge, noteSeen, remove } from "./messages";
import { SERVER, send } from "./rest";
import { followTabs, get, set, subscribe } from "./state";
import type { Agent, Message, QueueInfo } from "./types";

// Milliseconds. Anybody may call a route ten times a minute.
const LOOK = {
  alone: 7_000,
  aloneClosed: 15_000,
  connected: 120_000,
  hoping: 20_000,
  unreachable: 2_000,
  longest: 20_000,
};
const TYPING = { every: 4_500, stop: 5_000, forget: 15_000 };
const AWAY_AFTER = 5 * 60_000;

const ddp = new Ddp(`${SERVER.replace(/^http/, "ws")}/websocket`, {
  onUp: () => {
    ddp.tell("livechat:setUpConnection", { token: get().token });
    catchUp();
    schedule();
  },
  onDown: () => {
    set({ typing: null });
    catchUp();
    schedule();
  },
  onEvent,
});

let followed = "";
let timer = 0;

function follow(rid: string): void {
  if (followed === rid) return;
  leave();
  followed = rid;
  const { token } = get();
  const proof = { token, visitorToken: token };
  ddp.subscribe("stream-room-messages", rid, proof);
  ddp.subscribe("stream-notify-room", `${rid}/user-activity`, proof);
  ddp.subscribe("stream-notify-room", `${rid}/deleteMessage`, proof);
  ddp.subscribe("stream-livechat-room", rid, proof);
  ddp.open();
  schedule();
}

function leave(): void {
  followed = "";
  ddp.unsubscribeAll();
  ddp.close();
  clearTimeout(timer);
}

let unreachable = 0;

function schedule(): void {
  clearTimeout(timer);
  const { room, outbox, reachable, config } = get();
  const waiting = outbox.some((each) => !each.failed);
  // Who reads that nobody is there is told when somebody comes.
  const hoping = isOpen(get()) && !config?.online;
  if (!room && !waiting && !hoping && reachable) return;
  let wait = LOOK.connected;
  if (!room && !waiting) wait = LOOK.hoping;
  if (!reachable) wait = Math.min(LOOK.longest, LOOK.unreachable * 1.5 ** unreachable++);
  else if (room && !ddp.connected) wait = isOpen(get()) ? LOOK.alone : LOOK.aloneClosed;
  timer = window.setTimeout(look, wait * (0.8 + 0.4 * Math.random()));
}

async function look(): Promise<void> {
  await catchUp();
  if (get().reachable) unreachable = 0;
  schedule();
}

function onEvent(stream: string, key: string, args: unknown[]): void {
  const rid = get().room?._id;
  if (!rid || !key.startsWith(rid)) return;
  if (stream === "room-messages") onMessage(args[0] as Message);
  else if (stream === "livechat-room") onRoom(args[0] as RoomEvent);
  else if (key === `${rid}/user-activity`) onActivity(args[0] as string, args[1]);
  else if (key === `${rid}/deleteMessage`) remove((args[0] as Message)?._id);
}

function onMessage(message: Message): void {
  if (!message?._id) return;
  merge([message]);
  if (!isOwn(message, get())) set({ typing: null });
  noteSeen();
  if (message.t === "livechat-close") finish(message.rid ?? get().rid, message);
  if (message.t === "command" && message.msg === "connected") catchUp();
}

interface RoomEvent {
  type: string;
  data?: Agent | QueueInfo;
  status?: string;
}

function onRoom({ type, data, status }: RoomEvent): void {
  if (type === "agentData") {
    setAgent((data as Agent) ?? null);
    if (!data) catchUp();
  }
  if (type === "agentStatus") {
    const { agent } = get();
    if (agent && !agent.hiddenInfo) setAgent({ ...agent, status });
  }
  if (type === "queueData") setQueue((data as QueueInfo) ?? null);
  if (type === "visitorData") catchUp();
}

// Typing --------------------------------------------------------------------------------------

let typingSince = 0;
let stopTimer = 0;
let forgetTimer = 0;

function onActivity(who: string, activities: unknown): void {
  const { guest, agent } = get();
  if (who === guest?.username || agent?.hiddenInfo) return;
  const typing = Array.isArray(activities) && activities.includes("user-typing");
  clearTimeout(forgetTimer);
  set({ typing: typing ? who : null });
  if (typing) forgetTimer = window.setTimeout(() => set({ typing: null }), TYPING.forget);
}

function tellActivity(activities: string[]): void {
  const { room, guest, token } = get();
  if (!room || !guest) return;
  const key = `${room._id}/user-activity`;
  ddp.tell("stream-notify-room", key, guest.username, activities, { token });
}

function startTyping(): void {
  const now = Date.now();
  if (now - typingSince > TYPING.every) {
    typingSince = now;
    tellActivity(["user-typing"]);
  }
  clearTimeout(stopTimer);
  stopTimer = window.setTimeout(stopTyping, TYPING.stop);
}

function stopTyping(): void {
  clearTimeout(stopTimer);
  if (typingSince) tellActivity([]);
  typingSince = 0;
}

// The visitor is away after five minutes without a sign (widget contract, 10.4).
let awayTimer = 0;
let away = false;

function active(): void {
  clearTimeout(awayTimer);
  awayTimer = window.setTimeout(() => presence(true), AWAY_AFTER);
  if (away) presence(false);
}

function presence(isAway: boolean): void {
  const { room, guest, token } = get();
  away = isAway;
  if (!room || !guest) return;
  send("livechat/visitor.status", { token, status: isAway ? "away" : "online" }).catch(() => {});
}

// What the browser knows ----------------------------------------------------------------------

function hurry(): void {
  ddp.hurry();
  catchUp();
  flush();
}

export function listenToBrowser(): void {
  window.addEventListener("online", hurry);
  window.addEventListener("offline", () => set({ reachable: false }));
  document.addEventListener("visibilitychange", () => {
    set({ visible: document.visibilityState === "visible" });
    if (get().visible && (get().room || get().rid)) hurry();
    noteSeen();
  });
  followTabs(catchUp);
  for (const sign of ["pointermove", "keydown", "touchstart"]) {
    window.addEventListener(sign, active, { passive: true });
  }
  let wasReachable = true;
  let wasOpen = false;
  let wasOnline: boolean | undefined;
  subscribe(() => {
    const state = get();
    if (state.reachable !== wasReachable) {
      wasReachable = state.reachable;
      if (wasReachable) ddp.hurry();
      schedule();
    }
    if (state.config?.online !== wasOnline) {
      wasOnline = state.config?.online;
      schedule();
    }
    if (isOpen(state) !== wasOpen) {
      wasOpen = isOpen(state);
      noteSeen();
      schedule();
    }
  });
}

export const live = { follow, leave, look, startTyping, stopTyping };
