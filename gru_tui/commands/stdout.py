"""Standard output: UTF-8 always; a text never drives a terminal, a pipe gets it as it is."""

import contextlib
import os
import sys
import time
from collections.abc import Iterable, Iterator

REST = 0.02  # seconds that written text may wait for company before it is flushed


def prepare() -> None:
    """Make both streams UTF-8 whatever the locale says, and real even where they are closed."""
    if sys.stdout is None:
        # Not to be written to either: nothing may be lost that counts as written.
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        # A lone surrogate (from a file name that is no UTF-8) is escaped, never fatal.
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]


def is_terminal() -> bool:
    """Whether a person's terminal would interpret what is written."""
    return sys.stdout.isatty()


def shown(text: str) -> str:
    """`text` as it may be written: with visible control characters, if to a terminal."""
    if not is_terminal():
        return text
    from gru_tui.visible import visible

    return visible(text)


@contextlib.contextmanager
def named() -> Iterator[None]:
    """Within it an OSError of standard output says that it is one."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or "standard output"
        raise


def line(text: str) -> None:
    """Write one line."""
    with named():
        sys.stdout.write(shown(text) + "\n")


def stream(pieces: Iterable[str]) -> None:
    """Write pieces as they come; the first one at once. Ends a terminal's last line."""
    last, flushed = "\n", 0.0
    for piece in pieces:
        last = piece or last
        with named():
            sys.stdout.write(shown(piece))
            if time.monotonic() - flushed > REST:
                sys.stdout.flush()
                flushed = time.monotonic()
    with named():
        if is_terminal() and not last.endswith("\n"):
            sys.stdout.write("\n")
        sys.stdout.flush()


def settle() -> None:
    """After a failure: bring out what is buffered; if that is what failed, let it go."""
    try:
        sys.stdout.flush()
    except OSError:
        abandon()


def abandon() -> None:
    """Nobody reads any more: let what is still buffered vanish without an error at exit."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
    os.close(devnull)
