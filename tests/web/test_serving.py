import re
from collections.abc import Iterator

import httpx
import pytest

from tests.builders import settings
from tests.harness.client import Api
from tests.harness.server import FrontdeskProcess


@pytest.fixture
def web(desk: FrontdeskProcess) -> Iterator[httpx.Client]:
    """Return a client that asks for pages, as a browser would."""
    with httpx.Client(base_url=desk.url, trust_env=False, verify=False) as client:
        yield client


def script_of(page: str) -> str:
    found = re.search(r'src="(livechat/main-[^"]+\.js)"', page)
    assert found is not None
    return found[1]


def test_the_page_names_the_server_and_its_own_script(web: httpx.Client, manager: Api) -> None:
    answer = web.get("/livechat")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-cache"
    site_url = manager.get("settings/Site_Url").json()["value"].rstrip("/")
    assert f'SERVER_URL = "{site_url}";' in answer.text
    assert web.get(f"/{script_of(answer.text)}").status_code == 200


def test_files_named_by_their_content_are_kept_for_ever(web: httpx.Client) -> None:
    script = web.get(f"/{script_of(web.get('/livechat').text)}")
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-encoding"] == "gzip"
    assert script.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", ["rocketchat-livechat.min.js", "frontdesk.js"])
def test_the_script_for_pages_is_asked_for_again_after_a_while(
    web: httpx.Client, name: str
) -> None:
    script = web.get(f"/livechat/{name}", params={"_": "201903270000"})
    assert script.status_code == 200
    assert script.headers["cache-control"] == "public, max-age=600"
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    again = web.get(f"/livechat/{name}", headers={"if-none-match": script.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_who_takes_no_gzip_gets_the_same_file_plain(web: httpx.Client) -> None:
    plain = web.get("/livechat/frontdesk.js", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == web.get("/livechat/frontdesk.js").content


def test_head_is_answered_without_a_body(web: httpx.Client) -> None:
    for path in ("/livechat", "/livechat/frontdesk.js", "/demo"):
        answer = web.head(path)
        assert answer.status_code == 200
        assert answer.content == b""


@pytest.mark.parametrize(
    "path", ["/livechat/none.js", "/livechat/.sources", "/livechat/..%2Fdemo.html"]
)
def test_what_is_not_there_is_404(web: httpx.Client, path: str) -> None:
    assert web.get(path).status_code == 404


def test_files_are_only_read(web: httpx.Client) -> None:
    for path in ("/livechat", "/livechat/frontdesk.js", "/sounds/chime.mp3", "/demo"):
        answer = web.post(path)
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, HEAD"


def test_the_sound_of_the_configuration_is_there(web: httpx.Client) -> None:
    sound = web.get("/sounds/chime.mp3")
    assert sound.headers["content-type"] == "audio/mpeg"
    assert sound.content[:2] in (b"ID", b"\xff\xfb", b"\xff\xf3")


def test_any_page_may_frame_the_widget_while_no_sites_are_listed(web: httpx.Client) -> None:
    answer = web.get("/livechat", headers={"referer": "https://b.example/x"})
    assert answer.status_code == 200
    assert "content-security-policy" not in answer.headers


def test_only_listed_sites_may_frame_the_widget(web: httpx.Client, manager: Api) -> None:
    with settings(manager, Livechat_AllowedDomainsList="a.example, shop.example:8443"):

        def asked_from(referer: str) -> tuple[int, str | None]:
            headers = {"referer": referer} if referer else {}
            answer = web.get("/livechat", headers=headers)
            return answer.status_code, answer.headers.get("content-security-policy")

        assert asked_from("https://a.example/x") == (200, "frame-ancestors https://a.example")
        listed = (200, "frame-ancestors http://shop.example:8443")
        assert asked_from("http://shop.example:8443/") == listed
        assert asked_from("") == (200, None)
        refused = (403, "frame-ancestors 'none'")
        assert asked_from("https://b.example/x") == refused
        assert asked_from("https://a.example.b.example/") == refused
        assert asked_from("https://a.example@b.example/") == refused
        assert asked_from("https://shop.example/") == refused
        assert asked_from("ftp://a.example/") == refused
        assert asked_from("http://[a.example/") == refused


def test_scripts_and_styles_of_the_workspace_are_added(web: httpx.Client, manager: Api) -> None:
    with settings(
        manager,
        Livechat_AdditionalWidgetScripts="https://x.example/a.js,https://x.example/b.js",
        Livechat_WidgetLayoutClasses='https://x.example/c.css"><script>',
    ):
        page = web.get("/livechat").text
        assert '<script async src="https://x.example/a.js"></script>' in page
        assert '<script async src="https://x.example/b.js"></script>' in page
        assert 'href="https://x.example/c.css&quot;&gt;&lt;script&gt;"' in page


def test_the_site_url_cannot_break_out_of_its_script(web: httpx.Client, manager: Api) -> None:
    with settings(manager, Site_Url="http://x.example/</script><script>alert(1)//"):
        assert "</script><script>alert" not in web.get("/livechat").text


def test_the_demo_page_stands_in_no_foreign_frame(web: httpx.Client) -> None:
    answer = web.get("/demo")
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"] == "frame-ancestors 'self'"
