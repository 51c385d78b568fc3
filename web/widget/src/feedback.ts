// What a visitor may still say when the conversation is over.
import { send } from "./rest";
import { get, set } from "./state";

export async function askForTranscript(email: string): Promise<void> {
  const { ended } = get();
  if (!ended) return;
  await send("livechat/transcript", { token: ended.token, rid: ended.rid, email });
  set({ ended: { ...ended, askTranscript: false } });
}

export function declineTranscript(): void {
  const { ended } = get();
  if (ended) set({ ended: { ...ended, askTranscript: false } });
}

export async function answerSurvey(marks: Record<string, string>): Promise<void> {
  const { ended } = get();
  if (!ended) return;
  const data = Object.entries(marks).map(([name, value]) => ({ name, value }));
  await send("livechat/room.survey", { token: ended.token, rid: ended.rid, data });
  set({ ended: { ...ended, survey: false } });
}
