"""Write the README's tables of keys from `gru_tui.actions`: `python docs/keys.py`."""

import re
from pathlib import Path

from gru_tui.actions import as_markdown

README = Path(__file__).parent.parent / "README.md"
SECTION = re.compile(r"(<!-- keys.*?-->\n).*?(<!-- end of keys -->)", re.DOTALL)


def write() -> None:
    """Put the tables between the README's two marks."""
    text = README.read_text("utf-8")
    README.write_text(SECTION.sub(lambda m: m[1] + as_markdown() + m[2], text), "utf-8")


if __name__ == "__main__":
    write()
