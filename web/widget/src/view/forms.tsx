// What is asked before a conversation: consent, who it is, or a message while nobody is there.
import type { ComponentChildren } from "preact";
import { useId, useRef, useState } from "preact/hooks";
import { catchUp } from "../conversation";
import { callback } from "../parent";
import { get, set, use } from "../state";
import { text } from "../texts";
import { runTriggers } from "../triggers";
import type { CustomField, Department } from "../types";
import { leaveOfflineMessage, register } from "../visitor";
import { Icon } from "./Icon";

const EMAIL = "^[^@\\s]+@[^@\\s]+$";

interface FieldProps {
  name: string;
  label: string;
  type?: "text" | "email" | "textarea" | "select";
  required?: boolean;
  pattern?: string;
  initial?: string;
  options?: { value: string; label: string }[];
  autocomplete?: "name" | "email";
}

function problemOf({ required, pattern }: FieldProps, value: string): string {
  if (!value.trim()) return required ? text("required") : "";
  if (!pattern) return "";
  try {
    return new RegExp(pattern).test(value) ? "" : text("invalid");
  } catch {
    return "";
  }
}

// A form that checks its fields when it is sent, and leads to the first that is wrong.
function Form({
  fields,
  action,
  onSubmit,
  children,
}: {
  fields: FieldProps[];
  action: string;
  onSubmit: (values: Record<string, string>) => Promise<void>;
  children?: ComponentChildren;
}) {
  const [problems, setProblems] = useState<Record<string, string>>({});
  const [failure, setFailure] = useState("");
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const submit = async (event: Event) => {
    event.preventDefault();
    const data = new FormData(form.current ?? undefined);
    const values = Object.fromEntries(
      fields.map(({ name }) => [name, String(data.get(name) ?? "")]),
    );
    const found = Object.fromEntries(
      fields.map((each) => [each.name, problemOf(each, values[each.name] ?? "")]),
    );
    setProblems(found);
    const wrong = fields.find(({ name }) => found[name]);
    if (wrong) {
      form.current?.querySelector<HTMLElement>(`[name="${CSS.escape(wrong.name)}"]`)?.focus();
      return;
    }
    setBusy(true);
    setFailure("");
    try {
      await onSubmit(values);
    } catch {
      setFailure(text("failed"));
    }
    setBusy(false);
  };
  return (
    <form class="body form" ref={form} noValidate onSubmit={submit}>
      {children}
      {fields.map((each) => (
        <Field key={each.name} {...each} problem={problems[each.name] ?? ""} />
      ))}
      {failure && (
        <p class="error" role="alert">
          {failure}
        </p>
      )}
      <button type="submit" class="primary" disabled={busy}>
        {action}
      </button>
    </form>
  );
}

function Field({ problem, ...field }: FieldProps & { problem: string }) {
  const id = useId();
  const { name, label, type = "text", required, options, initial, autocomplete } = field;
  // biome-ignore lint/suspicious/noExplicitAny: the same attributes for three kinds of elements
  const attributes: any = {
    id,
    name,
    required,
    "aria-invalid": !!problem,
    "aria-describedby": problem ? `${id}-problem` : undefined,
    autocomplete,
  };
  return (
    <div class="field" data-wrong={!!problem}>
      <label for={id}>
        {label}
        {required && <span aria-hidden="true"> *</span>}
      </label>
      {type === "select" ? (
        <select {...attributes}>
          <option value="">{text("choose")}</option>
          {options?.map((option) => (
            <option key={option.value} value={option.value} selected={option.value === initial}>
              {option.label}
            </option>
          ))}
        </select>
      ) : type === "textarea" ? (
        <textarea {...attributes} rows={3} maxLength={5000} defaultValue={initial} />
      ) : (
        <input {...attributes} type={type} defaultValue={initial} maxLength={500} />
      )}
      {problem && (
        <p class="problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  );
}

function departmentField(departments: Department[], initial: string): FieldProps[] {
  if (!departments.length) return [];
  const options = departments.map(({ _id, name }) => ({ value: _id, label: name }));
  return [{ name: "department", label: text("department"), type: "select", options, initial }];
}

function customField(field: CustomField): FieldProps {
  const options = field.options?.map((value) => ({ value: value.trim(), label: value.trim() }));
  return {
    name: `field:${field._id}`,
    label: field.label,
    type: field.type === "select" ? "select" : "text",
    options,
    required: field.required,
    pattern: field.regexp,
    initial: field.defaultValue ?? undefined,
  };
}

export function RegistrationForm() {
  const config = use((state) => state.config);
  const { name, email, department } = get();
  if (!config) return null;
  const { settings, customFields = [] } = config;
  const departments = config.departments.filter((each) => each.showOnRegistration);
  const fields: FieldProps[] = [];
  if (settings.nameFieldRegistrationForm) {
    fields.push({
      name: "name",
      label: text("name"),
      required: true,
      initial: name,
      autocomplete: "name",
    });
  }
  if (settings.emailFieldRegistrationForm) {
    fields.push({
      name: "email",
      label: text("email"),
      type: "email",
      required: true,
      pattern: EMAIL,
      initial: email,
      autocomplete: "email",
    });
  }
  fields.push(...departmentField(departments, department), ...customFields.map(customField));
  const submit = async (values: Record<string, string>) => {
    const { name = "", email = "", department = get().department } = values;
    const own = customFields.flatMap(({ _id }): [string, string, boolean][] => {
      const value = values[`field:${_id}`]?.trim();
      return value ? [[_id, value, true]] : [];
    });
    const waiting = get().fields.filter(([key]) => !own.some(([other]) => other === key));
    set({ fields: [...waiting, ...own] });
    // Those that must be filled in are sent along: the server asks for them at once.
    const customFieldValues = own.map(([key, value, overwrite]) => ({ key, value, overwrite }));
    await register({
      name: name.trim(),
      email: email.trim(),
      department,
      ...(customFieldValues.length && { customFields: customFieldValues }),
    });
    set({ name: name.trim(), email: email.trim(), department });
    callback("pre-chat-form-submit", { name, email, ...(department && { department }) });
    runTriggers("after-guest-registration");
    catchUp();
  };
  return (
    <Form fields={fields} action={text("start")} onSubmit={submit}>
      <p class="intro">{config.messages.registrationFormMessage || text("formIntro")}</p>
    </Form>
  );
}

export function OfflineForm() {
  const config = use((state) => state.config);
  const [sent, setSent] = useState(false);
  if (!config) return null;
  const { messages, settings } = config;
  if (!settings.displayOfflineForm) {
    return (
      <div class="body center">
        <p>{messages.offlineUnavailableMessage || text("offlineUnavailable")}</p>
      </div>
    );
  }
  if (sent) {
    return (
      <div class="body center" role="status">
        <span class="done">
          <Icon name="tick" size={32} />
        </span>
        <p>{messages.offlineSuccessMessage || text("offlineSent")}</p>
        <button type="button" class="plain" onClick={() => setSent(false)}>
          {text("anotherMessage")}
        </button>
      </div>
    );
  }
  const { name, email, department, outbox, draft } = get();
  const departments = config.departments.filter((each) => each.showOnOfflineForm);
  // What was written while somebody was still there need not be written again.
  const written = [...outbox.map(({ msg }) => msg), draft].filter(Boolean).join("\n");
  const fields: FieldProps[] = [
    { name: "name", label: text("name"), required: true, initial: name, autocomplete: "name" },
    {
      name: "email",
      label: text("email"),
      type: "email",
      required: true,
      pattern: EMAIL,
      initial: email,
      autocomplete: "email",
    },
    ...departmentField(departments, department),
    {
      name: "message",
      label: text("message"),
      type: "textarea",
      required: true,
      initial: written,
    },
  ];
  const submit = async ({ name = "", email = "", message = "", department }: Values) => {
    set({ name: name.trim(), email: email.trim() });
    await leaveOfflineMessage({
      name: name.trim(),
      email: email.trim(),
      message,
      ...(department && { department }),
    });
    set({ outbox: [], draft: "" });
    setSent(true);
  };
  return (
    <Form fields={fields} action={text("sendMessage")} onSubmit={submit}>
      <p class="intro">{messages.offlineMessage || text("offlineIntro")}</p>
    </Form>
  );
}

type Values = Record<string, string>;

export function Consent() {
  const message = use((state) => state.config?.messages.dataProcessingConsentText);
  return (
    <div class="body form">
      <p class="intro">{message || text("consent")}</p>
      <button type="button" class="primary" data-first onClick={() => set({ consent: true })}>
        {text("agree")}
      </button>
    </div>
  );
}
