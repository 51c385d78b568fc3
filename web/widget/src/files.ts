// Sending files: with a share of progress, and never twice.
import { catchUp, ensureRoom } from "./conversation";
import { merge } from "./messages";
import { ApiError, upload } from "./rest";
import { get, newId, set } from "./state";
import { text } from "./texts";
import type { Message } from "./types";

export async function sendFiles(files: Iterable<File>): Promise<void> {
  for (const file of files) {
    const id = newId();
    set({ uploads: [...get().uploads, { id, file, progress: 0 }] });
    await sendFile(id, file);
  }
}

async function sendFile(id: string, file: File): Promise<void> {
  const change = (part: object) =>
    set({ uploads: get().uploads.map((each) => (each.id === id ? { ...each, ...part } : each)) });
  const began = get().messages.map((each) => each._id);
  try {
    const room = await ensureRoom();
    const answer = await upload(room._id, get().token, file, (progress) => change({ progress }));
    dropUpload(id);
    if (answer._id) merge([answer as unknown as Message]);
    else catchUp();
  } catch (error) {
    // The file may have arrived although its answer has not: look before offering another try.
    await catchUp();
    const arrived = get().messages.some(
      (each) =>
        !began.includes(each._id) &&
        each.file?.name === file.name &&
        each.file.size === file.size &&
        each.u._id === get().guest?._id,
    );
    if (arrived) return dropUpload(id);
    const reason = error instanceof ApiError ? error.message : "";
    change({ failed: fileProblem(reason) });
  }
}

function fileProblem(reason: string): string {
  if (/type/.test(reason)) return text("fileType");
  if (/size|large/.test(reason)) return text("fileSize");
  return text("fileFailed");
}

export function dropUpload(id: string): void {
  set({ uploads: get().uploads.filter((each) => each.id !== id) });
}

export function uploadAgain(id: string): void {
  const found = get().uploads.find((each) => each.id === id);
  dropUpload(id);
  if (found) sendFiles([found.file]);
}
