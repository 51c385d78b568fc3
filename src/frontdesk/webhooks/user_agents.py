"""Which browser and which system a visitor uses, read off what the browser says of itself.

Names are those that integrations know from the API (those of UAParser.js). What is not known is
left out.
"""

import re

#: Whoever pretends to be another comes first. The version is the first group, if there is one.
_BROWSERS = (
    ("Edge", r"Edg(?:e|A|iOS)?/([\d.]+)"),
    ("Opera", r"(?:OPR|Opera)/([\d.]+)"),
    ("Samsung Internet", r"SamsungBrowser/([\d.]+)"),
    ("Vivaldi", r"Vivaldi/([\d.]+)"),
    ("Yandex", r"YaBrowser/([\d.]+)"),
    ("Chrome", r"(?:Chrome|CriOS)/([\d.]+)"),
    ("Firefox", r"(?:Firefox|FxiOS)/([\d.]+)"),
    ("Mobile Safari", r"Version/([\d.]+) Mobile/\S+ Safari/"),
    ("Safari", r"Version/([\d.]+).* Safari/"),
    ("IE", r"(?:MSIE |Trident/.*rv:)([\d.]+)"),
)
_SYSTEMS = (
    ("Windows", r"Windows NT ([\d.]+)"),
    ("iOS", r"(?:iPhone|iPad|iPod).* OS ([\d_]+)"),
    ("Android", r"Android ([\d.]+)"),
    ("Android", r"Android"),
    ("Mac OS", r"Mac OS X ([\d_.]+)"),
    ("Chromium OS", r"CrOS \S+ ([\d.]+)"),
    ("Ubuntu", r"Ubuntu(?:/([\d.]+))?"),
    ("Linux", r"Linux"),
)
_WINDOWS = {"5.1": "XP", "6.0": "Vista", "6.1": "7", "6.2": "8", "6.3": "8.1", "10.0": "10"}
#: What browsers say of themselves is shorter.
_LOOKED_THROUGH = 500


def browser_of(user_agent: str | None) -> str | None:
    """Return name and version of the browser, such as `Chrome 120.0.0.0`."""
    return _first(_BROWSERS, user_agent)


def system_of(user_agent: str | None) -> str | None:
    """Return name and version of the operating system, such as `Windows 10`."""
    return _first(_SYSTEMS, user_agent)


def _first(patterns: tuple[tuple[str, str], ...], user_agent: str | None) -> str | None:
    text = (user_agent or "")[:_LOOKED_THROUGH]
    for name, pattern in patterns:
        found = re.search(pattern, text)
        if found is None:
            continue
        version = (found[1] or "") if found.lastindex else ""
        version = _WINDOWS.get(version, version) if name == "Windows" else version
        return f"{name} {version.replace('_', '.')}".strip()
    return None
