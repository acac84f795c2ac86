"""Text can be read in every theme: the contrast of what stands on the screen is computed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.color import Color
from textual.pilot import Pilot
from textual.theme import BUILTIN_THEMES

from gru_tui.panes.chart import ChartPane
from gru_tui.panes.filters import ColourlessFilter, ContrastFilter
from gru_tui.panes.themes import names
from gru_tui.runs.store import Store
from gru_tui.terminal.manners import Manners
from tests.app.made_up_run import made_up_run
from tests.app.on_train import OnTrain
from tests.app.waiting import until

LEAST, LEAST_OF_CURVES = 4.5, 3.0
DRAWN = frozenset("─│┌┐└┘├┤┬┴┼╭╮╯╰┄▁▂▃▄▅▆▇█▀▔▕▏▎▍▌▋▊▉▐●·▴○━╸╺")
HARD = ("atom-one-dark", "solarized-light")  # their own text is below it on their own ground
Parts = tuple[int, int, int]


def luminance(colour: Parts) -> float:
    linear = [
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in colour
    ]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def ratio(one: Parts, other: Parts) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def is_read(text: str) -> bool:
    """Whether a piece has more in it than curves, bars and frames."""
    return any(not (sign in DRAWN or sign.isspace() or "⠀" <= sign <= "⣿") for sign in text)


def faint(app: App[Any]) -> Iterator[str]:
    """A line about each piece of text that is not to be read well."""
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        for text, style, control in strip:
            if control or not is_read(text) or style is None:
                continue
            colours = [colour and colour.triplet for colour in (style.color, style.bgcolor)]
            if None in colours:
                continue  # the terminal's own colours: nobody knows them
            found = ratio(*colours)  # type: ignore[arg-type]
            if found < LEAST:
                yield f"{app.theme}, line {y}, {text!r}: {style}, {found:.2f}"


async def wear(pilot: Pilot[Any], app: OnTrain, theme: str) -> None:
    app.theme = theme
    await until(pilot, lambda: app.screen._css_update_count == app._css_update_count)


async def test_all_themes_can_be_read_on_every_screen(tmp_path: Path) -> None:
    made_up_run(Store(tmp_path))
    app = OnTrain(tmp_path)
    async with app.run_test(size=(110, 36)) as pilot:
        await until(pilot, lambda: "epoch" in app.status)
        assert {"river", *BUILTIN_THEMES} == set(names()) == set(app.available_themes)
        chart = app.train.query_one(ChartPane)
        for theme in names():
            await wear(pilot, app, theme)
            assert not [*faint(app)]
            colours, ground = chart._colours(), chart.background_colors[1].rgb
            for name in ("training", "validation", "floor", "marks"):
                assert ratio(colours[name], ground) >= LEAST_OF_CURVES, f"{name} in {theme}"
            # The legend has the colours of the curves, also after a change of the theme.
            assert Color(*colours["validation"]).hex in str(chart.border_title)
        for keys, words in (
            (("h", "end"), "the form"),
            (("escape", "f1"), "the help"),
            (("escape", "ctrl+p"), "the palette"),
            (("escape", "2"), "the runs"),
            (("3",), "writing"),
        ):
            await pilot.press(*keys)
            for severity in ("information", "warning", "error"):
                app.notify(words, severity=severity, timeout=60)
            await pilot.pause()
            for theme in HARD:
                await wear(pilot, app, theme)
                assert not [*faint(app)], words


parts = st.integers(0, 255)
colours = st.tuples(parts, parts, parts)


@given(colours, colours, st.booleans())
def test_any_text_on_any_ground_is_made_readable_and_curves_are_left_alone(
    above: Parts, below: Parts, reverse: bool
) -> None:
    style = Style(
        color=RichColor.from_rgb(*above), bgcolor=RichColor.from_rgb(*below), reverse=reverse
    )
    text, curve = ContrastFilter().apply(
        [Segment("loss 1.2", style), Segment("⣀⡠ ●", style)], Color(*below)
    )
    assert text.style is not None
    assert curve.style == style
    fore, ground = (colour and colour.triplet for colour in (text.style.color, text.style.bgcolor))
    assert fore is not None
    assert ground is not None
    assert ratio(fore, ground) >= LEAST
    if ratio(above, below) >= LEAST:
        assert text.style == style


def test_without_colours_weight_says_what_colour_said() -> None:
    def style(above: str, below: str) -> Style:
        return Style(color=above, bgcolor=below, meta={"@click": "x"})

    plain, hint, cursor = ColourlessFilter().apply(
        [
            Segment("plain", style("#dddddd", "#111111")),
            Segment("hint", style("#444444", "#111111")),
            Segment("cursor", style("#ffffff", "#336677")),
        ],
        Color.parse("#111111"),
    )
    for segment in (plain, hint, cursor):
        assert segment.style is not None
        assert segment.style.color is segment.style.bgcolor is None
        assert segment.style.meta == {"@click": "x"}
    assert [each.style and each.style.dim for each in (plain, hint)] == [None, True]
    assert [each.style and each.style.reverse for each in (hint, cursor)] == [None, True]


async def test_without_colours_a_screen_has_none_and_still_shows_where_one_is(
    tmp_path: Path,
) -> None:
    made_up_run(Store(tmp_path))
    app = OnTrain(tmp_path, manners=Manners(coloured=False))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "loss" in app.status)
        await pilot.press("2")
        await until(pilot, lambda: "amber-fox" in screen_text(app))
        with_table = styled(app)
        await pilot.press("slash")
        await until(pilot, lambda: "1 of 1" in screen_text(app))
        with_filter = styled(app)
    assert all(style.color is style.bgcolor is None for _, style in with_table + with_filter)
    assert any(style.reverse and "amber-fox" in text for text, style in with_table)
    assert any(style.underline and "amber-fox" in text for text, style in with_filter)


async def test_colours_are_the_manners_affair_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "")  # no wish, and nor is the server's where a browser shows it
    app = OnTrain(tmp_path, manners=Manners(coloured=True))
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "no run yet" in screen_text(app))
        colours = {style.color for _, style in styled(app) if style.color is not None}
    hues = {colour.get_truecolor() for colour in colours}
    assert any(len(set(hue)) > 1 for hue in hues)  # not grey


def styled(app: OnTrain) -> list[tuple[str, Style]]:
    return [
        (text, style)
        for strip in app.screen._compositor.render_strips()
        for text, style, _ in strip
        if style is not None
    ]


def screen_text(app: OnTrain) -> str:
    return "\n".join(strip.text for strip in app.screen._compositor.render_strips())


async def test_with_sixteen_colours_only_the_terminals_own_are_used(tmp_path: Path) -> None:
    made_up_run(Store(tmp_path))
    app = OnTrain(tmp_path, manners=Manners(sixteen=True))
    assert app.theme == "ansi-dark"
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "loss" in app.status)
        strips = app.screen._compositor.render_strips()
        own = [
            style
            for strip in (strips[0], *strips[-3:])  # the chart's colours are mixed
            for text, style, _ in strip
            if style is not None and style.color is not None and is_read(text)
        ]
    assert own
    assert all(style.color is not None and style.color.triplet is None for style in own)
