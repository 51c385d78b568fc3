// Who the visitor is: registering, and what the parent page or a form says of them.
import { callback } from "./parent";
import { call, read, send } from "./rest";
import { forget, get, set } from "./state";
import type { Config, Guest } from "./types";

export interface Registration {
  token?: string;
  name?: string;
  email?: string;
  phone?: string;
  department?: string;
  customFields?: { key: string; value: string; overwrite: boolean }[];
}

export function loadConfig(): Promise<{ config: Config }> {
  const { token, businessUnit, department, guest } = get();
  return read("livechat/config", {
    token,
    businessUnit,
    // Whether anybody is there depends on where the visitor goes.
    department: guest?.department || department,
  });
}

export async function register(registration: Registration = {}): Promise<Guest> {
  const { token, name, email, department } = get();
  const given = { token, name, email, department, ...registration };
  const visitor = Object.fromEntries(Object.entries(given).filter(([, value]) => value));
  const answer = await send<{ visitor: Guest }>("livechat/visitor", { visitor });
  set({ guest: answer.visitor, token: answer.visitor.token ?? given.token });
  await sendFields();
  return answer.visitor;
}

// The visitor is known to the server only after registering; until then fields wait.
export function setField(key: string, value: string, overwrite: boolean): void {
  const others = get().fields.filter(([name]) => name !== key);
  set({ fields: [...others, [key, value, overwrite]] });
  if (get().guest) sendFields();
}

async function sendFields(): Promise<void> {
  const { fields, token } = get();
  for (const field of fields) {
    const [key, value, overwrite] = field;
    try {
      await send("livechat/custom.field", { token, key, value, overwrite });
    } catch (error) {
      console.warn(`Custom field ${key}: ${error instanceof Error ? error.message : error}`);
    }
    set({ fields: get().fields.filter((each) => each !== field) });
  }
}

// The id of a department that the visitor may choose, by id or name.
export function departmentId(idOrName: string): string | undefined {
  const departments = get().config?.departments ?? [];
  return departments.find(({ _id, name }) => _id === idOrName || name === idOrName)?._id;
}

export function visitorEmail(): string {
  const { guest, email } = get();
  return guest?.visitorEmails?.[0]?.address || email;
}

export async function leaveOfflineMessage(message: {
  name: string;
  email: string;
  message: string;
  department?: string;
}): Promise<string> {
  const body = { ...message, host: location.origin };
  const answer = await send<{ message?: string }>("livechat/offline.message", body);
  callback("offline-form-submit", message);
  return answer.message ?? "";
}

export async function removeMyData(): Promise<void> {
  await call("DELETE", `livechat/visitor/${encodeURIComponent(get().token)}`);
  forget();
}
