// After the end: a copy by e-mail, what the visitor thought of it, and a new start.
import { useEffect, useRef, useState } from "preact/hooks";
import { startOver } from "../conversation";
import { answerSurvey, askForTranscript, declineTranscript } from "../feedback";
import { use } from "../state";
import { text } from "../texts";
import { Icon } from "./Icon";

export function End() {
  const ended = use((state) => state.ended);
  const messages = use((state) => state.config?.messages);
  const [thanks, setThanks] = useState<"" | "transcriptSent" | "surveyThanks">("");
  const section = useRef<HTMLElement>(null);
  // Where the visitor was writing there is nothing any more.
  useEffect(() => {
    if (document.hasFocus() && document.activeElement === document.body) section.current?.focus();
  }, []);
  if (!ended) return null;
  const asking = ended.askTranscript || ended.survey;
  return (
    <section class="end" ref={section} tabIndex={-1} aria-label={text("ended")}>
      <h2>{messages?.conversationFinishedMessage || text("ended")}</h2>
      {messages?.conversationFinishedText && <p>{messages.conversationFinishedText}</p>}
      <p role="status" class="thanks">
        {thanks && text(thanks)}
      </p>
      {ended.askTranscript ? (
        <Transcript email={ended.email ?? ""} done={() => setThanks("transcriptSent")} />
      ) : (
        ended.survey && <Survey done={() => setThanks("surveyThanks")} />
      )}
      <button type="button" class={asking ? "plain wide" : "primary wide"} onClick={startOver}>
        {text("newChat")}
      </button>
    </section>
  );
}

function Transcript({ email, done }: { email: string; done: () => void }) {
  const question = use((state) => state.config?.messages.transcriptMessage);
  const [address, setAddress] = useState(email);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (!/^[^@\s]+@[^@\s]+$/.test(address.trim())) return setProblem(text("invalid"));
    setBusy(true);
    try {
      await askForTranscript(address.trim());
      done();
    } catch {
      setProblem(text("failed"));
      setBusy(false);
    }
  };
  return (
    <form class="card" noValidate onSubmit={submit}>
      <label for="copy-to">{question || text("transcript")}</label>
      <input
        id="copy-to"
        type="email"
        autocomplete="email"
        data-first
        value={address}
        placeholder={text("email")}
        aria-invalid={!!problem}
        aria-describedby={problem ? "copy-problem" : undefined}
        onInput={(event) => setAddress(event.currentTarget.value)}
      />
      {problem && (
        <p class="problem" id="copy-problem" role="alert">
          {problem}
        </p>
      )}
      <div class="buttons">
        <button type="button" class="plain" onClick={declineTranscript}>
          {text("noThanks")}
        </button>
        <button type="submit" class="primary" disabled={busy}>
          {text("transcriptSend")}
        </button>
      </div>
    </form>
  );
}

const QUESTIONS = [
  "satisfaction",
  "agentKnowledge",
  "agentResposiveness",
  "agentFriendliness",
] as const;

function Survey({ done }: { done: () => void }) {
  const survey = use((state) => state.config?.survey);
  const [marks, setMarks] = useState<Record<string, string>>({});
  const [comment, setComment] = useState("");
  const [failed, setFailed] = useState(false);
  const items = QUESTIONS.filter((item) => survey?.items.includes(item));
  const values = survey?.values ?? [];
  const begun = Object.keys(marks).length > 0;
  const submit = async (event: Event) => {
    event.preventDefault();
    setFailed(false);
    try {
      const answers = { ...marks };
      if (comment.trim()) answers.additionalFeedback = comment.trim();
      await answerSurvey(answers);
      done();
    } catch {
      setFailed(true);
    }
  };
  return (
    <form class="card" onSubmit={submit}>
      <h3>{text("survey")}</h3>
      {(begun ? items : items.slice(0, 1)).map((item) => (
        <fieldset key={item} class="stars">
          <legend>{text(item)}</legend>
          <div>
            {values.map((value) => (
              <label key={value} title={text("mark", { n: value, of: values.length })}>
                <input
                  type="radio"
                  class="sr"
                  name={item}
                  value={value}
                  aria-label={text("mark", { n: value, of: values.length })}
                  checked={marks[item] === value}
                  onChange={() => setMarks({ ...marks, [item]: value })}
                />
                <span data-lit={Number(marks[item] ?? 0) >= Number(value)}>
                  <Icon name="star" size={22} />
                </span>
              </label>
            ))}
          </div>
        </fieldset>
      ))}
      {begun && (
        <>
          <textarea
            rows={2}
            maxLength={1000}
            value={comment}
            placeholder={text("comment")}
            aria-label={text("comment")}
            onInput={(event) => setComment(event.currentTarget.value)}
          />
          {failed && (
            <p class="problem" role="alert">
              {text("failed")}
            </p>
          )}
          <div class="buttons">
            <button type="submit" class="primary">
              {text("surveySend")}
            </button>
          </div>
        </>
      )}
    </form>
  );
}
