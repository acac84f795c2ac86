"""Row 10: whatever a text holds, a terminal gets nothing from it but characters to show."""

import json
import os
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import hypothesis
import msgspec
import pytest
from hypothesis import strategies as st

from engine.events import (
    Answer,
    CheckpointSaved,
    HyperparametersChanged,
    Rollback,
    Sample,
    State,
    Warned,
)
from gru_tui.runs.run import Label, Run
from gru_tui.runs.store import Store
from tests.app.runs_on_disk import new_run, trained_run, write
from tests.commands.program import Program
from tests.endurance.attacks import CODES, KNOWN, MARK, foreign
from tests.endurance.sinks import COLUMNS, LINES
from tests.whole import terminal as terminals
from tests.whole.terminal import Terminal

CTRL_Q = "\x11"
PAUSE = 0.12  # seconds between two keys: about as fast as one types
AT_ONCE = 12  # texts that are shown together: no pane is too small for them
PIECES = st.one_of(
    st.sampled_from([chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))]),
    st.sampled_from([*"[]();?!>=<0123456789mhlJKHXP^_\\ckq", MARK]),
    st.characters(),
)
WORDS = st.lists(PIECES, max_size=20).map("".join)
PLAIN_SINKS = """
import io, json, sys
from pathlib import Path
from engine import Hyperparameters
from engine.events import Warned
from gru_tui import table
from gru_tui.commands import ending, stdout
from gru_tui.commands.progress import Progress
stdout.prepare()
progress = Progress(Hyperparameters())
for text in json.loads(Path(sys.argv[1]).read_text()):
    stdout.line(text)
    stdout.stream(iter(text))
    stdout.stream([text[:2], text[2:]])
    for line in table.rows((text, "b"), [(text, text)]):
        stdout.line(line)
    ending.complain(text, 1)
    progress.say(text)
    progress.take(Warned(message=text))
print("all shown")
"""


def made_up(count: int) -> list[str]:
    """That many texts, the same ones every time."""
    found: list[str] = []

    @hypothesis.settings(max_examples=count, derandomize=True, database=None, deadline=None)
    @hypothesis.given(WORDS)
    def collect(text: str) -> None:
        found.append(text)

    collect()
    return found


def in_batches(texts: Sequence[str]) -> list[str]:
    return [" ".join(texts[at : at + AT_ONCE]) for at in range(0, len(texts), AT_ONCE)]


def shown_by(tmp_path: Path, arguments: tuple[str, ...], texts: list[str]) -> bytes:
    """What a program with those texts writes to its terminal, to the end."""
    home = tmp_path / "data"
    home.mkdir(exist_ok=True)
    (tmp_path / "texts.json").write_text(json.dumps(texts))
    terminal = Terminal(
        home, (*arguments, str(tmp_path / "texts.json")), size=(LINES, COLUMNS), draws=False
    )
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(terminals, "PATIENCE", 3600.0)
            terminal.end()
    finally:
        terminal.kill()
    assert b"all shown" in terminal.raw, terminal.raw[-3000:].decode(errors="replace")
    return terminal.raw


@pytest.mark.rounds(short=60, long=5000)
def test_no_text_drives_the_terminal_from_any_pane(
    tmp_path: Path, rounds: int, figure: Callable[[str], None]
) -> None:
    texts = [*KNOWN, *CODES, *made_up(rounds)]
    if rounds < 100:
        texts = [*KNOWN, *random.Random(0).sample(CODES, 24), *made_up(rounds)]
    batches = [*(KNOWN if rounds > 100 else ()), *in_batches(texts)]
    raw = shown_by(tmp_path, ("-m", "tests.endurance.sinks"), batches)
    assert raw.count(MARK.encode()) > len(KNOWN)
    assert foreign(raw) == []
    figure(
        f"row 10: {len(KNOWN)} known attacks, {len(CODES)} codes and {rounds} made-up texts in 14 "
        f"panes and dialogs: {len(raw):,} bytes read, no foreign sequence"
    )


@pytest.mark.rounds(short=300, long=5000)
def test_no_text_drives_the_terminal_from_any_command(
    tmp_path: Path, rounds: int, figure: Callable[[str], None]
) -> None:
    texts = [*KNOWN, *CODES, *made_up(rounds)]
    raw = shown_by(tmp_path, ("-c", PLAIN_SINKS), texts)
    assert raw.count(MARK.encode()) > 5 * len(KNOWN)
    assert foreign(raw) == []
    figure(f"row 10: the same and {rounds} made-up texts as lines of the commands: none")


# --- the whole program, over hostile files ---


def poisoned(store: Store, attack: str, place: int) -> Run:
    """A run in whose every file stands an attack."""
    run = trained_run(store, state=attack, reason=attack) if place == 0 else new_run(store)
    clean = attack.encode("utf-8", "ignore").decode()  # no file of the program holds surrogates
    (run.path / "label.json").write_bytes(msgspec.json.encode(Label(clean, clean)))
    config = json.loads((run.path / "run.json").read_text())
    config["corpus"] |= {"name": clean, "source": clean}
    config["architecture"]["cell"] = clean
    if place:
        config["parent"] = {"run": clean, "name": clean, "step": 1, "epoch": 1.0}
        config["versions"] = {clean: clean}
    (run.path / "run.json").write_text(json.dumps(config))
    for event in (
        Sample(text=clean, temperature=1.0, seed_text=clean, step=5),
        Warned(message=clean),
        Answer(command=clean, ok=False, message=clean, by=clean),
        CheckpointSaved(path=clean, kind=clean, step=5),
        HyperparametersChanged(changed={"dropout": [0.0, 0.1]}, by=clean, step=5),
        Rollback(to_step=4, reason=clean, learning_rate=0.001, step=5),
        State(state=("failed", "paused", clean)[place % 3], reason=clean, step=5),
    ):
        write(run.path, event)
    (run.path / "trainer.log").write_text(f"{clean}\n")
    return run


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Program:
    folder = tmp_path_factory.mktemp("hostile")
    program = Program(folder / "home")
    store = Store(program.home)
    for place, attack in enumerate(KNOWN):
        poisoned(store, attack, place)
    texts = folder / "texts"
    texts.mkdir()
    for attack in KNOWN:
        (texts / file_name(attack)).write_bytes(attack.encode("utf-8", "ignore") * 50)
    return program


def file_name(attack: str) -> str:
    """With bytes that are no UTF-8, where the attack has halves of characters."""
    kept = [character for character in attack if character not in "/\0\ud83d"]
    return "".join(kept) + ".txt"


def calls(program: Program, attack: str) -> list[tuple[str, ...]]:
    """Command lines that repeat what they are given, or show what stands in files."""
    given = attack.replace("\0", "")
    path = str(program.home.parent / "texts" / file_name(attack))
    return [
        ("corpora", "show", path),
        ("train", path + "x", "--steps", "1"),
        ("set", "last", f"{given}=1"),
        ("set", "last", f"learning_rate={given}"),
        ("generate", "last", "--seed-text", given),
        ("attach", given),
        (given,),
        ("runs", f"--{given}"),
        ("export", "last", "--format", given, "--output", given),
    ]


@pytest.mark.rounds(short=1, long=len(KNOWN))
def test_no_command_passes_on_what_hostile_files_and_arguments_hold(
    hostile: Program, rounds: int, figure: Callable[[str], None]
) -> None:
    runs = Store(hostile.home).all()
    of_files = [
        ("runs",),
        ("runs", "--json"),
        ("show", runs[0].id),
        ("corpora",),
        ("generate", runs[0].id, "--length", "40", "--checkpoint", "last"),
        ("evaluate", runs[0].id),
        ("resume", runs[1].id),
    ]
    said = b""
    for call in of_files:
        said += checked(hostile, call)
    for attack in random.Random(1).sample(KNOWN, rounds):
        for call in calls(hostile, attack):
            said += checked(hostile, call)
    assert said.count(MARK.encode()) > len(KNOWN)
    figure(f"row 10: {rounds * 9 + 7} calls of commands over hostile files and arguments: none")


def checked(program: Program, call: tuple[str, ...]) -> bytes:
    raw = program.on_a_terminal(
        *(
            os.fsencode(word.replace("\ud83d", "")).decode("utf-8", "surrogateescape")
            for word in call
        )
    ).encode("utf-8", "surrogatepass")
    assert foreign(raw) == [], call
    return raw


def test_files_and_pipes_get_the_true_bytes(hostile: Program) -> None:
    runs = Store(hostile.home).all()
    told = {row["id"]: row for row in json.loads(hostile("runs", "--json").out)}
    for run in runs:
        assert told[run.id]["name"] == run.label.name
        assert told[run.id]["corpus"] == run.config.corpus.name
    samples = hostile.home.parent / "samples.txt"
    done = hostile("export", runs[0].id, "--format", "text", "--output", samples)
    assert done.status == 0, done.complaint
    assert runs[0].label.name in samples.read_bytes().decode()


KEYS = (  # a walk through every screen, and texts pasted into every kind of field
    *("2", "DOWN", "DOWN", "END", "UP", "ENTER", "2", "n", "PASTE", "\r", "o", "PASTE", "\r"),
    *("/", "PASTE", "ESC", "f", "PASTE", "\r", "ESC", "d", "n"),
    *("3", "\t", "\t", "PASTE", "\x07", "ESC", "1", "c", "DOWN", "ESC", "h", "PASTE", "\x01"),
    *(
        "ESC",
        "o",
        "TEXTS",
        "DOWN",
        "DOWN",
        "\t",
        "PASTE",
        "ESC",
        "?",
        "ESC",
        "\x10",
        "PASTE",
        "ESC",
    ),
)
NAMED = {"DOWN": "\x1b[B", "UP": "\x1b[A", "END": "\x1b[F", "ENTER": "\r", "ESC": "\x1b"}


@pytest.mark.rounds(short=1, long=len(KNOWN))
def test_the_app_passes_nothing_on_either(
    hostile: Program, rounds: int, figure: Callable[[str], None]
) -> None:
    read = 0
    for place, attack in enumerate(random.Random(2).sample(KNOWN, rounds)):
        run = Store(hostile.home).all()[place % len(KNOWN)]
        terminal = Terminal(hostile.home, ("-m", "gru_tui", "attach", run.id))
        try:
            terminal.until_shown("1 Train", "^q Leave")
            # Quietly: only who ends a paste with its mark can type behind it, as in any terminal.
            pasted = f"\x1b[200~{attack}\x1b[201~"
            for key in KEYS:
                keys = {**NAMED, "PASTE": pasted, "TEXTS": f"{hostile.home.parent}/texts/"}
                terminal.child.send(keys.get(key, key).encode("utf-8", "ignore"))
                moment = time.monotonic() + PAUSE
                terminal.until(lambda at=moment: time.monotonic() > at, "the next frame")  # type: ignore[misc]
            terminal.press(CTRL_Q)
            terminal.end()
            assert terminal.child.exitstatus == 0, terminal.shown
            terminal.assert_given_back()
        finally:
            terminal.kill()
        # A field of figures rings when letters are pasted into it: that bell is the app's own.
        assert foreign(terminal.raw, bells=True) == []
        read += len(terminal.raw)
    figure(f"row 10: {rounds} walks through the app over hostile runs: {read:,} bytes, none")
