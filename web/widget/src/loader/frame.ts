// The frame on the page: its places and sizes, and the messages to and from what is in it.

type Message = { src?: string; fn?: string; args?: unknown[] };
type Actions = Record<string, (...args: never[]) => void>;

export interface Frame {
  call: (fn: string, ...args: unknown[]) => void;
  onCallback: (listener: (name: string, data: unknown) => void) => void;
}

// Pixels. The button has its margin within the frame, for its shadow and its badge.
const MARGIN = 16;
const OPEN = { width: 365, height: 525 };
const BUTTON = 54 + 2 * MARGIN;
const PHONE = "(max-width: 480px)";

const STYLES = `
.rocketchat-widget{position:fixed;z-index:12345;bottom:0;display:none;margin:0;padding:0;border:0;
max-width:100%;max-height:100%;background:none;line-height:0;color-scheme:light}
.rocketchat-widget[data-shown]{display:block}
.rocketchat-widget[data-side=right]{right:0;left:auto}
.rocketchat-widget[data-side=left]{left:0;right:auto}
.rocketchat-widget[data-state=opened]{bottom:${MARGIN}px;max-height:calc(100% - ${2 * MARGIN}px);
border-radius:16px;overflow:hidden;box-shadow:0 12px 48px rgba(15,20,30,.22),0 2px 8px rgba(15,20,30,.12)}
.rocketchat-widget[data-state=opened][data-side=right]{right:${MARGIN}px}
.rocketchat-widget[data-state=opened][data-side=left]{left:${MARGIN}px}
.rocketchat-container{width:100%;height:100%}
#rocketchat-iframe{width:100%;height:100%;border:0;display:block;background:none;color-scheme:light}
@media ${PHONE}{.rocketchat-widget[data-state=opened]{inset:0!important;width:100%!important;
height:100%!important;max-height:none;border-radius:0}}
@media print{.rocketchat-widget{display:none!important}}
.rc-livechat-mobile-full-screen{overflow:hidden!important}`;

function kept(use: (storage: Storage) => void, key: string): void {
  try {
    use(key === "store" ? localStorage : sessionStorage);
  } catch {}
}

export function makeFrame(url: string): Frame {
  const style = document.createElement("style");
  style.textContent = STYLES;
  document.head.append(style);

  const widget = document.createElement("div");
  widget.className = "rocketchat-widget";
  const container = document.createElement("div");
  container.className = "rocketchat-container";
  const iframe = document.createElement("iframe");
  iframe.id = "rocketchat-iframe";
  iframe.title = "Chat";
  iframe.allow = "autoplay";
  iframe.src = url;
  container.append(iframe);
  widget.append(container);

  const phone = matchMedia(PHONE);
  const listeners: ((name: string, data: unknown) => void)[] = [];
  const queue: Message[] = [];
  let ready = false;
  let popout: Window | null = null;
  let popoutState: unknown;

  const post = (message: Message) => {
    const complete = { src: "rocketchat", ...message };
    if (ready) iframe.contentWindow?.postMessage(complete, "*");
    else queue.push(complete);
  };
  const call = (fn: string, ...args: unknown[]) => post({ fn, args });

  const setState = (state: string, width: number, height: number) => {
    widget.dataset.state = state;
    widget.style.width = `${width}px`;
    widget.style.height = `${height}px`;
    const full = state === "opened" && phone.matches;
    document.body.classList.toggle("rc-livechat-mobile-full-screen", full);
  };
  const close = () => setState("closed", BUTTON, BUTTON);
  const tellSize = () => {
    call("setExpanded", phone.matches);
    if (widget.dataset.state === "opened") actions.openWidget();
  };

  const actions = {
    ready() {
      ready = true;
      widget.dataset.shown = "";
      for (const message of queue.splice(0)) post(message);
      tellSize();
      call("setParentUrl", location.href);
    },
    minimizeWindow: close,
    restoreWindow() {
      popout?.close();
      popout = null;
      actions.openWidget();
    },
    openWidget() {
      setState("opened", OPEN.width, OPEN.height);
    },
    // The height of what a trigger shows above the button; 0 for the button alone.
    resizeWidget(height: number) {
      if (widget.dataset.state === "opened") return;
      if (height > BUTTON) setState("triggered", OPEN.width, height);
      else close();
    },
    openPopout(state: unknown) {
      popoutState = state;
      const size = "width=420,height=640,resizable=yes";
      popout = window.open(`${url}?mode=popout`, "livechat-popout", size);
      popout?.focus();
    },
    // A frame that may not keep anything itself has the page keep it.
    keep(key: string, value: string) {
      if (key.startsWith("store")) kept((storage) => storage.setItem(`rc-${key}`, value), key);
    },
    recall() {
      const found: Record<string, string | null> = {};
      for (const key of ["store", "store-tab"]) {
        kept((storage) => {
          found[key] = storage.getItem(`rc-${key}`);
        }, key);
      }
      const answer = { src: "rocketchat", fn: "recalled", args: [found] };
      iframe.contentWindow?.postMessage(answer, "*");
    },
    removeWidget() {
      widget.remove();
    },
    callback(name: string, data: unknown) {
      for (const listener of listeners) listener(name, data);
    },
    showWidget() {
      widget.dataset.shown = "";
    },
    hideWidget() {
      delete widget.dataset.shown;
    },
    resetDocumentStyle() {
      document.body.classList.remove("rc-livechat-mobile-full-screen");
    },
    setFullScreenDocumentMobile() {
      if (phone.matches) document.body.classList.add("rc-livechat-mobile-full-screen");
    },
    setWidgetPosition(side: string) {
      if (side === "left" || side === "right") widget.dataset.side = side;
    },
  };

  const known = actions as unknown as Actions;
  window.addEventListener("message", ({ source, data }: MessageEvent<Message>) => {
    if (!source || typeof data !== "object" || data?.src !== "rocketchat") return;
    const { fn = "", args = [] } = data;
    if (source === popout) {
      const sync = { src: "rocketchat", fn: "syncState", args: [popoutState] };
      if (fn === "ready") popout?.postMessage(sync, "*");
      if (fn === "callback") known.callback?.(...(args as never[]));
      return;
    }
    if (source !== iframe.contentWindow || !Object.hasOwn(actions, fn)) return;
    known[fn]?.(...(args as never[]));
  });
  phone.addEventListener("change", tellSize);

  widget.dataset.side = "right";
  close();
  document.body.append(widget);
  return { call, onCallback: (listener) => void listeners.push(listener) };
}
