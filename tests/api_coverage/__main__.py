"""`python -m tests.api_coverage [--url URL]`: what of the documented API is offered, by tags.

Exits with 1 when a tag that is recorded as complete (complete.json) no longer is.
"""

import argparse
import sys

import httpx

from tests.api_coverage.operations import (
    Coverage,
    complete_tags,
    coverage,
    declared,
    no_longer_complete,
    served,
)


def main() -> int:
    """Print the comparison; return the exit code."""
    parser = argparse.ArgumentParser(prog="api_coverage", description="Compare with the API.")
    parser.add_argument("--url", help="a running server (default: what the program declares)")
    url = parser.parse_args().url
    try:
        found = coverage(served(url) if url else declared())
    except httpx.HTTPError as error:
        print(f"No document from {url}: {error}", file=sys.stderr)
        return 1
    print(report(found))
    broken = no_longer_complete(found)
    for each in broken:
        print(f"\n{each.tag} is recorded as complete and no longer is.", file=sys.stderr)
    return 1 if broken else 0


def report(found: list[Coverage]) -> str:
    """Return the table, with what is missing under each tag."""
    complete = complete_tags()
    width = max(len(each.tag) for each in found)
    lines = []
    for each in found:
        line = f"{each.tag:<{width}}  {each.offered:>3} of {len(each.documented):>3}"
        if each.tag in complete:
            line += "  recorded as complete"
        elif not each.missing:
            line += "  complete: record it in tests/api_coverage/complete.json"
        lines.append(line)
        lines += [f"    {method} {path}" for method, path in each.missing]
    offered = sum(each.offered for each in found)
    documented = sum(len(each.documented) for each in found)
    lines.append(f"{'all':<{width}}  {offered:>3} of {documented:>3}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
