// A message's text as the server has read it, and its files. Nothing here is ever HTML of others.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fetchFile, SERVER } from "../rest";
import { get } from "../state";
import { text } from "../texts";
import type { Attachment, Markup, Message } from "../types";
import { Icon } from "./Icon";

export function Text({ message }: { message: Message }) {
  if (!message.md?.length) return <p>{message.msg}</p>;
  return <>{message.md.map(block)}</>;
}

const nodes = (value: unknown): Markup[] => (Array.isArray(value) ? value : []);
const plain = (value: unknown): string =>
  typeof value === "string" ? value : String((value as Markup | null)?.value ?? "");

function block(node: Markup, key: number): ComponentChildren {
  switch (node.type) {
    case "PARAGRAPH":
      return <p key={key}>{nodes(node.value).map(inline)}</p>;
    case "HEADING":
      return (
        <p key={key}>
          <b>{nodes(node.value).map(inline)}</b>
        </p>
      );
    case "UNORDERED_LIST":
      return (
        <ul key={key}>
          {nodes(node.value).map((item, at) => (
            <li key={at}>{nodes(item.value).map(inline)}</li>
          ))}
        </ul>
      );
    case "ORDERED_LIST":
      return (
        <ol key={key} start={nodes(node.value)[0]?.number}>
          {nodes(node.value).map((item, at) => (
            <li key={at}>{nodes(item.value).map(inline)}</li>
          ))}
        </ol>
      );
    case "QUOTE":
      return <blockquote key={key}>{nodes(node.value).map(block)}</blockquote>;
    case "CODE":
      return (
        <pre key={key}>
          {nodes(node.value)
            .map((line) => plain(line.value))
            .join("\n")}
        </pre>
      );
    case "BIG_EMOJI":
      return (
        <p key={key} class="big">
          {nodes(node.value).map(inline)}
        </p>
      );
    case "LINE_BREAK":
      return <br key={key} />;
    default:
      return <p key={key}>{inline(node, 0)}</p>;
  }
}

function inline(node: Markup, key: number): ComponentChildren {
  switch (node.type) {
    case "BOLD":
      return <b key={key}>{nodes(node.value).map(inline)}</b>;
    case "ITALIC":
      return <i key={key}>{nodes(node.value).map(inline)}</i>;
    case "STRIKE":
      return <s key={key}>{nodes(node.value).map(inline)}</s>;
    case "INLINE_CODE":
      return <code key={key}>{plain(node.value)}</code>;
    case "LINK": {
      const { src, label } = (node.value ?? {}) as { src?: Markup; label?: Markup | Markup[] };
      return <Link key={key} href={plain(src)} label={Array.isArray(label) ? label : [label]} />;
    }
    case "MENTION_USER":
      return <b key={key}>@{plain(node.value)}</b>;
    case "EMOJI":
      return node.unicode ?? <Emoji key={key} code={node.shortCode ?? plain(node.value)} />;
    default:
      return plain(node.value);
  }
}

const SAFE = /^(https?|mailto|tel):/i;

function Link({ href, label }: { href: string; label: (Markup | undefined)[] }) {
  const children = label.map((node, key) => (node ? inline(node, key) : null));
  const full = href.startsWith("//") ? `https:${href}` : href;
  if (!SAFE.test(full)) return <>{children}</>;
  return (
    <a href={full} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  );
}

function Emoji({ code }: { code: string }) {
  const name = code.replace(/:/g, "");
  const custom = get().config?.resources?.emojis?.find(
    (each) => each.name === name || each.aliases?.includes(name),
  );
  if (!custom) return <Named name={name} />;
  const source = `${SERVER}/emoji-custom/${encodeURIComponent(custom.name)}.${custom.extension}`;
  return <img class="emoji" src={source} alt={`:${name}:`} />;
}

let names: Record<string, string> | null = null;

// An emoji by its name; the names are loaded when the first one is met.
function Named({ name }: { name: string }) {
  const [, loaded] = useState(!!names);
  useEffect(() => {
    if (names) return;
    import("./emojiNames").then(
      (module) => {
        names = module.names;
        loaded(true);
      },
      () => {},
    );
  }, []);
  return <>{names?.[name] ?? `:${name}:`}</>;
}

export function Attachments({ message }: { message: Message }) {
  return (
    <>
      {message.attachments?.map((attachment, key) => (
        <File key={key} attachment={attachment} rid={message.rid ?? ""} message={message} />
      ))}
    </>
  );
}

interface FileProps {
  attachment: Attachment;
  rid: string;
  message: Message;
}

function File({ attachment, rid, message }: FileProps) {
  const { title, title_link, image_url, audio_url, video_url, description, author_name } =
    attachment;
  const path = image_url ?? audio_url ?? video_url;
  const url = useFile(path, rid);
  if (!path && !title_link) {
    return attachment.text ? (
      <blockquote>
        {author_name && <b>{author_name}</b>} {attachment.text}
      </blockquote>
    ) : null;
  }
  const size = attachment.image_dimensions;
  const name = title ?? "";
  return (
    <div class="attachment">
      {image_url && (
        <button
          type="button"
          class="picture"
          aria-label={`${text("download")}: ${name}`}
          style={size ? { aspectRatio: `${size.width} / ${size.height}` } : undefined}
          onClick={() => save(image_url, rid, name)}
        >
          {url && <img src={url} alt={description || name} />}
        </button>
      )}
      {/* biome-ignore lint/a11y/useMediaCaption: what people send has no captions */}
      {audio_url && <audio controls src={url} aria-label={name} />}
      {/* biome-ignore lint/a11y/useMediaCaption: what people send has no captions */}
      {video_url && <video controls src={url} aria-label={name} />}
      {!path && title_link && (
        <button type="button" class="file" onClick={() => save(title_link, rid, name)}>
          <Icon name="file" />
          <span class="file-name">{name}</span>
          <span class="sr">{text("download")}</span>
          <span class="file-size">{sizeText(message.file?.size)}</span>
        </button>
      )}
      {description && <p class="description">{description}</p>}
    </div>
  );
}

function sizeText(bytes: number | undefined): string {
  if (!bytes) return "";
  const units = ["B", "kB", "MB", "GB"];
  const power = Math.min(3, Math.floor(Math.log10(bytes) / 3));
  return `${(bytes / 1000 ** power).toFixed(power ? 1 : 0)} ${units[power]}`;
}

const tokenOf = (rid: string) => {
  const { ended, token } = get();
  return ended?.rid === rid ? ended.token : token;
};

// A file that is shown, as an address of this page only.
function useFile(path: string | undefined, rid: string): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!path) return;
    let made = "";
    let gone = false;
    fetchFile(path, rid, tokenOf(rid)).then(
      (address) => {
        made = address;
        if (gone) URL.revokeObjectURL(made);
        else setUrl(made);
      },
      () => {},
    );
    return () => {
      gone = true;
      if (made) URL.revokeObjectURL(made);
    };
  }, [path, rid]);
  return url;
}

async function save(path: string, rid: string, name: string): Promise<void> {
  const url = await fetchFile(path, rid, tokenOf(rid));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
