"""What a command says when a text takes so long to read that nothing seems to happen."""

import contextlib
import threading
from collections.abc import Iterator

import click

from gru_tui.visible import visible_line

PATIENCE = 1.5  # seconds


@contextlib.contextmanager
def reading(name: str) -> Iterator[None]:
    """Within it a text is read; what takes longer than PATIENCE is told on stderr."""
    words = f"gru-tui: reading {visible_line(name)}"
    timer = threading.Timer(PATIENCE, click.echo, (words,), {"err": True})
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
