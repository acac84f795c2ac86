"""Nothing is cut off and nothing lies over its neighbour, on every screen, at four sizes."""

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest
from rich.cells import cell_len
from textual.command import CommandPalette
from textual.content import Content
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Label, Static
from textual.widgets._toast import Toast, ToastHolder, ToastRack

from gru_tui import tour
from gru_tui.panes.run_table import RunTable
from gru_tui.panes.tour import TourPane
from gru_tui.runs.store import Store
from gru_tui.screens.command_lines import CommandLines
from gru_tui.screens.dialogs import Confirm, Prompt
from gru_tui.screens.fork import ForkDialog
from gru_tui.screens.help import HelpScreen
from gru_tui.screens.picker import FilePicker
from gru_tui.screens.rate_finder import RateFinder
from gru_tui.screens.side_by_side import SideBySide
from gru_tui.screens.time_lapse import TimeLapse
from tests.app.made_up_run import STEPS, made_up_run
from tests.app.on_train import OnTrain, set_up
from tests.app.runs_on_disk import trained_run
from tests.app.waiting import until

SIZES = [(60, 20), (80, 24), (120, 40), (200, 50)]
FLOATING = (Toast, ToastHolder, ToastRack)  # they lie over the rest on purpose, for a while
# The keys that lead from each screen to a dialog or another arrangement, and what they show.
PLACES: dict[str, dict[str, tuple[str, type[Screen[Any]] | None]]] = {
    "1": {
        "train": ("", None),
        "corpus": ("c", None),
        "form": ("h", None),
        "help": ("question_mark", HelpScreen),
        "palette": ("ctrl+p", CommandPalette),
        "open a text": ("o", FilePicker),
        "command lines": ("w", CommandLines),
        "save": ("s", Prompt),
    },
    "2": {
        "runs": ("", None),
        "help of the runs": ("question_mark", HelpScreen),
        "filter": ("slash", None),
        "rename": ("escape n", Prompt),
        "note": ("o", Prompt),
        "tags": ("t", Prompt),
        "delete": ("d", Confirm),
        "fork": ("f", ForkDialog),
        "time-lapse": ("w", TimeLapse),
        "compared": ("space down space", None),
        "side by side": ("b", SideBySide),
        "differences": ("h", None),
        "all hyperparameters": ("h", None),
    },
    "3": {
        "generate": ("", None),
        "help of generate": ("question_mark", HelpScreen),
    },
}


def scrolls(widget: Widget) -> bool:
    """Whether what is not seen of its children can be scrolled to."""
    return any(
        isinstance(node, Widget) and node.is_scrollable and node.max_scroll_y + node.max_scroll_x
        for node in widget.ancestors
        if not isinstance(node, Screen)
    )


def seen(screen: Screen[Any]) -> Iterator[tuple[Widget, Region, Region]]:
    """Every widget that takes room, where it lies, and what of it can be seen at most."""
    for widget, (region, clip) in screen._compositor.visible_widgets.items():
        floats = any(isinstance(node, FLOATING) for node in widget.ancestors_with_self)
        if not (isinstance(widget, Screen) or floats or not region):
            yield widget, region, clip


def misfits(screen: Screen[Any]) -> list[str]:
    """What is cut off, and what lies over a neighbour of the same layer."""
    found: list[str] = []
    families: dict[object, list[tuple[Widget, Region]]] = {}
    whole = screen.region
    for widget, region, clip in seen(screen):
        if not scrolls(widget) and not (
            clip.contains_region(region) and whole.contains_region(region)
        ):
            found.append(f"{widget!r} at {region} is cut off by {clip}")
        shown = region.intersection(clip)
        families.setdefault((id(widget.parent), widget.layer), []).append((widget, shown))
    for family in families.values():
        for (one, here), (other, there) in combinations(family, 2):
            if here.overlaps(there):
                found.append(f"{one!r} at {here} lies over {other!r} at {there}")
    return found


def cut_words(screen: Screen[Any]) -> list[str]:
    """Texts, buttons and titles that have less room than their words need."""
    found = []
    for widget, region, _ in seen(screen):
        on_purpose = widget.styles.text_overflow == "ellipsis"
        if isinstance(widget, Static | Label | Button) and not (scrolls(widget) or on_purpose):
            width, height = widget.content_size
            needed = widget.get_content_height(screen.size, screen.size, width)
            if needed > height:
                found.append(f"{widget!r} has {height} lines for {needed}")
        for title in (widget.border_title, widget.border_subtitle):
            words = Content.from_markup(title or "").plain
            if words and cell_len(words) > region.width - 4:
                found.append(f"the title {words!r} is too long for {widget!r}")
    return found


async def on_screen(pilot: Pilot[Any], app: OnTrain, key: str) -> None:
    """Go to one of the three screens; the runs are to be in its table."""
    before = app.screen
    await pilot.press(key)
    await until(pilot, lambda: key == "1" or app.screen is not before, f"{key} leads on")
    for table in app.screen.query(RunTable):
        await until(pilot, lambda: table.row_count, "the runs are listed")  # noqa: B023


async def gone_to(pilot: Pilot[Any], app: OnTrain, keys: str, kind: type[Screen[Any]]) -> None:
    await pilot.press(*keys.split())
    await until(pilot, lambda: isinstance(app.screen, kind), f"{keys} shows {kind}")
    await until(pilot, lambda: not app.screen._layout_required, "it is laid out")


@pytest.mark.parametrize("size", SIZES, ids=[f"{width}x{height}" for width, height in SIZES])
async def test_nothing_is_cut_off_or_covered(
    app: OnTrain, river: str, size: tuple[int, int]
) -> None:
    store = Store(app.context.data_dir)
    trained_run(store).rename("pale-heron")
    made_up_run(store)
    app.context.run_id = "261124-210512"
    faults = {}

    def look(place: str) -> None:
        if found := misfits(app.screen) + cut_words(app.screen):
            faults[place] = found

    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.step == STEPS)
        for screen, places in PLACES.items():
            await on_screen(pilot, app, screen)
            for place, (keys, kind) in places.items():
                await gone_to(pilot, app, keys, kind or type(app.screen))
                look(place)
                if kind is not None or screen == "1":
                    await pilot.press("escape")
        await on_screen(pilot, app, "1")
        for number in range(1, len(tour.NOTES) + 1):
            app.train.query_one(TourPane)._show(number - 1)
            await pilot.pause()
            look(f"note {number} of the tour")
        app.train.end_tour()
        await pilot.press("n")
        await set_up(pilot, app, river)
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.screen, RateFinder), "the rate finder")
        finder = app.screen
        assert isinstance(finder, RateFinder)
        look("rate finder")
        if size in (SIZES[0], SIZES[-1]):
            await until(pilot, lambda: finder.suggestion is not None, "it suggests a rate")
            look("rate found")
            assert finder.focused is finder.query_one("#yes")
    assert not faults, "\n".join(f"{place}: {each}" for place in faults for each in faults[place])


async def test_every_place_bears_any_size_at_any_moment(app: OnTrain) -> None:
    made_up_run(Store(app.context.data_dir))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.step == STEPS)
        for keys in ("", "c", "h", "question_mark", "2", "3"):
            if keys.isdigit():
                await on_screen(pilot, app, keys)
            else:
                await gone_to(pilot, app, keys, Screen)
            for size in ((200, 50), (1, 1), (60, 20), (80, 24)):
                await pilot.resize_terminal(*size)
            assert misfits(app.screen) == []
            await pilot.press("escape")
            await pilot.press("1")
