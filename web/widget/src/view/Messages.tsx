// The list of messages: what was said, what is on its way, who is typing.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { discard, loadOlder, sayAgain } from "../conversation";
import { dropUpload, uploadAgain } from "../files";
import { isOwn, isShown, millis } from "../messages";
import { get, type State, use } from "../state";
import { locale, text } from "../texts";
import type { Message, Outgoing, Upload } from "../types";
import { Avatar } from "./Header";
import { Icon } from "./Icon";
import { System } from "./System";
import { Attachments, Text } from "./Text";

const GROUP = 5 * 60_000; // messages of one sender within five minutes stand together
const NEAR = 80; // pixels from the end that count as the end

export function Messages() {
  const greetings = use((state) => state.greetings);
  const messages = use((state) => state.messages);
  const outbox = use((state) => state.outbox);
  const uploads = use((state) => state.uploads);
  const hasOlder = use((state) => state.hasOlder);
  const typing = use((state) => state.typing);
  const background = use(
    (state) => state.theme.background || state.config?.theme?.background || "",
  );
  // What else decides how messages look; anything else in the state leaves the list alone.
  use((state) => state.theme);
  use((state) => state.agent);
  use((state) => state.config);
  use((state) => state.guest);
  use((state) => state.hiddenSystemMessages);
  const state = get();
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const topBefore = useRef(0);
  const heightBefore = useRef(0);
  const [away, setAway] = useState(false);
  const [loading, setLoading] = useState(false);

  const confirmed = new Set(messages.map((message) => message._id));
  const shown = [...greetings, ...messages].filter((message) => isShown(message, state));
  const waiting = outbox.filter((each) => !confirmed.has(each._id));
  const last = shown[shown.length - 1]?._id;

  const toEnd = () => {
    const element = list.current;
    if (element) element.scrollTop = element.scrollHeight;
  };
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    if (heightBefore.current) {
      element.scrollTop += element.scrollHeight - heightBefore.current;
      heightBefore.current = 0;
    } else if (atEnd.current) toEnd();
  }, [last, shown.length, waiting.length, uploads.length, typing]);
  // What the visitor writes is always seen.
  useLayoutEffect(toEnd, [waiting.length, uploads.length]);
  // Pictures come later than their messages, and keyboards take room.
  useLayoutEffect(() => {
    const element = list.current;
    if (!element) return;
    const watch = new ResizeObserver(() => atEnd.current && toEnd());
    watch.observe(element);
    if (element.firstElementChild) watch.observe(element.firstElementChild);
    return () => watch.disconnect();
  }, []);

  const onScroll = () => {
    const element = list.current;
    if (!element) return;
    const near = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR;
    // Only who scrolls up leaves the end; a list that has become smaller does not.
    if (near || element.scrollTop < topBefore.current) atEnd.current = near;
    topBefore.current = element.scrollTop;
    setAway(!atEnd.current);
  };
  const older = async () => {
    setLoading(true);
    heightBefore.current = list.current?.scrollHeight ?? 0;
    await loadOlder().catch(() => {});
    setLoading(false);
  };
  return (
    <div class="messages-frame">
      <div
        class="messages"
        ref={list}
        role="log"
        aria-live="polite"
        aria-busy={loading}
        aria-label={text("messages")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={onScroll}
        style={background ? { background } : undefined}
      >
        <div class="messages-inner">
          {hasOlder && (
            <button type="button" class="plain older" disabled={loading} onClick={older}>
              {text("earlier")}
            </button>
          )}
          {shown.map((message, index) => (
            <Entry key={message._id} message={message} before={shown[index - 1]} state={state} />
          ))}
          {waiting.map((entry) => (
            <Waiting key={entry._id} entry={entry} />
          ))}
          {uploads.map((upload) => (
            <Uploading key={upload.id} upload={upload} />
          ))}
          {typing && <Typing />}
        </div>
      </div>
      {away && (
        <button
          type="button"
          class="to-end"
          aria-label={text("toNewest")}
          title={text("toNewest")}
          onClick={toEnd}
        >
          <Icon name="arrow" size={18} />
        </button>
      )}
    </div>
  );
}

const sameDay = (one: number, two: number) =>
  new Date(one).toDateString() === new Date(two).toDateString();

function dayText(time: number): string {
  const day = 24 * 3600_000;
  if (sameDay(time, Date.now())) return text("today");
  if (sameDay(time, Date.now() - day)) return text("yesterday");
  return new Date(time).toLocaleDateString(locale(), { dateStyle: "long" });
}

function Clock({ time }: { time: number }) {
  const date = new Date(time);
  const short = date.toLocaleTimeString(locale(), { hour: "numeric", minute: "2-digit" });
  return <time dateTime={date.toISOString()}>{short}</time>;
}

interface EntryProps {
  message: Message;
  before: Message | undefined;
  state: State;
}

function Entry({ message, before, state }: EntryProps) {
  const time = millis(message.ts);
  const newDay = !before || !sameDay(time, millis(before.ts));
  const own = isOwn(message, state);
  const starts =
    newDay ||
    !before ||
    !!before.t ||
    before.u._id !== message.u._id ||
    before.u.username !== message.u.username ||
    time - millis(before.ts) > GROUP;
  const hidden = state.agent?.hiddenInfo || state.config?.settings.agentHiddenInfo;
  const name = own || hidden ? "" : message.alias || message.u.name || message.u.username || "";
  const deleted = message.t === "rm";
  return (
    <>
      {newDay && (
        <p class="day">
          <span>{dayText(time)}</span>
        </p>
      )}
      {message.t && !deleted ? (
        <System message={message} />
      ) : (
        <article class="message" data-own={own} data-starts={starts} data-id={message._id}>
          {!own && !hidden && !state.theme.hideAgentAvatar && (
            <span class="side">{starts && <Avatar agent={message.u} />}</span>
          )}
          <div class="said">
            {starts && name && <p class="author">{name}</p>}
            <span class="sr">{own ? `${text("you")}: ` : name && !starts ? `${name}: ` : ""}</span>
            {deleted ? (
              <div class="bubble deleted">{text("deleted")}</div>
            ) : (
              <>
                {message.msg && (
                  <div class="bubble">
                    <Text message={message} />
                  </div>
                )}
                <Attachments message={message} />
              </>
            )}
            <p class="meta">
              {message.editedAt && !deleted && `${text("edited")} · `}
              <Clock time={time} />
            </p>
          </div>
        </article>
      )}
    </>
  );
}

function Waiting({ entry }: { entry: Outgoing }) {
  return (
    <article class="message" data-own data-starts data-id={entry._id}>
      <div class="said">
        <div class="bubble" data-waiting={!entry.failed} data-failed={!!entry.failed}>
          <p>{entry.msg}</p>
        </div>
        {entry.failed ? (
          <Failure
            problem={text("notSent")}
            again={() => sayAgain(entry._id)}
            drop={() => discard(entry._id)}
          />
        ) : (
          <p class="meta">{text("sending")}</p>
        )}
      </div>
    </article>
  );
}

interface FailureProps {
  problem: string;
  again: () => void;
  drop: () => void;
}

function Failure({ problem, again, drop }: FailureProps) {
  return (
    <p class="meta failure" role="alert">
      <Icon name="alert" size={14} /> {problem}
      <button type="button" class="link" onClick={again}>
        {text("tryAgain")}
      </button>
      <button type="button" class="link" onClick={drop}>
        {text("discard")}
      </button>
    </p>
  );
}

function Uploading({ upload }: { upload: Upload }) {
  const { id, file, progress, failed } = upload;
  return (
    <article class="message" data-own data-starts>
      <div class="said">
        <div class="file" data-failed={!!failed}>
          <Icon name="file" />
          <span class="file-name">{file.name}</span>
          {!failed && <progress value={progress} aria-label={text("sending")} />}
        </div>
        {failed && (
          <Failure problem={failed} again={() => uploadAgain(id)} drop={() => dropUpload(id)} />
        )}
      </div>
    </article>
  );
}

function Typing() {
  const name = use((state) => {
    const { agent, typing } = state;
    return agent?.username === typing ? agent?.name || typing : typing;
  });
  return (
    <div class="typing">
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <span class="sr">{text("typing", { name: name || text("somebody") })}</span>
    </div>
  );
}
