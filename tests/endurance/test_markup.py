"""Row 11: text is shown as it is, whatever a markup language would make of it."""

import json
import random
import time
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.commands.program import SENTENCE, Program
from tests.endurance.conftest import Figure
from tests.endurance.sinks import COLUMNS, DIALOGS_EVERY, LINES, SinksApp
from tests.endurance.test_untrusted import PLAIN_SINKS, shown_by

PIECES = (
    *'[]/\\#="',
    *("[bold]", "[/bold]", "[/]", "[red]", "[#f00]", "[b", "[@click=quit]", "[link=x]", "[on $x]"),
    *("$text", "[$primary 50%]", "\\[", "\\\\[", "[[", "]]", '[a="b"]', "[not", "[1/2]", "[/]]"),
    *("word", "e", "%s", "{x}", ":smile:", "&amp;", "[☃]", "<b>"),
)
WHOLE = ("[bold]x[/bold]", "[/]", "[@click=app.quit]", '[a="]', "\\[b]", "[[]]", "#[=/", "[b][/i]")
SHORT, LONG = 30, 88  # characters: fits in a narrow place, and in a line of a wide one
SECONDS = 20.0  # until what was asked for stands there; the machine may be busy


def made_up(count: int) -> list[str]:
    """That many texts, the same ones every time; some with blanks, at which a line may break."""
    chance = random.Random(11)
    few = min(count, 300) // 5
    found = ["".join(chance.choices(PIECES, k=chance.randint(1, 2))) for _ in range(few)]
    solid = [piece for piece in PIECES if " " not in piece]
    while len(found) < count:
        found.append("".join(chance.choices(solid, k=chance.randint(1, 5))))
    return [*WHOLE, *found][:count]


def in_lines(texts: list[str]) -> list[str]:
    """Short ones alone, so that narrow places show all of them; the others many in a line.

    All lines have one of two lengths, so that they are wrapped and cut alike.
    """
    few = min(len(texts), 300) // 5
    short = [text for place, text in enumerate(texts) if place < few or " " in text]
    rest = [text for text in texts[few:] if " " not in text]
    lines = [""]
    for text in rest:
        if len(lines[-1] + text) > LONG:
            lines.append("")
        lines[-1] += text
    return [text.ljust(SHORT, "w") for text in short] + [text.ljust(LONG, "w") for text in lines]


async def places(pilot: Pilot[str], app: SinksApp, text: str, least: int, *, dialogs: bool) -> int:
    """How often `text` is to be read on the screen once it has been drawn everywhere."""
    await app.show(text, dialogs=dialogs)
    assert text in app.told
    deadline = time.monotonic() + SECONDS
    while (found := app.shown.count(text)) < least and time.monotonic() < deadline:
        await pilot.pause()
    return found


@pytest.mark.rounds(short=120, long=10_000)
async def test_every_pane_shows_text_as_it_is(rounds: int, figure: Figure) -> None:
    app, known = SinksApp(), {0: 0}
    app.hide_toasts = True  # which come when they like, and cover what stands beneath
    lines = in_lines(made_up(rounds))
    async with app.run_test(size=(COLUMNS, LINES)) as pilot:
        await pilot.pause()
        for place, text in enumerate(lines):
            length = len(text)
            if length not in known:  # how often a plain text of that length stands there
                plain = chr(0x0400 + length) + "x" * (length - 1)  # a letter of its own
                known[length] = 0
                for _ in range(2):
                    known[length] = await places(pilot, app, plain, known[length], dialogs=False)
            least = known[length]
            found = await places(pilot, app, text, least, dialogs=place % DIALOGS_EVERY == 0)
            assert found >= least > 0, f"{text!r} stands {found} times, not {least}:\n{app.shown}"
    figure(f"row 11: {rounds} texts in 15 panes and dialogs, each of them verbatim")


@pytest.mark.rounds(short=300, long=10_000)
def test_every_command_writes_text_as_it_is(tmp_path: Path, rounds: int, figure: Figure) -> None:
    texts = made_up(rounds)
    said = shown_by(tmp_path, ("-c", PLAIN_SINKS), texts).decode()
    for text in texts:
        assert said.count(text) >= 7, text
    figure(f"row 11: {rounds} texts in lines of the commands, each of them verbatim")


def test_names_like_markup_reach_every_list(tmp_path: Path) -> None:
    program, text = Program(tmp_path / "home"), tmp_path / "fox.txt"
    text.write_text(SENTENCE * 20)
    for name in WHOLE[:3]:
        done = program("train", text, "--steps", 1, "--hidden-size", 8, "--name", name, "--json")
        assert done.status == 0, done.complaint
    assert [row["name"] for row in json.loads(program("runs", "--json").out)] == list(WHOLE[:3])
    assert all(name in program("runs").out for name in WHOLE[:3])
