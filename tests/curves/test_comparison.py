"""Which runs are compared, what sets them apart, and where their curves begin."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from corpora.errors import ReportedError
from engine.events import State, Step, Validation
from gru_tui.curves.comparison import MARKERS, Selection, compared, delta_figure
from gru_tui.curves.overlaying import Overlaying, ancestors
from gru_tui.curves.thinning import Points, Unit, View
from gru_tui.generation.lapse import heading, in_turn
from gru_tui.generation.shelf import Kept
from gru_tui.listing.rows import RunRow
from gru_tui.panes.comparison_table import DIFFERS
from gru_tui.panes.contrast import contrast
from gru_tui.panes.overlay import FORK, sparse
from gru_tui.panes.run_colours import DARK, run_colour
from gru_tui.panes.run_table import ASCENDING, COLUMNS, DESCENDING, PINNED
from gru_tui.runs.run import Run
from gru_tui.runs.store import Store
from gru_tui.terminal.glyphs import plain
from tests.app.runs_on_disk import new_run, write


def row(name: str, best: float | None = None, parent: str = "", **settings: object) -> RunRow:
    step = 40 if parent else 0
    return RunRow(
        id=name,
        name=name,
        state="finished",
        best=best,
        parent=f"{parent} at step {step}" if parent else "",
        parent_id=parent,
        parent_step=step,
        parent_epoch=0.5 if parent else 0.0,
        hyperparameters={"cell": "gru", "layers": 1, **settings},
    )


def test_a_selected_run_keeps_its_marker_while_others_come_and_go() -> None:
    selection = Selection()
    for name in "abc":
        selection.toggle(name)
    selection.toggle("b")
    assert (selection.ids, selection.place("c")) == (("a", "c"), 2)
    selection.toggle("d")  # takes the free place, but not the baseline's rank
    assert (selection.ids, selection.place("d")) == (("a", "c", "d"), 1)
    selection.keep_only({"c", "d"})
    assert (selection.ids, selection.marker("c")) == (("c", "d"), MARKERS[2])
    assert selection.marker("a") == ""


def test_a_ninth_run_is_refused_in_a_sentence() -> None:
    selection = Selection()
    for name in "abcdefgh":
        selection.toggle(name)
    with pytest.raises(ReportedError, match="8 runs are the most"):
        selection.toggle("i")
    markers = {selection.marker(name) for name in "abcdefgh"}
    assert len(markers) == len({plain(marker) for marker in markers}) == 8
    assert "?" not in plain("".join(markers) + FORK + DIFFERS + PINNED + ASCENDING + DESCENDING)
    assert "?" not in "".join(plain(column.head) for column in COLUMNS)


def test_the_baseline_is_the_first_and_the_delta_says_what_is_better() -> None:
    first, better, unknown = row("a", 1.5), row("b", 1.25), row("c")
    figures = [delta_figure(one, first) for one in (first, better, unknown)]
    assert figures == ["base", "−0.250", "-"]


def test_the_comparison_opens_on_the_differences_and_everything_has_all() -> None:
    rows = [row("a", 1.5, dropout=0.0), row("b", 1.2, dropout=0.25)]
    opened = {line.label: line for line in compared(rows)}
    assert opened["dropout"].cells == ("0", "0.25")
    assert not {"cell", "layers"} & set(opened)
    whole = {line.label: line.differs for line in compared(rows, everything=True)}
    assert (whole["cell"], whole["layers"], whole["dropout"]) == (False, False, True)
    assert compared([]) == ()


def test_a_fork_of_a_fork_knows_its_ancestors_and_a_circle_ends() -> None:
    known = {one.id: one for one in (row("a"), row("b", parent="a"), row("c", parent="b"))}
    assert ancestors("c", known) == ("b", "a")
    circle = {one.id: one for one in (row("a", parent="b"), row("b", parent="a"))}
    assert ancestors("a", circle) == ("b",)


def trained(run: Run, steps: int) -> None:
    """As far as that, with a loss every ten steps."""
    write(run.path, State(state="running"))
    for step in range(10, steps + 1, 10):
        place: dict[str, Any] = {
            "step": step,
            "epoch": step / 80,
            "seconds": step * 3.0,
            "loss": 100 / step,
        }
        write(
            run.path,
            Step(**place, perplexity=1.0, learning_rate=0.1, gradient_norm=1.0,
                 characters_per_second=1.0),
        )  # fmt: skip
    write(run.path, Validation(**place, perplexity=1.0, bits_per_character=1.0, best=True))


def test_a_run_that_ends_before_what_is_looked_at_is_not_drawn(tmp_path: Path) -> None:
    store = Store(tmp_path)
    runs = [new_run(store), new_run(store)]
    for run, steps in zip(runs, (800, 100), strict=True):
        trained(run, steps)
    known = {run.id: row(run.id) for run in runs}
    chosen = [(run.id, place) for place, run in enumerate(runs)]
    overlay = Overlaying().overlay(store, chosen, known, View(window=(600, 800)))
    assert overlay.shown == (600, 800)
    assert [len(run.training.x) for run in overlay.runs] == [22, 1]  # and a neighbour of each
    gone = Overlaying().overlay(store, chosen, known, View(window=(900, 1000)))
    assert gone.shown == (0, 800)


def test_the_curves_of_a_comparison_are_as_smooth_as_was_asked_for(tmp_path: Path) -> None:
    store = Store(tmp_path)
    run = new_run(store)
    trained(run, 80)
    losses = [100 / step for step in range(10, 81, 10)]
    found = {}
    for smoothing in (0.0, 0.9):
        view = View(smoothing=smoothing)
        (seen,) = Overlaying().overlay(store, [(run.id, 0)], {run.id: row(run.id)}, view).runs
        found[smoothing] = list(seen.training.y)
    assert found[0.0] == losses
    assert found[0.9][0] == losses[0]
    assert all(smooth > loss for smooth, loss in zip(found[0.9][1:], losses[1:], strict=True))


def test_of_a_fork_that_part_is_seen_which_lies_in_the_window(tmp_path: Path) -> None:
    store = Store(tmp_path)
    runs = [new_run(store), new_run(store)]
    for run in runs:
        trained(run, 80)
    parent, fork = (run.id for run in runs)
    known = {parent: row(parent), fork: row(fork, parent=parent)}  # at step 40
    overlay = Overlaying().overlay(store, [(fork, 0)], known, View(window=(65, 95)))
    (seen,) = overlay.runs
    assert seen.training.x == (60, 70, 80, 90, 100)  # with a neighbour on each side


def test_a_forks_curve_begins_where_its_parent_was_left(tmp_path: Path) -> None:
    store = Store(tmp_path)
    runs = [new_run(store) for _ in range(3)]
    for run in runs:
        trained(run, 80)
    known = {}
    for run, parent in zip(runs, ["", runs[0].id, runs[1].id], strict=True):
        one = row(run.id, parent=parent)
        known[run.id] = one
    chosen = [(run.id, place) for place, run in enumerate(runs)]
    begins = {}
    for unit in ("steps", "epochs", "minutes"):
        overlay = Overlaying().overlay(store, chosen, known, View(unit=unit))
        begins[unit] = [run.forked_at for run in overlay.runs]
        ends = [run.validation.x[-1] for run in overlay.runs]
        assert ends == sorted(set(ends))
    assert begins == {
        "steps": [None, 40.0, 80.0],
        "epochs": [None, 0.5, 1.0],
        "minutes": [None, 2.0, 4.0],
    }
    assert overlay.runs[2].training.x[0] == pytest.approx(4.5)
    closely = Overlaying().overlay(store, chosen, known, View(window=(90, 110)))
    shown = [[x for x in run.training.x if 90 <= x <= 110] for run in closely.runs]
    assert shown == [[], [90, 100, 110], [90, 100, 110]]


@pytest.mark.parametrize(("unit", "place"), [("steps", 80.0), ("minutes", 4.0)])
def test_a_forks_broken_losses_lie_behind_where_its_parent_was_left(
    tmp_path: Path, unit: Unit, place: float
) -> None:
    store = Store(tmp_path)
    parent, fork = new_run(store), new_run(store)
    trained(parent, 80)
    trained(fork, 30)
    write(
        fork.path,
        Step(step=40, epoch=0.5, seconds=120.0, loss=None, perplexity=None, learning_rate=0.1,
             gradient_norm=None, characters_per_second=1.0),
    )  # fmt: skip
    known = {parent.id: row(parent.id), fork.id: row(fork.id, parent=parent.id)}
    overlay = Overlaying().overlay(store, [(fork.id, 0)], known, View(unit=unit))
    assert overlay.runs[0].broken == (place,)


def test_only_runs_that_can_be_read_are_drawn_and_each_as_far_as_it_has_come(
    tmp_path: Path,
) -> None:
    store, overlaying = Store(tmp_path), Overlaying()
    young, fork = new_run(store), new_run(store)
    known = {
        young.id: row(young.id),
        fork.id: row(fork.id, parent=young.id),  # of whose steps nothing is told any more
        "torn": replace(row("torn"), fault="run.json is damaged"),
    }
    chosen = [(name, place) for place, name in enumerate(("gone", "torn", young.id, fork.id))]
    overlay = overlaying.overlay(store, chosen, known, View(unit="minutes"))
    assert [(run.name, run.place) for run in overlay.runs] == [(young.id, 2), (fork.id, 3)]
    assert overlay.empty
    for steps in (20, 40):
        trained(fork, steps)
        overlay = overlaying.overlay(store, chosen, known, View(unit="minutes"))
        assert overlay.end == steps * 3.0 / 60
    assert not overlay.empty


def test_without_its_parents_clock_a_forks_curve_begins_with_its_own(tmp_path: Path) -> None:
    store = Store(tmp_path)
    fork = new_run(store)
    trained(fork, 80)
    known = {fork.id: row(fork.id, parent="gone")}
    begins = {}
    for unit in ("steps", "minutes"):
        (run,) = Overlaying().overlay(store, [(fork.id, 0)], known, View(unit=unit)).runs
        begins[unit] = run.training.x[0]
    assert begins == {"steps": 50.0, "minutes": 0.5}


def test_a_few_markers_are_spread_over_a_long_curve_and_reach_its_end() -> None:
    points = Points(tuple(map(float, range(1000))), (1.0,) * 1000)
    few = sparse(points, 10)
    assert (len(few.x), few.x[-1]) == (10, 999.0)
    assert sparse(few, 10) is few


@pytest.mark.parametrize("theme", BUILTIN_THEMES)
def test_the_eight_colours_are_legible_in_every_theme(theme: str) -> None:
    ground = Color.parse(BUILTIN_THEMES[theme].to_color_system().generate()["background"])
    if ground.ansi is None:
        colours = [run_colour(place, ground) for place in range(len(DARK))]
        assert min(contrast(colour, ground) for colour in colours) >= 4.5
        assert len({colour.hex for colour in colours}) == len(DARK)


def test_a_time_lapse_goes_from_the_oldest_to_the_newest_each_step_once() -> None:
    path = Path("x")
    kept = [
        Kept("last", path, 40, 2.0, 1.5),
        Kept("best", path, 20, 1.0, 1.25),
        Kept("step-00000040", path, 40, 2.0, 1.5),
        Kept("step-00000010", path, fault="is damaged"),
        Kept("step-00000000", path, 0),
    ]
    found = in_turn(kept)
    assert [one.step for one in found] == [0, 20, 40]
    assert heading(found[1]) == "step 20 · epoch 1.0 · validation loss 1.250"
    assert "validation" not in heading(found[0])
