// The script that a page includes: it puts the widget's frame on the page and is the page's way to
// talk to it. Written for pages of any age, so it brings no style sheet and no framework.
import { makeApi } from "./api";
import { makeFrame } from "./frame";
import { watchPage } from "./page";

type Task = (this: unknown) => void;

interface Entry {
  (task: Task): void;
  _?: Task[];
  url?: string;
  livechat?: unknown;
}

declare global {
  interface Window {
    RocketChat?: Entry;
    Frontdesk?: Entry;
    initRocket?: string[];
  }
}

const script = document.currentScript as HTMLScriptElement | null;

function addressOfWidget(): string {
  if (window.RocketChat?.url) return window.RocketChat.url;
  if (window.initRocket?.[0]) {
    console.warn("initRocket is old: set RocketChat.url instead.");
    return window.initRocket[0];
  }
  // Without more words the widget is where the script came from: <server>/livechat/<script>.
  return script ? new URL(".", script.src).href : "";
}

function start(): void {
  const url = addressOfWidget().replace(/\/+$/, "");
  if (!url || document.querySelector(".rocketchat-widget")) return;
  const waiting = window.RocketChat?._ ?? [];
  const frame = makeFrame(url);
  const api = makeApi(frame);
  const run = (task: unknown) => {
    if (typeof task === "function") (task as Task).call(api);
  };
  const entry: Entry = run;
  entry.livechat = api;
  entry.url = url;
  // The embed code keeps what comes before the script in `_`; some pages push to it later on.
  const pushed = { push: (...tasks: Task[]) => tasks.forEach(run) };
  entry._ = pushed as unknown as Task[];
  window.RocketChat = entry;
  window.Frontdesk = entry;
  watchPage(api);
  waiting.forEach(run);
}

if (document.body) start();
else document.addEventListener("DOMContentLoaded", start);
