"""Through tmux: what tmux itself does not understand is handed on to the terminal around it.

tmux 3.3 and later take OSC 52 only where set-clipboard is on, and no OSC 9 at all; what is
wrapped for it they hand on where allow-passthrough is on. What is not permitted vanishes.
"""

import base64
import os
from collections.abc import Mapping


def in_tmux(environment: Mapping[str, str] | None = None) -> bool:
    """Whether tmux stands between us and the terminal, here or where ssh was started."""
    environment = os.environ if environment is None else environment
    return bool(environment.get("TMUX")) or environment.get("TERM", "").startswith("tmux")


def wrapped(sequence: str) -> str:
    """`sequence` as tmux hands it on."""
    return "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"


def passed(sequence: str) -> str:
    """`sequence`, which only the terminal understands, for where we are."""
    return wrapped(sequence) if in_tmux() else sequence


def also_for_the_terminal(text: str) -> str:
    """OSC 52 past tmux, to be sent besides the plain one that tmux may take; "" without tmux."""
    content = base64.b64encode(text.encode()).decode()
    return wrapped(f"\x1b]52;c;{content}\x1b\\") if in_tmux() else ""


def clipboard() -> str:
    """Whom a copied text is sent to, in words that end a sentence."""
    if in_tmux():
        return "tmux (which takes it with set-clipboard or allow-passthrough on)"
    return "the terminal's clipboard"
