"""Nothing is cut off and nothing lies over its neighbour, on every screen, at four sizes."""

from collections.abc import Iterator
from functools import partial
from itertools import combinations
from typing import Any

import pytest
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets._toast import Toast, ToastHolder, ToastRack

from gru_tui.runs.store import Store
from tests.app.made_up_run import STEPS, made_up_run
from tests.app.on_train import OnTrain
from tests.app.waiting import until

SIZES = [(60, 20), (80, 24), (120, 40), (200, 50)]
FLOATING = (Toast, ToastHolder, ToastRack)  # they lie over the rest on purpose, for a while
# The keys that lead to a screen or a dialog.
PLACES = {
    "train": "",
    "corpus": "c",
    "form": "h",
    "help": "question_mark",
    "palette": "ctrl+p",
    "open a text": "o",
    "command lines": "w",
    "save": "s",
    "runs": "2",
    "rename": "2 n",
    "note": "2 o",
    "delete": "2 d",
    "fork": "2 f",
    "generate": "3",
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
        families.setdefault((id(widget.parent), widget.layer), []).append((widget, region))
    for family in families.values():
        for (one, here), (other, there) in combinations(family, 2):
            if here.overlaps(there):
                found.append(f"{one!r} at {here} lies over {other!r} at {there}")
    return found


def left(app: OnTrain, before: Screen[Any]) -> bool:
    return app.screen is not before


async def gone_to(pilot: Pilot[Any], app: OnTrain, keys: str) -> None:
    for key in keys.split():
        before = app.screen
        await pilot.press(key)
        if key.isdigit():
            await until(pilot, partial(left, app, before), f"{key} leads on")
    await until(pilot, lambda: not app.screen._layout_required, "it is laid out")
    await pilot.pause()


@pytest.mark.parametrize("size", SIZES, ids=[f"{width}x{height}" for width, height in SIZES])
async def test_nothing_is_cut_off_or_covered(app: OnTrain, size: tuple[int, int]) -> None:
    made_up_run(Store(app.context.data_dir))
    faults = {}
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: app.step == STEPS)
        for place, keys in PLACES.items():
            await gone_to(pilot, app, keys)
            if found := misfits(app.screen):
                faults[place] = found
            while len(app.screen_stack) > 1:
                await pilot.press("escape")
                await pilot.pause()
            await pilot.press("escape")
            await pilot.press("1")
            await pilot.pause()
    assert faults == {}


async def test_every_place_bears_any_size_at_any_moment(app: OnTrain) -> None:
    made_up_run(Store(app.context.data_dir))
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: app.step == STEPS)
        for keys in ("", "c", "h", "question_mark", "2", "3"):
            await gone_to(pilot, app, keys)
            for size in ((200, 50), (1, 1), (20, 5), (60, 20), (80, 24)):
                await pilot.resize_terminal(*size)
                await pilot.pause()
            assert misfits(app.screen) == []
            await pilot.press("escape")
            await pilot.press("1")
            await pilot.resize_terminal(120, 40)
            await pilot.pause()
