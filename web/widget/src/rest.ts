// The server's REST interface. State is read here; the socket only says when to look.
import { set } from "./state";

// The page is served at <server>/livechat, whatever the server's own name for itself.
export const SERVER = location.href.replace(/[?#].*$/, "").replace(/\/livechat\/?$/, "");

const TIMEOUT = 20_000;

export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly retryAfter = 0,
  ) {
    super(message);
  }

  // Whether the same call may succeed later: no answer, too many calls, or a server in trouble.
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

type Query = Record<string, string | number | undefined>;
type Body = Record<string, unknown>;

export async function call<T = Body>(
  method: "GET" | "POST" | "DELETE",
  path: string,
  { query = {}, body }: { query?: Query; body?: Body } = {},
): Promise<T> {
  const url = new URL(`${SERVER}/api/v1/${path}`);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") url.searchParams.set(name, String(value));
  }
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT);
  let response: Response;
  let answer: Body;
  try {
    response = await fetch(url, {
      method,
      signal: abort.signal,
      cache: "no-store",
      ...(body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    });
    answer = await response.json().catch(() => ({}));
  } catch (error) {
    set({ reachable: false });
    throw new ApiError(0, String(error));
  } finally {
    clearTimeout(timer);
  }
  const gateway = response.status >= 502 && response.status <= 504;
  set({ reachable: !gateway });
  if (!response.ok) {
    const reset = Number(response.headers.get("x-ratelimit-reset"));
    const wait = response.status === 429 ? Math.max(1000, reset - Date.now() || 10_000) : 0;
    throw new ApiError(response.status, String(answer.error || response.status), wait);
  }
  return answer as T;
}

export const read = <T>(path: string, query?: Query) => call<T>("GET", path, { query });
export const send = <T = Body>(path: string, body: Body) => call<T>("POST", path, { body });

// Call a method without logging in; undefined when it refuses.
export async function callMethod<T>(method: string, ...params: unknown[]): Promise<T | undefined> {
  const message = JSON.stringify({ msg: "method", id: "1", method, params });
  const answer = await send<{ message: string }>(`method.callAnon/${method}`, { message });
  return JSON.parse(answer.message).result;
}

// Send a file; `progress` is told the share that is on its way, from 0 to 1.
export function upload(
  rid: string,
  token: string,
  file: File,
  progress: (share: number) => void,
): Promise<Body> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `${SERVER}/api/v1/livechat/upload/${encodeURIComponent(rid)}`);
    request.setRequestHeader("x-visitor-token", token);
    request.responseType = "json";
    request.upload.onprogress = (event) => progress(event.loaded / event.total);
    request.onerror = () => reject(new ApiError(0, "network"));
    request.onload = () => {
      const answer: Body = request.response || {};
      if (request.status < 300) resolve(answer);
      else reject(new ApiError(request.status, String(answer.reason || answer.error || "")));
    };
    const form = new FormData();
    form.append("file", file);
    request.send(form);
  });
}

// Files are for those who bring the visitor's token. It goes with the request for the file's bytes
// and not into a link, which people copy and send to others.
export async function fetchFile(path: string, rid: string, token: string): Promise<string> {
  const url = new URL(path.replace(/^\//, `${SERVER}/`), SERVER);
  if (!url.href.startsWith(`${SERVER}/`)) return url.href;
  url.searchParams.set("rc_room_type", "l");
  url.searchParams.set("rc_rid", rid);
  url.searchParams.set("rc_token", token);
  const response = await fetch(url);
  if (!response.ok) throw new ApiError(response.status, "file");
  return URL.createObjectURL(await response.blob());
}
