import pytest

from frontdesk.webhooks.user_agents import browser_of, system_of

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "browser", "system"),
    [
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {CHROME} Safari/537.36",
            *("Chrome 120.0.0.0", "Windows 10"),
        ),
        (
            f"Mozilla/5.0 (Windows NT 6.1) {CHROME} Safari/537.36 Edg/120.0.2210.91",
            *("Edge 120.0.2210.91", "Windows 7"),
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like "
            "Gecko) Version/17.1 Safari/605.1.15",
            *("Safari 17.1", "Mac OS 10.15.7"),
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
            "like Gecko) Version/17.1.2 Mobile/15E148 Safari/604.1",
            *("Mobile Safari 17.1.2", "iOS 17.1.2"),
        ),
        (
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0",
            *("Firefox 121.0", "Ubuntu"),
        ),
        (
            f"Mozilla/5.0 (Linux; Android 14; SM-S911B) {CHROME} Mobile Safari/537.36",
            *("Chrome 120.0.0.0", "Android 14"),
        ),
        (
            f"Mozilla/5.0 (X11; Linux x86_64) {CHROME} Safari/537.36 OPR/106.0.0.0",
            *("Opera 106.0.0.0", "Linux"),
        ),
        ("curl/8.5.0", None, None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_browser_and_system_are_read_off(
    user_agent: str | None, browser: str | None, system: str | None
) -> None:
    assert (browser_of(user_agent), system_of(user_agent)) == (browser, system)
