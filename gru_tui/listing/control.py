"""What the Runs screen does with a run, each with the sentence that says so. Call it off the UI."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gru_tui.runs.store import Store

# All raise ReportedError with a sentence for the person at the keyboard.


def resume(store: "Store", run_id: str) -> str:
    """Let a paused run go on; start any other from its last checkpoint."""
    from gru_tui.runs import restart
    from gru_tui.runs.command import send

    run = store.get(run_id)
    if run.is_alive():
        send(run, "resume")
        return f"{run.name} goes on."
    return f"{restart.words(run.name, restart.restarted(run))}."


def ask(store: "Store", run_id: str, kind: str) -> str:
    """Send a command that needs no details, such as pause or stop."""
    from gru_tui.runs.command import send

    run = store.get(run_id)
    send(run, kind)
    return f"Asked {run.name} to {kind}."


def fork(store: "Store", run_id: str, checkpoint: Path, changes: dict[str, Any]) -> str:
    """Begin a new run from a checkpoint."""
    from gru_tui.runs import launch

    parent = store.get(run_id)
    new = launch.fork(store, parent, checkpoint, changes)
    return f"{new.name} begins, a fork of {parent.name}."


def rename(store: "Store", run_id: str, name: str) -> str:
    """Give it another name."""
    run = store.get(run_id)
    before = run.name
    run.rename(name)
    return f"{before} is called {name} now."


def note(store: "Store", run_id: str, text: str) -> str:
    """Write a line about it; an empty one takes the note away."""
    run = store.get(run_id)
    run.note(text)
    return f"The note on {run.name} is {'kept' if text else 'gone'}."


def tag(store: "Store", run_id: str, words: str) -> str:
    """Give it these tags and no others."""
    return change_tags(store, run_id, lambda _: words)


def change_tags(store: "Store", run_id: str, change: Callable[[tuple[str, ...]], str]) -> str:
    """Give it what `change` makes of its tags."""
    run = store.get(run_id)
    run.change_tags(change)
    tags = ", ".join(run.label.tags)
    return f"{run.name} has the tags {tags}." if tags else f"{run.name} has no tags."


def pin(store: "Store", run_id: str, pinned: bool) -> str:
    """Let it stand above the others, or no longer."""
    run = store.get(run_id)
    run.pin(pinned)
    return f"{run.name} stands above the others now." if pinned else f"{run.name} is unpinned."


def delete(store: "Store", run_id: str) -> str:
    """Delete its directory; refused while a process trains it."""
    run = store.get(run_id)
    name = run.name
    store.delete(run)
    return f"{name} is deleted."
