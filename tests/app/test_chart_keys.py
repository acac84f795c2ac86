"""The chart's keys and the mouse over it, on a run whose every figure is known."""

import re
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.content import Content
from textual.pilot import Pilot

from engine.events import CheckpointSaved, Rollback, State, Validation
from gru_tui.curves.thinning import FIGURES, SMOOTHING, UNITS
from gru_tui.panes.chart import ChartPane
from gru_tui.panes.plotting import CHECKPOINT
from gru_tui.runs.store import Store
from tests.app.made_up_run import STEPS, made_up_run
from tests.app.on_train import OnTrain
from tests.app.runs_on_disk import trained_run, write
from tests.app.waiting import until

WIDE, SMALL = (120, 40), (80, 24)


@pytest.fixture
def app(tmp_path: Path) -> OnTrain:
    """On a finished run of 480 steps, with a change at 192 and validations every 48."""
    run = made_up_run(Store(tmp_path / "data"))
    at: dict[str, Any] = {"step": STEPS, "epoch": 5.0, "seconds": 48.0}
    figures: dict[str, Any] = {"perplexity": None, "bits_per_character": None, "best": False}
    write(run.path, CheckpointSaved(path="x", kind="step", **at))
    write(run.path, Validation(loss=1.05, update_ratio=0.002, saturation=0.31, **figures, **at))
    return OnTrain(tmp_path / "data", run.id)


def chart(app: OnTrain) -> ChartPane:
    return app.train.query_one(ChartPane)


def beneath(app: OnTrain) -> str:
    return str(chart(app).border_subtitle)


def above(app: OnTrain) -> str:
    return str(chart(app).border_title)


async def shown(pilot: Pilot[Any], app: OnTrain) -> None:
    """Until what is drawn is what the chart wants to see."""
    await until(
        pilot,
        lambda: chart(app)._curves is not None and app.chart_is_current,
        "the chart shows what it wants to",
    )


async def press(pilot: Pilot[Any], app: OnTrain, *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await shown(pilot, app)


def window(app: OnTrain) -> tuple[float, float]:
    curves = chart(app)._curves
    assert curves is not None
    return curves.shown


def read_step(app: OnTrain) -> int:
    found = re.search(r"step ([\d,]+) · epoch", above(app))
    assert found, above(app)
    return int(found[1].replace(",", ""))


@pytest.mark.parametrize(("size", "named"), [(WIDE, True), (SMALL, True), ((60, 20), False)])
async def test_the_legend_names_the_checkpoints_where_it_has_room(
    app: OnTrain, size: tuple[int, int], named: bool
) -> None:
    async with app.run_test(size=size) as pilot:
        await shown(pilot, app)
        title = Content.from_markup(above(app)).plain
        assert "validation" in title
        assert (f"{CHECKPOINT} checkpoint" in title) == named
        assert cell_len(title) <= chart(app).size.width - 4


async def test_plus_shows_the_newest_half_and_minus_and_0_lead_back(app: OnTrain) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await shown(pilot, app)
        assert window(app) == (0, STEPS)
        await press(pilot, app, "plus")
        assert window(app) == (STEPS / 2, STEPS)
        assert "2x, 0 for all" in beneath(app)
        assert re.search(r"\b250\b", app.drawn)
        await press(pilot, app, "equals_sign")
        assert window(app) == (STEPS * 3 / 4, STEPS)
        await press(pilot, app, "minus")
        assert window(app) == (STEPS / 2, STEPS)
        await press(pilot, app, "plus", "plus", "0")
        assert window(app) == (0, STEPS)
        assert "for all" not in beneath(app)
        await press(pilot, app, "minus")
        assert window(app) == (0, STEPS)


async def test_another_run_is_seen_whole_and_without_a_cursor(app: OnTrain, tmp_path: Path) -> None:
    other = trained_run(Store(tmp_path / "data"))
    async with app.run_test(size=WIDE) as pilot:
        await shown(pilot, app)
        await press(pilot, app, "e", "e", "plus", *["comma"] * 4)  # what the other one has, too
        assert window(app)[0] == pytest.approx(0)
        assert "for all" in beneath(app)
        await press(pilot, app, "v")
        await pilot.press("2")
        await app.open_run(other.id)
        await until(pilot, lambda: app.train.picture is not None and app.step == 5)
        await shown(pilot, app)
        assert chart(app).view.unit == "minutes"
        assert window(app)[0] == 0
        assert "for all" not in beneath(app)
        assert "step 5" not in above(app)


@pytest.mark.parametrize(("left", "right"), [("left", "right"), ("comma", "full_stop")])
async def test_left_and_right_pan_what_is_zoomed(app: OnTrain, left: str, right: str) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await shown(pilot, app)
        await press(pilot, app, left)
        assert window(app) == (0, STEPS)
        await press(pilot, app, "plus", left)
        assert window(app) == (180, 420)
        await press(pilot, app, left, left, left, left)
        assert window(app) == (0, 240)
        await press(pilot, app, right)
        assert window(app) == (60, 300)
        await press(pilot, app, right, right, right, right)
        assert window(app) == (240, STEPS)


async def test_the_cursor_reads_out_the_figures_and_walks(app: OnTrain) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await shown(pilot, app)
        await press(pilot, app, "v")
        assert above(app) == f"step {STEPS} · epoch 5.00 · checkpoint of step {STEPS}"
        assert "┊" in app.drawn
        await press(pilot, app, "left")
        before = read_step(app)
        assert STEPS - 12 < before < STEPS
        figures = r"loss 0\.\d{3} · perplexity 2\.\d\d · validation 1\.\d{3} · lr 0\.006"
        assert re.match(figures, beneath(app))
        await press(pilot, app, *["left"] * 5)
        assert read_step(app) < before
        await press(pilot, app, *["right"] * 20)
        assert read_step(app) == STEPS
        await press(pilot, app, "v")
        assert beneath(app).startswith("steps")
        assert above(app).startswith("Loss")
        assert "┊" not in app.drawn


async def test_the_cursor_takes_the_zoom_along(app: OnTrain) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await shown(pilot, app)
        await pilot.click(ChartPane, offset=place_of(app, STEPS / 10))
        await press(pilot, app, "plus", "plus")
        left, right = window(app)
        at = read_step(app)
        assert right - left == pytest.approx(STEPS / 4)
        assert 0 < left <= at <= right
        await pilot.press(*["left"] * 10)
        await shown(pilot, app)
        assert window(app)[0] < left
        assert window(app)[0] <= read_step(app) <= window(app)[1]
        await press(pilot, app, "0")
        assert window(app) == (0, STEPS)
        assert "┊" not in app.drawn


async def test_what_changed_is_read_out_where_it_changed(app: OnTrain) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await shown(pilot, app)
        await pilot.click(ChartPane, offset=place_of(app, 192))
        await until(pilot, lambda: "learning rate 0.006 → 0.003" in above(app))
        assert abs(read_step(app) - 192) <= 6


def place_of(app: OnTrain, step: float) -> tuple[int, int]:
    """Where that step stands in the chart, within its frame."""
    lines = app.drawn.split("\n")
    row = next(number for number, line in enumerate(lines) if "└" in line)
    first, last = lines[row].index("└") + 1, lines[row].rindex("─") + 1
    left, right = window(app)
    return 1 + first + round((step - left) / (right - left) * (last - first)), 5


async def test_the_wheel_zooms_about_what_the_mouse_points_at(app: OnTrain) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await shown(pilot, app)
        await pilot._post_mouse_events(
            [event("MouseScrollUp")], ChartPane, offset=place_of(app, 120)
        )
        await until(pilot, lambda: window(app)[1] - window(app)[0] == STEPS / 2)
        left, right = window(app)
        assert left < 120 < right
        assert 50 < left < 70
        await pilot._post_mouse_events(
            [event("MouseScrollDown")], ChartPane, offset=place_of(app, 120)
        )
        await until(pilot, lambda: window(app) == (0, STEPS))


def event(name: str) -> type:
    from textual import events

    found: type = getattr(events, name)
    return found


async def test_e_counts_steps_epochs_minutes_and_characters(app: OnTrain) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await shown(pilot, app)
        for unit in (*UNITS[1:], UNITS[0]):
            await press(pilot, app, "plus", "e")
            assert beneath(app).startswith(unit)
            assert "for all" not in beneath(app)


async def test_l_and_p_and_m_change_how_it_is_drawn(app: OnTrain) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await shown(pilot, app)
        linear = app.drawn
        await press(pilot, app, "l")
        assert app.drawn != linear
        assert "logarithmic" in beneath(app)
        await press(pilot, app, "l", "p")
        assert above(app).startswith("Perplexity")
        await press(pilot, app, "p")
        assert app.drawn == linear
        for weight in (*SMOOTHING[1:], SMOOTHING[0]):
            await press(pilot, app, "m")
            assert (f"smoothing {weight:g}" if weight else "raw") in beneath(app)
            # The points stand beneath the smooth line, told from it without any colour.
            assert ("·" in app.drawn) == bool(weight)


@pytest.mark.parametrize("size", [WIDE, (60, 16)])
async def test_whatever_the_keys_show_what_the_frame_says_fits_it(
    app: OnTrain, size: tuple[int, int]
) -> None:
    async with app.run_test(size=size) as pilot:
        await shown(pilot, app)
        for key in ["l", "m", "m", "m", "e", "e", "e", "plus", "plus", "g", "v", *["left"] * 3]:
            await press(pilot, app, key)
            for words in (above(app), beneath(app)):
                plain = Content.from_markup(words).plain
                assert cell_len(plain) <= chart(app).size.width - 4, key
                assert "…" not in plain, key
            if key == "plus":
                assert re.match(r"characters · \dx", beneath(app))
                assert " · log" in beneath(app)


async def test_g_draws_one_figure_after_the_other_beneath(app: OnTrain) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await shown(pilot, app)
        alone = app.drawn
        last = {
            "learning_rate": "Learning rate: 0.006",
            "gradient_norm": "Gradient norm: 0.5",
            "characters_per_second": "Characters a second: 41,300",
            "memory": "Memory (MB) is not known yet",
            "update_ratio": "Update-to-weight ratio: 0.002",
            "saturation": "Gate saturation (%): 31",
        }
        for figure in FIGURES:
            await press(pilot, app, "g")
            assert last[figure] in app.drawn
            lines = app.drawn.rstrip("\n").split("\n")
            assert len(lines) <= chart(app).size.height
            # Both axes stand in line, and the loss is still there.
            assert len({line.index("└") for line in lines if "└" in line}) == 1
            assert len([line for line in lines if "└" in line]) == 2
            assert "├" not in app.drawn.partition(last[figure])[2]
            assert above(app).startswith("Loss")
        await press(pilot, app, "g")
        assert app.drawn == alone


async def test_where_there_is_no_room_the_second_chart_takes_the_place_of_the_first(
    app: OnTrain,
) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await shown(pilot, app)
        await press(pilot, app, "g", "g")
        assert above(app) == "Gradient norm: 0.5"
        assert app.drawn.count("└") == 1
        await press(pilot, app, "v", "left")
        assert above(app).startswith("Gradient norm: 0.5 · step 4")
        assert beneath(app).startswith("loss ")
        await press(pilot, app, "v", *["g"] * 5)
        assert above(app).startswith("Loss")


async def test_of_a_second_chart_alone_only_what_holds_for_it_is_said(app: OnTrain) -> None:
    async with app.run_test(size=SMALL) as pilot:
        await shown(pilot, app)
        await press(pilot, app, "l", "g")
        assert beneath(app) == "steps · logarithmic"
        await press(pilot, app, *["g"] * 3)
        assert "is not known yet" in above(app)
        assert beneath(app) == "steps"


async def test_letters_typed_into_a_field_do_not_reach_the_chart(app: OnTrain) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await shown(pilot, app)
        app.row("learning_rate").entry.focus()
        await until(pilot, lambda: app.row("learning_rate").entry.has_focus)
        await pilot.press("plus", "left", "v", "g", "0", "minus")
        await pilot.pause()
        assert (chart(app).view.window, chart(app).view.cursor) == (None, None)
        assert chart(app).view.second is None


async def test_what_is_zoomed_to_the_end_moves_along_with_the_run(app: OnTrain) -> None:
    async with app.run_test(size=WIDE) as pilot:
        await shown(pilot, app)
        await press(pilot, app, "plus")
        run = Store(app.context.data_dir).find(app.train.run_id or "")
        at: dict[str, Any] = {"step": STEPS + 60, "epoch": 5.5, "seconds": 54.0}
        figures: dict[str, Any] = {"perplexity": None, "bits_per_character": None, "best": False}
        write(run.path, Validation(loss=1.0, **figures, **at))
        await until(pilot, lambda: window(app) == (STEPS / 2 + 60, STEPS + 60))
        await press(pilot, app, "left")
        held = window(app)
        at["step"] = STEPS + 90
        write(run.path, Validation(loss=1.0, **figures, **at))
        await until(pilot, lambda: chart(app)._curves.end == STEPS + 90)  # type: ignore[union-attr]
        assert window(app) == held


async def test_losses_that_were_not_finite_checkpoints_and_steps_back_are_marked(
    app: OnTrain,
) -> None:
    run = Store(app.context.data_dir).find("amber-fox")
    at: dict[str, Any] = {"epoch": 5.0, "seconds": 48.0}
    figures: dict[str, Any] = {"perplexity": None, "bits_per_character": None, "best": False}
    write(run.path, Validation(step=STEPS + 10, loss=None, **figures, **at))
    async with app.run_test(size=WIDE) as pilot:
        await shown(pilot, app)
        await until(pilot, lambda: "not finite" in above(app) and "×" in app.drawn)
        await until(pilot, lambda: "▴" in app.drawn)
        rollback = Rollback(to_step=400, reason="x", learning_rate=0.1, step=400, **at)
        write(run.path, rollback)
        await until(pilot, lambda: "rolled back" in app.drawn)
        assert "not finite" not in above(app)
        write(run.path, State(state="running", step=300, epoch=3.0, seconds=30.0))
        await until(pilot, lambda: "resumed" in app.drawn)


async def test_a_fork_says_on_its_chart_where_it_comes_from(app: OnTrain) -> None:
    import msgspec

    from gru_tui.runs import config
    from gru_tui.runs.config import Parent

    run = Store(app.context.data_dir).find("amber-fox")
    parent = Parent(run="261101-000000", name="grey-owl", step=1200, epoch=2.0)
    forked = msgspec.structs.replace(run.config, parent=parent)
    (run.path / config.FILE).write_bytes(msgspec.json.encode(forked))
    async with app.run_test(size=WIDE) as pilot:
        await until(pilot, lambda: "fork of grey-owl at step 1,200" in app.drawn)
