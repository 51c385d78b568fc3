"""The text of an HTML mail: what it says, with the addresses of its links in parentheses."""

import re
from html.parser import HTMLParser

#: What is left for reading; everything else, and what never is text, goes.
_TAGS = {
    *("a", "p", "br", "div", "li", "ul", "ol", "tr", "table", "blockquote", "pre", "hr"),
    *("h1", "h2", "h3", "h4", "h5", "h6"),
}
_SILENT = {"script", "style", "head", "title", "template", "noscript", "object", "svg", "math"}
#: What begins and ends on a line of its own.
_BLOCKS = _TAGS - {"a", "br"}
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")
_MANY_LINES = re.compile(r"\n[ \t]*\n(?:[ \t]*\n)+")
_LINKS = {"http", "https", "mailto", "tel"}


def html_to_text(html: str) -> str:
    """Return the readable text of a piece of HTML, however broken it is."""
    import nh3

    # Cleaned first, by a parser as browsers have it: what comes out is well-formed, and the parser
    # of the standard library can take its time over what is not.
    clean = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_SILENT,
        attributes={"a": {"href"}},
        url_schemes=_LINKS,
        link_rel=None,
    )
    reader = _Reader()
    reader.feed(clean)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._said: list[str] = []
        #: The link that is open, and where its text begins.
        self._link: tuple[str, int] | None = None

    def text(self) -> str:
        lines = "".join(self._said).split("\n")
        joined = "\n".join(line.strip() for line in lines)
        return _MANY_LINES.sub("\n\n", joined).strip()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._link = (dict(attrs).get("href") or "", len(self._said))
        elif tag == "br":
            self._said.append("\n")
        elif tag == "li":
            self._said.append("\n- ")
        elif tag in _BLOCKS:
            self._said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._link is not None:
            address, start = self._link
            self._link = None
            shown = "".join(self._said[start:]).strip()
            if address and address.removeprefix("mailto:") not in (shown, f"{shown}/"):
                self._said.append(f" ({address})" if shown else address)
        elif tag in ("p", "table", "blockquote", "ul", "ol", "h1", "h2", "h3"):
            self._said.append("\n\n")
        elif tag in _BLOCKS:
            self._said.append("\n")

    def handle_data(self, data: str) -> None:
        self._said.append(_BLANKS.sub(" ", data))
