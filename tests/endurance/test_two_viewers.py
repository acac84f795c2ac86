"""Row 8: two apps and a command line steer one run; the log, the model of it and both agree."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from engine.events import Answer
from gru_tui.runs import launch
from gru_tui.runs.store import Store
from tests.commands.program import Program
from tests.endurance.conftest import Figure
from tests.endurance.steered_run import PLAN, Nursery, Steered, Viewer, by_command_line, named
from tests.runs.making import events, kill, last, new_run, of, until

LONG, SHORT = 50, 15  # actions in a sequence
RATES = st.sampled_from((0.001, 0.002, 0.003, 0.004, 0.008))
PLAIN = ("pause", "resume", "sample", "checkpoint")
WHO = st.sampled_from((0, 1))
DONE: Counter[str] = Counter()  # how often each action was taken, over all sequences


@pytest.fixture
def nursery(monkeypatch: pytest.MonkeyPatch) -> Iterator[Nursery]:
    nursery = Nursery()
    monkeypatch.setattr(launch, "_spawn", nursery.spawn)
    yield nursery
    nursery.close()


class Steering(RuleBasedStateMachine):
    """`nursery` is set before it runs."""

    nursery: Nursery

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.state = ""

    @initialize()
    def begin(self) -> None:
        self.steered = Steered.new(Path(self.folder.name), self.nursery)
        self.state = "running"

    @property
    def alive(self) -> bool:
        return self.state in {"running", "paused"}

    def viewer(self, who: int) -> Viewer:
        return self.steered.viewers[who]

    def agree(self, action: str) -> None:
        DONE[action] += 1
        self.steered.settle()
        self.steered.check(self.state)

    @rule(who=WHO, rate=RATES)
    @precondition(lambda self: self.alive)
    def set_now(self, who: int, rate: float) -> None:
        changes = {"learning_rate": rate}
        self.viewer(who).ask(self.steered.run, "set", changes=changes, when="now")
        self.agree("set")

    @rule(who=WHO)
    @precondition(lambda self: self.alive)
    def set_what_cannot_be(self, who: int) -> None:
        changes = {"learning_rate": -1}
        self.viewer(who).ask(self.steered.run, "set", changes=changes, when="now")
        self.agree("refused set")

    @rule(who=WHO, clip=st.sampled_from((1.0, 2.0, 3.0)))
    @precondition(lambda self: self.alive)
    def set_at_epoch(self, who: int, clip: float) -> None:
        changes = {"gradient_clip": clip}
        self.viewer(who).ask(self.steered.run, "set", changes=changes, when="epoch")
        self.agree("set at epoch")
        if self.state == "running":
            seen = self.viewer(1 - who)
            until(
                lambda: seen.look().summary.figures.changed.get("gradient_clip", 5.0) == clip,
                "the epoch",
                seconds=60,
            )

    @rule(rate=RATES)
    @precondition(lambda self: self.alive)
    def set_by_command_line(self, rate: float) -> None:
        words = ("set", self.steered.run.id, f"learning_rate={rate}", "--when", "now")
        by_command_line(self.steered.store, "eve", *words)
        self.agree("set by command line")

    @rule(who=WHO, kind=st.sampled_from(PLAIN))
    @precondition(lambda self: self.alive)
    def ask(self, who: int, kind: str) -> None:
        self.viewer(who).ask(self.steered.run, kind)
        self.state = {"pause": "paused", "resume": "running"}.get(kind, self.state)
        self.agree(kind)

    @rule(wishes=st.lists(st.tuples(WHO, st.sampled_from((*PLAIN, 0.001, 0.005))), min_size=2))
    @precondition(lambda self: self.alive)
    def ask_many_things_at_once(self, wishes: list[tuple[int, str | float]]) -> None:
        for who, wish in wishes:
            if isinstance(wish, float):
                changes = {"learning_rate": wish}
                self.viewer(who).ask(self.steered.run, "set", changes=changes, when="now")
            else:
                self.viewer(who).ask(self.steered.run, wish)
                self.state = {"pause": "paused", "resume": "running"}.get(wish, self.state)
        self.agree("burst")

    @rule(who=WHO, late=st.booleans())
    @precondition(lambda self: self.alive)
    def stop(self, who: int, late: bool) -> None:
        run = self.steered.run
        self.viewer(who).ask(run, "stop")
        if late:  # the other one does not know yet; this is answered now, or in the next life
            changes = {"learning_rate": 0.007}
            self.viewer(1 - who).ask(run, "set", changes=changes, when="now")
        self.nursery.gone(run)
        self.state = "stopped"
        self.agree("stop")

    @rule(busy=st.booleans(), who=WHO)
    @precondition(lambda self: self.alive)
    def kill(self, busy: bool, who: int) -> None:
        if busy:  # in the middle of what was asked
            changes = {"learning_rate": 0.009}
            self.viewer(who).ask(self.steered.run, "set", changes=changes, when="now")
            self.viewer(who).ask(self.steered.run, "checkpoint")
        self.nursery.kill(self.steered.run)
        self.state = "interrupted"
        self.agree("kill")

    @rule(who=WHO, rate=st.none() | RATES)
    @precondition(lambda self: self.state and not self.alive)
    def attach(self, who: int, rate: float | None) -> None:
        viewer = self.viewer(who)
        lives = self.steered.states
        with named(viewer.name):
            if rate:
                changes = {"learning_rate": rate}
                viewer.steering.ask(self.steered.run.id, "set", changes=changes, when="now")
            viewer.steering.resume(self.steered.run.id)
        # An event of this life, because the one before may have ended while it was "running", too.
        until(lambda: self.steered.states > lives, "the next life")
        self.state = "running"
        self.agree("attach")

    @rule(who=WHO)
    @precondition(lambda self: self.state and last(self.steered.run).exists())
    def fork(self, who: int) -> None:
        """A fork trains from there, and the parent does not notice."""
        steered = self.steered
        new = self.viewer(who).steering.fork(steered.run.id, {"learning_rate": 0.001})
        fork = steered.store.find(new)
        until(lambda: fork.state() == "running", "the fork trains")
        self.nursery.kill(fork)
        assert fork.config.parent is not None
        assert fork.config.parent.run == steered.run.id
        self.agree("fork")

    def teardown(self) -> None:
        if self.state:
            late = Viewer(self.steered.store, self.steered.run, "late").look()
            first = self.steered.viewers[0].look()
            assert late.story == first.story  # whoever comes late is told the same
        self.nursery.close()
        self.folder.cleanup()


@pytest.mark.rounds(short=5, long=500)
def test_two_viewers_and_a_command_line_never_disagree(
    nursery: Nursery, rounds: int, figure: Figure
) -> None:
    Steering.nursery = nursery
    DONE.clear()
    actions = SHORT if rounds == 5 else LONG
    run_machine(
        Steering,
        settings=settings(
            max_examples=rounds,
            stateful_step_count=actions,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    said = ", ".join(f"{count} {action}" for action, count in DONE.most_common())
    figure(f"row 8: {rounds} sequences of up to {actions} actions, model and log agree ({said})")


@pytest.mark.rounds(short=1, long=20)
def test_who_writes_at_the_same_moment_is_answered_once_and_in_order(
    store: Store, rounds: int, figure: Figure
) -> None:
    """Real processes, as launch begins them: two apps' threads and a command line."""
    program, count = Program(store.folder.parent), 0
    for _ in range(rounds):
        run = new_run(store, **PLAN)
        launch.start(run)
        try:
            viewers = [Viewer(store, run, name) for name in ("ada", "bob")]

            def press(viewer: Viewer, run: Any = run) -> None:
                for place in range(40):
                    rate = 0.001 + place / 10_000
                    viewer.steering.ask(run.id, "set", changes={"learning_rate": rate}, when="now")

            words = ("set", run.id, "learning_rate=0.005", "--when", "now")
            with ThreadPoolExecutor(2) as pool:
                shells = [program.start(*words) for _ in range(2)]
                list(pool.map(press, viewers))
                said = [shell.communicate(timeout=60)[1] for shell in shells]
                assert [shell.returncode for shell in shells] == [0, 0], said
            steered = Steered(store, Nursery(), run, viewers)
            steered.settle()
            asked = steered.asked
            assert len(asked) == 82
            assert [event.command for event in of(Answer, events(run))] == [c.id for c in asked]
            steered.check("running")
            count += len(asked)
        finally:
            kill(run)
    figure(f"row 8: {count} commands written at the same moments: each answered once, in order")
