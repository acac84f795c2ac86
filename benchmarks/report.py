"""The last figures, as tables in README.md between two markers, from results/*.json."""

import argparse
import importlib
import sys
from collections.abc import Iterator

from record import HERE, RESULTS, Record, heading

README = HERE / "README.md"
BEGIN = "<!-- figures: written by benchmarks/report.py -->"
END = "<!-- end of figures -->"
ORDER = ("frameworks", "sampling", "texts", "learning", "intervals", "neighbours", "screen")


def figures() -> str:
    """All results as Markdown, the same for the same files."""
    records = [(path.name, Record.read(path)) for path in sorted(RESULTS.glob("*.json"))]
    records.sort(key=lambda named: ORDER.index(named[1].benchmark))
    parts = [part for name, record in records for part in _section(name, record)]
    return "\n\n".join(parts) or "Nothing has been measured yet."


def _section(name: str, record: Record) -> Iterator[str]:
    yield f"### {record.benchmark}"
    yield f"{heading(record)}. `{record.command}`, all rows in [{name}](results/{name})."
    for table in importlib.import_module(record.benchmark).tables(record):
        yield table.markdown()
    for note in record.notes:
        yield f"Note: {note}"


def with_figures(text: str, between: str) -> str:
    """`text` with `between` in the place of what stands between the markers.

    Raises ValueError where a marker is missing.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{README} lacks the markers {BEGIN} and {END}; put them back")
    return f"{before}{BEGIN}\n\n{between}\n\n{END}{after}"


def main() -> None:
    """Write README.md, or with --check say whether it is as it would be written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if outdated")
    options = parser.parse_args()
    old = README.read_text(encoding="utf-8")
    new = with_figures(old, figures())
    if options.check:
        sys.exit(None if old == new else f"{README} is outdated; run benchmarks/report.py")
    README.write_text(new, encoding="utf-8")


if __name__ == "__main__":
    main()
