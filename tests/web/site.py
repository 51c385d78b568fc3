"""Somebody's website with the widget on it."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# As pages have it that were written for this API (widget contract, 9.4).
EMBED = """
<script>
(function(w, d, s, u) {{
    w.RocketChat = function(c) {{ w.RocketChat._.push(c) }}; w.RocketChat._ = [];
    w.RocketChat.url = u;
    var h = d.getElementsByTagName(s)[0], j = d.createElement(s);
    j.async = true; j.src = u + '/rocketchat-livechat.min.js?_=201903270000';
    h.parentNode.insertBefore(j, h);
}})(window, document, 'script', '{url}/livechat');
</script>
"""


class Site:
    """A server of HTML pages at http://localhost, which is another site than 127.0.0.1."""

    def __init__(self, desk_url: str) -> None:
        """Describe the site; `site_of` has it running."""
        self.embed = EMBED.format(url=desk_url)
        self.pages: dict[str, str] = {}
        self.port = 0

    def page(self, script: str = "", path: str = "/", embed: str | None = None) -> str:
        """Put up a page with the widget and a script after it, and return its address."""
        code = self.embed if embed is None else embed
        self.pages[path] = (
            "<!doctype html><html><head><meta charset=utf-8><title>Shop</title></head><body>"
            f"<h1>Shop</h1>{code}<script>{script}</script></body></html>"
        )
        return f"http://localhost:{self.port}{path}"


@contextlib.contextmanager
def site_of(desk_url: str) -> Iterator[Site]:
    """Return a running site for the length of a `with` block."""
    site = Site(desk_url)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = site.pages.get(self.path.partition("?")[0])
            self.send_response(404 if page is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write((page or "").encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()
