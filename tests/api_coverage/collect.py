"""`python -m tests.api_coverage.collect DOCUMENT`: write docs/api-operations.json anew.

DOCUMENT is the published OpenAPI document of the API (YAML). Only facts are kept: method, path
and tag of every operation.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from tests.api_coverage.operations import DOCUMENTED, METHODS

#: One path of version 8.8 is documented with a segment doubled; no server ever had it.
_DOUBLED = ("/livechat/livechat/", "/livechat/")


def collect(document: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield method, path and tag of every operation of a document, in its order."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            if method.upper() in METHODS:
                yield method.upper(), path.replace(*_DOUBLED), operation["tags"][0]


def main() -> None:
    """Read the document that is named and write the list."""
    parser = argparse.ArgumentParser(prog="collect", description="List documented operations.")
    parser.add_argument("document", type=Path)
    found = collect(msgspec.yaml.decode(parser.parse_args().document.read_bytes()))
    lines = ",\n".join(msgspec.json.encode(each).decode() for each in found)
    DOCUMENTED.write_text(f"[\n{lines}\n]\n")


if __name__ == "__main__":
    main()
