"""The widget's page, its files, and a page to try it on.

Source: behaviour of the API, widget contract, sections 9.1, 9.2 and 9.4. For a site that is not
listed the reference falls through to another page; here the answer is 403.
"""

import base64
import hashlib
import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from frontdesk.http.router import Endpoint, Receive, Scope, Send
from frontdesk.web.files import (
    BUILT,
    Chunk,
    file_endpoint,
    load_file,
    load_files,
    load_manifest,
    only_read,
    send_file,
    send_page,
    send_plain,
)

if TYPE_CHECKING:
    from frontdesk.settings.workspace import Settings
    from frontdesk.workspace import Workspace

_FOLDER = BUILT / "widget"
_LOADER = "loader.js"
#: The loader under the name that pages written for this API paste, and under our own.
_LOADER_NAMES = ("rocketchat-livechat.min.js", "frontdesk.js")
_HERE = Path(__file__).parent
_DEMO = _HERE / "demo.html"
_CHIME = _HERE / "chime.mp3"
_NOT_BUILT = b"The widget has not been built: run `make setup`."


def widget_endpoints(workspace: "Workspace") -> dict[str, Endpoint]:
    """Return `/livechat`, its files, the notification sound and `/demo` by their paths."""
    files = load_files(_FOLDER)
    loader = files.pop(_LOADER, None)
    if loader is not None:
        files |= dict.fromkeys(_LOADER_NAMES, loader)
    manifest = load_manifest(_FOLDER)
    chime = load_file(_CHIME)
    demo = _DEMO.read_bytes()

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        if not manifest:
            await send_plain(scope, send, 503, _NOT_BUILT)
            return
        settings = workspace.settings
        referer = dict(scope["headers"]).get(b"referer", b"").decode("latin-1")
        ancestors = frame_ancestors(settings, referer)
        policy = [(b"content-security-policy", ancestors.encode("latin-1"))] if ancestors else []
        if ancestors == _NOBODY:
            await send_plain(scope, send, 403, b"Forbidden", *policy)
            return
        headers = [*policy, (b"vary", b"Referer"), (b"referrer-policy", b"no-referrer")]
        await send_page(scope, send, 200, widget_page(settings, manifest), headers)

    async def sound(scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        await send_file(scope, send, chime)

    async def try_out(scope: Scope, receive: Receive, send: Send) -> None:
        del receive
        # A page of another site could frame the demo and have its visitors click in it.
        headers = [(b"content-security-policy", b"frame-ancestors 'self'")]
        await send_page(scope, send, 200, demo, headers)

    return {
        "/livechat": only_read(page),
        "/livechat/{file}": file_endpoint(files),
        "/sounds/chime.mp3": only_read(sound),
        "/demo": only_read(try_out),
    }


_NOBODY = "frame-ancestors 'none'"


def frame_ancestors(settings: "Settings", referer: str) -> str:
    """Return the policy that says which pages may frame the widget; empty for any.

    `referer` is the page that asks. Sites are hosts, with the port if it is not the usual one.
    """
    allowed = {each.strip() for each in settings.text("Livechat_AllowedDomainsList").split(",")}
    allowed.discard("")
    if not allowed or not referer:
        return ""
    try:
        parts = urlsplit(referer)
    except ValueError:
        return _NOBODY
    host = parts.netloc.rpartition("@")[2].lower()
    if parts.scheme not in ("http", "https") or host not in allowed:
        return _NOBODY
    return f"frame-ancestors {parts.scheme}://{host}"


def widget_page(settings: "Settings", manifest: dict[str, Chunk]) -> bytes:
    """Return the HTML page of the widget."""
    entry = manifest["src/main.tsx"]
    url = settings.text("Site_Url").rstrip("/")
    # In a script element neither `<` nor the separators of JavaScript may stand as they are.
    script = f"SERVER_URL = {json.dumps(url)};".replace("<", "\\u003c")
    scripts = _addresses(settings, "Livechat_AdditionalWidgetScripts")
    styles = _addresses(settings, "Livechat_WidgetLayoutClasses")
    css = [f"livechat/{each}" for each in entry.css]
    lines = [
        "<!doctype html>",
        '<html lang="en">',
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="robots" content="noindex">',
        # What an administrator adds may load whatever it likes; without it nothing foreign runs.
        "" if scripts else _policy_element(script, styles),
        "<title>Chat</title>",
        *(f'<link rel="stylesheet" href="{escape(each)}">' for each in [*css, *styles]),
        f"<script>{script}</script>",
        f'<script type="module" src="livechat/{escape(entry.file)}"></script>',
        *(f'<script async src="{escape(each)}"></script>' for each in scripts),
    ]
    return "\n".join(line for line in lines if line).encode()


def _addresses(settings: "Settings", setting_id: str) -> list[str]:
    return [each.strip() for each in settings.text(setting_id).split(",") if each.strip()]


def _policy_element(script: str, styles: list[str]) -> str:
    """Return the content policy. It stands in the page, for a header says only who may frame it."""
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    style_hosts = " ".join(_origin(each) for each in styles)
    policy = "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' 'sha256-{digest}'",
            f"style-src 'self' 'unsafe-inline' {style_hosts}".strip(),
            "connect-src 'self' ws: wss:",
            "img-src 'self' data: blob: http: https:",
            "media-src 'self' blob: http: https:",
            f"font-src 'self' {style_hosts}".strip(),
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    return f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'


def _origin(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    # A semicolon or a space would start another rule.
    sane = not any(each in parts.netloc for each in "; ,'")
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc and sane else ""
