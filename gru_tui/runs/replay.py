"""Repeating a run: the same text, random seed and split, and every change at the same place."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from corpora.errors import ReportedError
from engine.events import HyperparametersChanged, State, Step
from gru_tui.runs import launch, text
from gru_tui.runs.config import Replayed, versions
from gru_tui.runs.course import Course, Deed, Place
from gru_tui.runs.follower import Follower
from gru_tui.runs.pace import FILE as PACE
from gru_tui.runs.pace import RecordedPace
from gru_tui.runs.repetition import CLOCK, SCRIPT, Script
from gru_tui.runs.run import PARENT, Run
from gru_tui.runs.store import Store

if TYPE_CHECKING:
    from engine.machine import Split


@dataclass(frozen=True)
class Repeats:
    """What a run that repeats another is made with; `files` go into its directory."""

    record: Replayed
    split: "Split"
    files: Mapping[str, bytes]


def replay(store: Store, original: Run, *, name: str = "") -> Run:
    """Begin a run that repeats `original` up to where that stands now.

    On the same machine it ends with the same bits. Raises CorpusError when the text is another
    one by now, ReportedError for a run that cannot be repeated, UsageError for a bad name.
    """
    from engine.machine import Split

    config = original.config
    corpus = text.load(original)
    course, timed = _course(original)
    if course.place == Place(0, 0):
        raise ReportedError(f"run {original.id} has made no step yet, there is nothing to repeat")
    script = Script(
        name=original.name,
        deeds=_without_the_end(course),
        rollbacks=course.place.rollbacks,
        step=course.place.step,
        finished=course.ending == "finished",
    )
    checkpoint = original.checkpoints / PARENT if config.parent is not None else None
    if checkpoint is not None and not checkpoint.exists():
        raise ReportedError(
            f"{checkpoint} is gone, with which run {original.id} began as a fork; without it "
            "nothing can be repeated"
        )
    run = store.create(
        corpus,
        original.hyperparameters(),
        name=name,
        note=f"repeats {original.name} to step {script.step:,}",
        parent=config.parent,
        checkpoint=checkpoint,
        repeats=Repeats(
            record=Replayed(run=original.id, name=original.name, step=script.step),
            split=Split(config.processes, config.blas_threads),
            files={SCRIPT: msgspec.json.encode(script), **_clock(original, timed)},
        ),
    )
    launch.start(run, started=time.monotonic())
    return run


def other_versions(original: Run) -> str:
    """What has another version now than when that run began, in words; "" when nothing has."""
    before, now = original.config.versions, versions()
    found = [
        f"{name} {before[name]} then, {now[name]} now"
        for name in now
        if name != "gru-tui" and before.get(name, now[name]) != now[name]
    ]
    return "; ".join(found)


def _without_the_end(course: Course) -> list[Deed]:
    """What a trainer that comes to its end does by itself need not be told."""
    deeds = list(course.deeds)
    if course.ending == "finished":
        while deeds and deeds[-1].place == course.place and deeds[-1].kind != "set":
            deeds.pop()
    return deeds


def _course(original: Run) -> tuple[Course, list[Place]]:
    """All that has counted, and the places of the first and the last update under a time budget;
    none, where there was no such update.

    A roll-back may have undone the last one, where none has followed.
    """
    course, timed = Course(), list[Place]()
    first = budget = original.hyperparameters().max_seconds
    for event in Follower(original.events).rest():
        course.take(event)
        if isinstance(event, Step):
            if budget:
                timed[1:] = [Place(course.place.rollbacks, event.step - 1)]
        elif isinstance(event, HyperparametersChanged | State):  # a new life may have lost some
            budgets = (deed.changes.get("max_seconds") for deed in reversed(course.deeds))
            budget = next((found for found in budgets if found is not None), first)
    return course, timed


def _clock(original: Run, timed: list[Place]) -> dict[str, bytes]:
    """The pace of a run whose schedule was laid over time. Raises ReportedError without it, also
    where it was given up and begun again later (`PaceFile`).
    """
    if not timed:
        return {}
    path = original.path / PACE
    try:
        data, pace = path.read_bytes(), RecordedPace(path)
        is_known = pace.first <= timed[0] and timed[-1] <= pace.last
    except OSError:
        is_known = False
    if not is_known:
        raise ReportedError(
            f"run {original.id} went by the clock (max_seconds), and how fast is not recorded in "
            f"{path}; no other run would end with the same bits"
        )
    return {CLOCK: data}
