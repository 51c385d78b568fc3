// The conversation: messages, and below them the field to write in or what follows the end.
import { useRef, useState } from "preact/hooks";
import { sendFiles } from "../files";
import { use } from "../state";
import { locale, text } from "../texts";
import { Composer } from "./Composer";
import { End } from "./End";
import { Messages } from "./Messages";

export function Chat() {
  const ended = use((state) => state.ended);
  const mayUpload = use((state) => !!state.config?.settings.fileUpload);
  const [dragging, setDragging] = useState(false);
  const depth = useRef(0);
  const onDrag = (change: number) => (event: DragEvent) => {
    if (!mayUpload || ended || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    depth.current += change;
    setDragging(depth.current > 0);
  };
  const onDrop = (event: DragEvent) => {
    onDrag(-depth.current)(event);
    if (mayUpload && !ended) sendFiles(event.dataTransfer?.files ?? []);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files may be dropped anywhere; the button does the same
    <div
      class="body chat"
      onDragEnter={onDrag(1)}
      onDragOver={onDrag(0)}
      onDragLeave={onDrag(-1)}
      onDrop={onDrop}
    >
      <Waiting />
      <Messages />
      {ended ? <End /> : <Composer />}
      {dragging && <div class="drop">{text("dropHere")}</div>}
    </div>
  );
}

// While nobody has taken the conversation.
function Waiting() {
  const room = use((state) => state.room);
  const agent = use((state) => state.agent);
  const queue = use((state) => state.queue);
  const connecting = use((state) => !!state.config?.settings.showConnecting);
  if (!room || agent || room.servedBy || !(connecting || queue)) return null;
  return (
    <div class="banner waiting" role="status">
      <p>{queue?.message?.text || text("connecting")}</p>
      {queue && queue.spot > 0 && (
        <p class="place">
          {text("queue", { n: queue.spot })}
          {queue.estimatedWaitTimeSeconds ? ` · ${waitText(queue.estimatedWaitTimeSeconds)}` : ""}
        </p>
      )}
    </div>
  );
}

function waitText(seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  const format = new Intl.NumberFormat(locale(), {
    style: "unit",
    unit: "minute",
    unitDisplay: "long",
  });
  return text("wait", { time: format.format(minutes) });
}
