// The page that the widget stands in: calls to it, and what it may call here.

const params = new URLSearchParams(location.search);
export const popout = params.get("mode") === "popout";

const other: Window | null = window.opener && popout ? window.opener : window.parent;

// Opened by itself, not within a page: there is nobody to talk to and nothing to minimise.
export const alone = popout || other === window;

export function tellParent(fn: string, ...args: unknown[]): void {
  if (other && other !== window) other.postMessage({ src: "rocketchat", fn, args }, "*");
}

export function callback(name: string, data?: unknown): void {
  tellParent("callback", name, data);
}

// Ask the page for something; it answers by calling `answer` here, or not at all.
export function askParent<T>(fn: string, answer: string, patience: number): Promise<T | undefined> {
  return new Promise((resolve) => {
    const take = ({ source, data }: MessageEvent) => {
      if (source !== other || data?.src !== "rocketchat" || data.fn !== answer) return;
      finish(data.args?.[0]);
    };
    const finish = (value?: T) => {
      clearTimeout(timer);
      window.removeEventListener("message", take);
      resolve(value);
    };
    const timer = setTimeout(finish, patience);
    window.addEventListener("message", take);
    tellParent(fn);
  });
}

type Hooks = Record<string, (...args: never[]) => unknown>;

export function answerParent(hooks: Hooks): void {
  window.addEventListener("message", (event) => {
    if (!other || other === window || event.source !== other) return;
    const { src, fn, args = [] } = event.data ?? {};
    if (src !== "rocketchat" || !Object.hasOwn(hooks, fn) || !Array.isArray(args)) return;
    (hooks[fn] as (...args: unknown[]) => unknown)(...args);
  });
}
