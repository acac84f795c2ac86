"""To the terminal's clipboard by OSC 52: as much as terminals take, and a file for the rest."""

from functools import partial
from pathlib import Path
from typing import Any

from textual.screen import Screen

from corpora.errors import ReportedError
from gru_tui.named_file import write_text
from gru_tui.terminal.passing import clipboard
from gru_tui.visible import visible

# As base64 these are just under 100,000 bytes, which every terminal with OSC 52 takes at once.
MOST_COPIED = 74_900
FILE = "copied.txt"  # in the data directory; the last text that was too long


def copy(screen: Screen[Any], text: str, data_dir: Path) -> None:
    """Send `text`, and tell how much was sent; of a longer one the beginning, all to a file."""
    content = text.encode(errors="replace")
    sent = content[:MOST_COPIED].decode(errors="ignore")
    screen.app.copy_to_clipboard(sent)
    if len(content) <= MOST_COPIED:
        words = f"Sent {len(sent):,} characters to {clipboard()}."
        screen.notify(words, markup=False)
    else:
        screen.run_worker(
            partial(_keep, screen, text, len(sent), data_dir / FILE), thread=True, group="copying"
        )


def _keep(screen: Screen[Any], text: str, sent: int, path: Path) -> None:
    words = (
        f"Sent the first {sent:,} of {len(text):,} characters to {clipboard()}; more it would not "
        "take; "
    )
    try:
        write_text(path, text, overwrite=True)
    except ReportedError as error:
        words += f"save the text to have all of it ({error})."
    else:
        words += f"all of them are in {path}."
    screen.app.call_from_thread(screen.notify, visible(words), markup=False, timeout=12)
