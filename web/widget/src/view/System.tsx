// What happened in the conversation, in a line.
import { text } from "../texts";
import type { Message } from "../types";

function lineOf(message: Message): string {
  const name = message.u.name || message.u.username || text("somebody");
  const { transferredTo, nextDepartment, scope } = message.transferData ?? {};
  switch (message.t) {
    case "livechat-started":
      return text("started");
    case "uj":
      return text("joined", { name });
    case "ul":
      return text("left", { name });
    case "livechat-close":
      return text("ended");
    case "livechat_transfer_history":
      if (scope === "queue") return text("returned");
      return text("transferred", {
        name:
          transferredTo?.name ||
          transferredTo?.username ||
          nextDepartment?.name ||
          text("somebody"),
      });
    case "livechat_transcript_history":
      return text("transcriptDone");
    case "omnichannel_placed_chat_on_hold":
      return text("hold");
    case "omnichannel_on_hold_chat_resumed":
      return text("resumed");
    default:
      return "";
  }
}

export function System({ message }: { message: Message }) {
  const line = lineOf(message);
  return line ? <p class="system">{line}</p> : null;
}
