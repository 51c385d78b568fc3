// A small DDP client: one socket that comes back by itself, subscriptions that come back with it.
// Nothing is replayed by the server after a gap: `onUp` is the moment to look by REST.

type Args = unknown[];
type Frame = {
  msg?: string;
  id?: string;
  collection?: string;
  fields?: { eventName?: string; args?: Args };
};

interface Handlers {
  onUp: () => void;
  onDown: () => void;
  onEvent: (stream: string, key: string, args: Args) => void;
}

// Milliseconds. The server pings after 25 s and closes after 60 s of silence.
const SILENCE = 20_000;
const PATIENCE = 10_000;
const FIRST_RETRY = 500;
const LAST_RETRY = 30_000;

export class Ddp {
  connected = false;
  private socket: WebSocket | null = null;
  private wanted = false;
  private failures = 0;
  private number = 0;
  private retry = 0;
  private watch = 0;
  private subscriptions = new Map<string, { name: string; params: Args }>();

  constructor(
    private readonly url: string,
    private readonly handlers: Handlers,
  ) {}

  open(): void {
    this.wanted = true;
    if (!this.socket) this.connect();
  }

  close(): void {
    this.wanted = false;
    clearTimeout(this.retry);
    this.drop();
  }

  // Try now instead of later: the network is said to be back.
  hurry(): void {
    if (this.wanted && !this.connected) {
      this.failures = 0;
      clearTimeout(this.retry);
      this.drop();
      this.connect();
    }
  }

  subscribe(name: string, key: string, extra: unknown): void {
    const id = `s${++this.number}`;
    const params = [key, { useCollection: false, args: [extra] }];
    this.subscriptions.set(id, { name, params });
    if (this.connected) this.write({ msg: "sub", id, name, params });
  }

  unsubscribeAll(): void {
    for (const id of this.subscriptions.keys()) {
      if (this.connected) this.write({ msg: "unsub", id });
    }
    this.subscriptions.clear();
  }

  // Call a method without waiting for what it says; nothing happens while there is no connection.
  tell(method: string, ...params: Args): void {
    if (this.connected) this.write({ msg: "method", id: `m${++this.number}`, method, params });
  }

  private connect(): void {
    let socket: WebSocket;
    try {
      socket = new WebSocket(this.url);
    } catch {
      this.again();
      return;
    }
    this.socket = socket;
    this.listen(PATIENCE);
    socket.onopen = () =>
      this.write({ msg: "connect", version: "1", support: ["1", "pre2", "pre1"] });
    socket.onmessage = (event) => {
      if (socket === this.socket) this.take(event.data);
    };
    socket.onclose = () => {
      if (socket === this.socket) this.drop(true);
    };
  }

  private take(data: string): void {
    let frame: Frame;
    try {
      frame = JSON.parse(data);
    } catch {
      return;
    }
    if (frame.msg === "connected") {
      this.connected = true;
      this.failures = 0;
      for (const [id, { name, params }] of this.subscriptions) {
        this.write({ msg: "sub", id, name, params });
      }
      this.handlers.onUp();
    } else if (frame.msg === "ping") {
      this.write(frame.id ? { msg: "pong", id: frame.id } : { msg: "pong" });
    } else if (frame.msg === "changed" && frame.collection?.startsWith("stream-")) {
      const { eventName = "", args = [] } = frame.fields ?? {};
      this.handlers.onEvent(frame.collection.slice(7), eventName, args);
    }
    if (this.connected) this.listen(SILENCE);
  }

  // A socket that stays silent is asked; one that does not answer is given up.
  private listen(wait: number): void {
    clearTimeout(this.watch);
    this.watch = window.setTimeout(() => {
      if (!this.connected) return this.drop(true);
      this.write({ msg: "ping" });
      this.watch = window.setTimeout(() => this.drop(true), PATIENCE);
    }, wait);
  }

  private write(frame: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private drop(again = false): void {
    clearTimeout(this.watch);
    const socket = this.socket;
    const was = this.connected;
    this.socket = null;
    this.connected = false;
    socket?.close();
    if (was) this.handlers.onDown();
    if (again) this.again();
  }

  private again(): void {
    if (!this.wanted) return;
    const wait = Math.min(LAST_RETRY, FIRST_RETRY * 2 ** this.failures++);
    clearTimeout(this.retry);
    this.retry = window.setTimeout(() => this.connect(), wait * (0.5 + Math.random()));
  }
}
