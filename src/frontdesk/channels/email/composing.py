"""The body of an answer: what the agent says, who sends it, and what it answers."""

from html import escape

#: Characters of the quoted mail that are repeated.
QUOTED = 10_000


def answer_text(said: str, sender_info: str | None, quoted: str) -> str:
    """Return the answer as plain text, with the signature mark of RFC 3676, section 4.3."""
    signature = f"\n\n-- \n{sender_info}" if sender_info else ""
    lines = "\n".join(f"> {line}".rstrip() for line in quoted[:QUOTED].split("\n"))
    return f"{said}{signature}\n\n{lines}\n"


def answer_html(said: str, sender_info: str | None, quoted: str) -> str:
    """Return the answer as HTML."""
    signature = f"<p>-- <br>{_html(sender_info)}</p>" if sender_info else ""
    before = f"<blockquote>{_html(quoted[:QUOTED])}</blockquote>"
    return f"<div>{_html(said)}</div>{signature}{before}"


def _html(text: str) -> str:
    return escape(text, quote=False).replace("\n", "<br>\n")
