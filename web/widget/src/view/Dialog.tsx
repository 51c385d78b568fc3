// Questions that are put over the window.
import { useRef, useState } from "preact/hooks";
import { changeDepartment, close } from "../conversation";
import { get, set, use } from "../state";
import { text } from "../texts";
import { removeMyData } from "../visitor";
import { useFocusTrap } from "./focus";

export type Question = "end" | "department" | "remove";

export const ask = (question: Question): void => set({ question });

const leave = () => set({ question: null });

export function Dialog() {
  const question = use((state) => state.question);
  return question && <Asked key={question} question={question} />;
}

function Asked({ question }: { question: Question }) {
  const box = useRef<HTMLDivElement>(null);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const [department, setDepartment] = useState("");
  useFocusTrap(box, leave);
  const departments = (get().config?.departments ?? []).filter((each) => each.showOnRegistration);
  const { title, action, act } = {
    end: { title: text("endQuestion"), action: text("endChat"), act: close },
    remove: { title: text("removeQuestion"), action: text("remove"), act: removeMyData },
    department: {
      title: text("changeDepartment"),
      action: text("change"),
      act: () => changeDepartment(department),
    },
  }[question];
  const confirm = async () => {
    setBusy(true);
    setFailed(false);
    try {
      await act();
      leave();
    } catch {
      setFailed(true);
      setBusy(false);
    }
  };
  return (
    <div class="veil">
      <div class="dialog" role="alertdialog" aria-modal="true" aria-labelledby="asked" ref={box}>
        <h2 id="asked">{title}</h2>
        {question === "department" && (
          <select
            data-first
            aria-labelledby="asked"
            value={department}
            onChange={(event) => setDepartment(event.currentTarget.value)}
          >
            <option value="">{text("choose")}</option>
            {departments.map(({ _id, name }) => (
              <option key={_id} value={_id}>
                {name}
              </option>
            ))}
          </select>
        )}
        {failed && (
          <p class="error" role="alert">
            {text("failed")}
          </p>
        )}
        <div class="buttons">
          <button type="button" class="plain" onClick={leave}>
            {text("cancel")}
          </button>
          <button
            type="button"
            class="primary"
            disabled={busy || (question === "department" && !department)}
            onClick={confirm}
          >
            {action}
          </button>
        </div>
      </div>
    </div>
  );
}
