"""What a real terminal sends to the app: bytes that are no UTF-8, and pastes with keys in them."""

import os
from pathlib import Path

from tests.whole.terminal import Terminal

CTRL_Q = "\x11"


def test_a_byte_that_is_no_utf_8_does_not_end_the_app(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "data")
    try:
        terminal.until_shown("1 Train", "^q Leave")
        os.write(terminal.child.child_fd, b"\xe9\xff3")  # é as Latin-1 has it
        terminal.until_shown("^g Generate")
        terminal.press(CTRL_Q)
        terminal.end()
        assert b"Traceback" not in terminal.raw
        assert terminal.child.exitstatus == 0, terminal.shown
    finally:
        terminal.kill()


def test_pasted_keys_are_text(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "data")
    try:
        terminal.until_shown("1 Train", "^q Leave")
        terminal.press("\x10")  # the command palette has a field
        terminal.until_shown("Search")
        # Textual's own parser would press ctrl+x, which copies, and ctrl+q, which leaves.
        terminal.press("\x1b[200~\x1b[77\x18\x1b[77\x11rest\x1b[201~")
        terminal.until_shown("rest")
        assert b"\x1b]52;" not in terminal.raw
        terminal.press("\x1b")
        terminal.press(CTRL_Q)
        terminal.end()
        assert terminal.child.exitstatus == 0, terminal.shown
    finally:
        terminal.kill()
