"""The words of the server: one file of sentences per language, English when one is missing.

The files lie in `languages/`, named by the language code, and are read when a language is first
used. Ids of the sentences are those of the API, whose clients carry the same ones; where clients
compare a text its English is kept letter for letter.
"""

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def text(key: str, language: str = "en", /, **values: object) -> str:
    """Return the sentence `key` in `language`, with each `{{name}}` replaced from `values`.

    A regional language ("pt-BR") falls back to its base ("pt") and that to English; a key that
    even English lacks comes back itself. Placeholders without a value become empty. Values are
    put in as they are: whoever shows the sentence as HTML escapes it.
    """
    for code in _fallbacks(language):
        sentence = _sentences(code).get(key)
        if sentence is not None:
            return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], "")), sentence)
    return key


def is_right_to_left(language: str) -> bool:
    """Tell whether `language` (a code such as "ar" or "he-IL") is written from right to left."""
    return _parts(language)[0] in _RIGHT_TO_LEFT


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that have a file, in alphabetical order."""
    folder = files(__name__) / "languages"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir()))


def _parts(language: str) -> list[str]:
    return language.replace("_", "-").lower().split("-")


@lru_cache(maxsize=64)
def _fallbacks(language: str) -> tuple[str, ...]:
    parts = _parts(language)
    regional = ["-".join(parts[:n]) for n in range(len(parts), 0, -1)]
    available = languages()
    return (*(code for code in regional if code in available and code != "en"), "en")


@lru_cache
def _sentences(code: str) -> dict[str, str]:
    # Only codes from languages() arrive here, so a language never becomes a path of its own.
    source = (files(__name__) / "languages" / f"{code}.toml").read_text(encoding="utf-8")
    return {key: str(sentence) for key, sentence in tomllib.loads(source).items()}
