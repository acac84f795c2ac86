"""Row 2: a checkpoint is whole or absent, for every reader and after every crash."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from engine.checkpoint import load_checkpoint, read_header
from engine.errors import CheckpointError
from gru_tui.runs import launch
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from tests.endurance.conftest import Figure
from tests.runs.living import live
from tests.runs.making import best, kill, last, new_run, until
from tests.whole.crashes import Disk
from tests.whole.traced import NEEDS_STRACE, Call, calls, traced

WATCHED = (
    "openat,write,fsync,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,rmdir,fdatasync"
)
PLAN: dict[str, Any] = {
    "checkpoint_every": 2,
    "validate_every": 2,
    "epochs": 0,
    "sample_every": 1000,
}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, list[Call]]:
    """A run that saved six times and kept one, and what it asked of the system for that."""
    store = Store(tmp_path_factory.mktemp("recorded"))
    run = new_run(store, **PLAN, steps=10, keep_checkpoints=1)
    record = store.folder / "calls"
    with traced(run, "-y", "-s", "24", "-e", f"trace={WATCHED}", "-o", str(record)) as process:
        assert process.wait() == 0
    ours = [call for call in calls(record) if any(str(run.path) in path for path in call.paths)]
    return run, ours


@pytest.fixture(scope="module")
def contents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The bytes of each numbered checkpoint, from a twin that has kept them all."""
    run = new_run(Store(tmp_path_factory.mktemp("twin")), **PLAN, steps=10, keep_checkpoints=100)
    assert live(run) == 0
    return {path.name: path.read_bytes() for path in run.checkpoints.glob("step-*")}


def word_for(run: Run, call: Call) -> str:
    """What a call does for a save; "" where it has nothing to do with one."""
    path = Path(call.paths[-1])
    word = ""
    if call.failed or (call.name == "openat" and "O_CREAT" not in call.arguments):
        pass
    elif path == run.checkpoints:
        word = "fsync folder" if call.name == "fsync" else ""
    elif path == run.events:
        word = "told" if call.name == "write" and "checkpoint" in call.arguments else ""
    elif run.checkpoints in (path.parent, path.parent.parent):
        if call.name in {"openat", "write", "fsync"} and path.suffix == ".partial":
            word = call.name
        elif call.name.startswith(("rename", "link")):
            word = f"{call.name} {path.stem.partition('-')[0]}"
    return word


@NEEDS_STRACE
def test_every_save_is_written_synced_named_and_synced_in_this_order(
    recorded: tuple[Run, list[Call]],
) -> None:
    run, found = recorded
    said: list[str] = []
    for call in found:
        word = word_for(run, call)
        if word and said[-1:] != [word]:  # one write or many
            said.append(word)
    whole = ["openat", "write", "fsync", "rename step", "fsync folder"]
    named = [["link best", "rename best", "fsync folder"], ["link last", "rename last"]]
    with_best = [*whole, *named[0], *named[1], "fsync folder", "told"]
    without = [*whole, *named[1], "fsync folder", "told"]
    saves = 0
    while said:
        expected = with_best if said[: len(with_best)] == with_best else without
        assert said[: len(expected)] == expected, f"save {saves}"
        del said[: len(expected)]
        saves += 1
    assert saves == 7  # at steps 0, 2, 4, 6, 8 and 10, and the last


def check_every_crash(
    run: Run, found: list[Call], contents: dict[str, bytes], folder: Path
) -> tuple[int, int]:
    """Cut the power after each call, in every way; how many states were opened, and calls made."""
    disk, prefixes = Disk(run.checkpoints), 0
    seen: set[tuple[object, ...]] = set()
    floor = -1  # the step of the newest checkpoint that has surely a name
    for call in found:
        if not disk.perform(call):
            continue
        prefixes += 1
        for state in disk.left():
            signature = (floor, *sorted((name, *file) for name, file in state.items()))
            if signature in seen:
                continue
            seen.add(signature)
            files = {name: (disk.steps[inode], part) for name, (inode, part) in state.items()}
            lay_out(folder, files, contents)
            check_opens(folder, floor)
        if "last.safetensors" in disk.durable:
            floor = int(disk.steps[disk.durable["last.safetensors"]][5:13])
    assert floor == 10
    return len(seen), prefixes


@NEEDS_STRACE
def test_whatever_a_crash_leaves_of_a_save_opens(
    recorded: tuple[Run, list[Call]], contents: dict[str, bytes], tmp_path: Path, figure: Figure
) -> None:
    run, found = recorded
    states, prefixes = check_every_crash(run, found, contents, tmp_path)
    assert states > prefixes / 2
    figure(f"row 2: {states} states after {prefixes} calls of 7 saves, all of them open")


@NEEDS_STRACE
def test_a_save_without_its_sync_would_be_found_out(
    recorded: tuple[Run, list[Call]], contents: dict[str, bytes], tmp_path: Path
) -> None:
    run, found = recorded
    without = [
        call for call in found if call.name != "fsync" or not call.paths[0].endswith(".partial")
    ]
    with pytest.raises(CheckpointError, match="no whole safetensors file"):
        check_every_crash(run, without, contents, tmp_path)


def lay_out(folder: Path, state: dict[str, tuple[str, float]], contents: dict[str, bytes]) -> None:
    """Make the folder look as the crash has left it."""
    for path in folder.iterdir():
        path.unlink()
    for name, (step, part) in state.items():
        data = contents[step] if step else next(iter(contents.values()))
        (folder / name).write_bytes(data[: int(len(data) * part)])


def check_opens(folder: Path, floor: int) -> None:
    """Whatever has a name that people use is whole, and nothing older than what was durable."""
    for path in folder.glob("[!.]*"):
        load_checkpoint(path)
    if floor >= 0:
        assert read_header(folder / "last.safetensors").step >= floor
        assert (folder / "best.safetensors").exists()


@pytest.mark.rounds(short=200, long=10_000)
def test_a_reader_in_a_loop_always_finds_a_whole_checkpoint(
    store: Store, rounds: int, figure: Figure
) -> None:
    run = new_run(store, **{**PLAN, "checkpoint_every": 1}, steps=0, keep_checkpoints=1)
    launch.start(run)
    try:
        until(best(run).exists, "the first checkpoint")
        until(last(run).exists, "the first checkpoint")
        before = 0
        different: set[int] = set()
        reads = 0
        while reads < rounds or len(different) <= 5:
            path = best(run) if reads % 4 == 0 else last(run)
            reads += 1
            step = load_checkpoint(path).step
            if path == last(run):
                assert step >= before
                before = step
                different.add(step)
    finally:
        with suppress(ProcessLookupError):
            kill(run)
    figure(f"row 2: {reads} of {reads} reads, of {len(different)} checkpoints, found one whole")
