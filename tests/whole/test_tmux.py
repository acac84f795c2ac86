"""What is meant for the terminal gets through a real tmux, in a terminal of its own."""

import base64
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gru_tui.runs.store import Store
from tests.app.made_up_run import SAMPLES, made_up_run
from tests.whole.terminal import CHECKOUT, Terminal

Opened = Callable[..., Terminal]
COPIED = base64.b64encode(SAMPLES[470].encode())
# As the app and `gru-tui train` send them, and a last word by which a test knows the end.
SEND = (
    "from gru_tui.runs.notices import sequence; "
    "from gru_tui.terminal.passing import also_for_the_terminal; "
    "import sys, time; "
    "sys.stdout.write(sequence('a fox has finished', bell=True, osc9=True)); "
    "sys.stdout.write(also_for_the_terminal('hey')); "
    "print('all is sent', flush=True); "
    "time.sleep(60)"
)
NOTICE = b"\x1b]9;a fox has finished\x1b\\"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Starts a tmux whose server has these options, with a program in its one window."""
    if shutil.which("tmux") is None:
        pytest.skip("needs apt-get install tmux")
    home = tmp_path / "data"
    made_up_run(Store(home))
    terminals: list[Terminal] = []

    def opened(*arguments: str, **options: str) -> Terminal:
        configuration = tmp_path / "tmux.conf"
        lines = [f"set -g {name.replace('_', '-')} {value}\n" for name, value in options.items()]
        configuration.write_text("".join(lines))
        command = ["-f", str(configuration), "-S", str(tmp_path / "tmux"), "new-session"]
        path = f"PYTHONPATH={CHECKOUT}"
        program = ["env", path, f"GRU_TUI_HOME={home}", sys.executable, *arguments]
        terminal = Terminal(home, [*command, *program], command="tmux", LC_ALL="C.UTF-8")
        terminals.append(terminal)
        return terminal

    yield opened
    for terminal in terminals:
        terminal.kill()
    end = ["tmux", "-S", str(tmp_path / "tmux"), "kill-server"]
    subprocess.run(end, capture_output=True, check=False)


def test_notices_and_copies_pass_through_where_that_is_permitted(opened: Opened) -> None:
    terminal = opened("-c", SEND, allow_passthrough="on", set_clipboard="external")
    terminal.until_shown("all is sent")
    assert NOTICE in terminal.raw
    assert b"\x1b]52;c;" + base64.b64encode(b"hey") in terminal.raw
    assert b"\a" in terminal.raw


def test_where_it_is_not_permitted_nothing_of_them_is_seen(opened: Opened) -> None:
    terminal = opened("-c", SEND, allow_passthrough="off", set_clipboard="external")
    terminal.until_shown("all is sent")
    assert b"a fox" not in terminal.raw
    assert base64.b64encode(b"hey") not in terminal.raw
    assert "tmux;" not in terminal.shown


@pytest.mark.parametrize(
    "options",
    [
        {"allow_passthrough": "on", "set_clipboard": "external"},
        {"allow_passthrough": "off", "set_clipboard": "on"},
    ],
    ids=str,
)
def test_the_app_s_copy_reaches_the_terminal_in_either_way(
    opened: Opened, options: dict[str, str]
) -> None:
    terminal = opened("-m", "gru_tui", **options)
    terminal.until_shown("step 470")
    terminal.press("y")
    terminal.until_shown("characters to tmux")
    terminal.until(lambda: COPIED in terminal.raw, "the terminal has the sample")
