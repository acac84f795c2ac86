"""`gru-tui show`: chart and summary once, readable in a log, in a mail and without glyphs."""

import json
import math
import re
from dataclasses import replace
from pathlib import Path

import pytest

from engine.events import Validation, encode
from gru_tui import table
from gru_tui.commands.plain_chart import Paper, drawn
from gru_tui.curves.thinning import Curves, Mark, Points, View
from gru_tui.terminal import glyphs
from tests.commands.program import Program, one_sentence

FALLING = tuple(4.0 - 0.02 * step for step in range(100))
CURVES = Curves(
    view=View(columns=68),
    raw=Points(tuple(map(float, range(100))), FALLING),
    validation=Points((20.0, 60.0, 99.0), (3.8, 3.0, 2.3)),
    marks=(Mark(50.0, "learning rate"),),
    floor=1.5,
)


def test_chart_and_summary_say_what_the_events_say(trained: Program) -> None:
    result = trained("show", "last")
    assert (result.status, result.complaint) == (0, "")
    (run,) = json.loads(trained("runs", "--json").out)
    best = f"validation loss {run['best_validation_loss']:.4f} nats per character"
    words = " ".join(result.out.split())
    for expected in (run["id"], "fox", "finished", "gru 1x16", "hidden_size 16 (192)", best):
        assert expected in words
    assert "40 steps" in words
    assert "checkpoints best, last" in words
    assert "last sample, step 40" in words
    assert "●" in result.out.split("run  ")[0]


def test_in_a_pipe_it_is_plain_text_of_80_columns(trained: Program) -> None:
    result = trained("show", "last")
    assert b"\x1b" not in result.raw
    assert max(table.width(line) for line in result.lines) <= 80
    assert max(table.width(line) for line in result.lines) > 70


def test_on_a_terminal_it_has_colours_unless_they_are_unwanted(trained: Program) -> None:
    assert "\x1b[38;5;" in trained.on_a_terminal("show", "last")
    plain = Program(trained.home, {"NO_COLOR": "1"})
    assert "\x1b" not in plain.on_a_terminal("show", "last")


def test_in_the_c_locale_there_is_no_glyph_above_127(trained: Program) -> None:
    result = Program(trained.home, {"LANG": "C", "LC_ALL": "", "LC_CTYPE": ""})("show", "last")
    assert result.status == 0
    assert result.raw.isascii()
    assert {".", "o"} <= set(result.lines[3] + "".join(result.lines[:20]))


def test_the_option_before_the_command_and_the_configuration_ask_for_ascii_too(
    trained: Program, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[app]\nascii = true\n")
    utf_8 = {"LC_ALL": "C.UTF-8", "GRU_TUI_CONFIG": ""}
    assert not Program(trained.home, utf_8)("show", "last").raw.isascii()
    assert Program(trained.home, utf_8)("--ascii", "show", "last").raw.isascii()
    assert Program(trained.home, utf_8 | {"GRU_TUI_CONFIG": str(config)})(
        "show", "last"
    ).raw.isascii()


@pytest.mark.parametrize("colour", [False, True])
def test_in_ascii_no_line_of_the_chart_loses_its_end(colour: bool) -> None:
    signs, plain = (
        re.sub("\x1b[^m]*m", "", drawn(CURVES, Paper(colour=colour, ascii=ascii_signs)))
        for ascii_signs in (False, True)
    )
    floor, axis, figures = signs.splitlines()[-3:]
    assert plain.splitlines()[-3:] == [
        floor.replace("┄", "-").replace("│", "|"),
        glyphs.plain(axis),
        figures,
    ]
    assert len(axis) == 80


def test_a_legend_without_room_drops_whole_entries() -> None:
    curves = replace(CURVES, floor=1.163)
    whole = drawn(curves, Paper(width=80)).splitlines()[0]
    assert whole.startswith("loss (nats per character) over steps  ")
    assert whole.endswith("  ┄┄ floor 1.163")
    for width in range(40, 80):
        legend = drawn(curves, Paper(width=width)).splitlines()[0]
        assert len(legend) <= width
        assert legend.split("  ")[-1] in {"┄┄ floor 1.163", "● validation", "── training"}
    assert drawn(curves, Paper(width=60)).startswith("loss over steps  ")
    broken = replace(curves, broken=(30.0,))
    assert "× not finite" in drawn(broken, Paper(width=60)).splitlines()[0]  # rather than the floor
    assert drawn(broken, Paper(width=10)).startswith("loss over steps\n")


@pytest.mark.parametrize(("ascii_signs", "sign"), [(False, "×"), (True, "x")])
def test_losses_that_are_not_finite_are_marked_at_the_top_and_named(
    ascii_signs: bool, sign: str
) -> None:
    curves = replace(CURVES, floor=None, broken=(30.0, 70.0))
    legend, top, *rest = drawn(curves, Paper(ascii=ascii_signs)).splitlines()
    assert legend.endswith(f"{sign} not finite")
    assert top.count(sign) == 2
    assert sign not in "".join(rest)


def test_a_run_without_any_finite_loss_has_a_chart_that_says_so() -> None:
    nan = Points((1.0, 2.0), (math.nan, math.nan))
    chart = drawn(Curves(raw=nan, smooth=nan, validation=nan, broken=(1.0, 2.0)), Paper())
    assert "× not finite" in chart.splitlines()[0]
    assert chart.splitlines()[1].count("×") == 2


@pytest.mark.parametrize("ascii_signs", [False, True])
def test_many_validations_do_not_hide_the_curves(ascii_signs: bool) -> None:
    measured = Points(CURVES.raw.x, tuple(loss + 0.02 for loss in FALLING))
    paper = Paper(ascii=ascii_signs)
    body = drawn(replace(CURVES, validation=measured), paper).partition("\n")[2]
    assert 15 <= body.count(paper.markers["validation"]) <= 20


def test_the_markers_tell_the_curves_apart_without_colour() -> None:
    for paper in (Paper(), Paper(ascii=True)):
        chart = drawn(CURVES, paper)
        body = "".join(chart.splitlines(keepends=True)[1:])
        assert paper.markers["validation"] in body
        assert paper.markers["floor"] in body
        assert "floor 1.5" in chart
        assert max(map(table.width, chart.splitlines())) <= 80
    assert drawn(CURVES, Paper(ascii=True)).isascii()


def test_control_characters_of_the_run_never_reach_the_terminal(
    trained: Program, tmp_path: Path
) -> None:
    (run,) = (trained.home / "runs").iterdir()
    label = run / "label.json"
    before = label.read_bytes()
    label.write_text(json.dumps({"name": "fox", "note": "\x1b]0;mine\x07 note"}))
    try:
        out = Program(trained.home, {"NO_COLOR": "1"}).on_a_terminal("show", "last")
    finally:
        label.write_bytes(before)
    assert "\x1b" not in out
    assert "␛]0;mine␇ note" in out


def test_a_run_that_has_not_begun_has_a_summary_and_no_chart(program: Program, text: Path) -> None:
    from corpora import from_text
    from gru_tui.runs.store import Store
    from tests.runs.making import settings

    Store(program.home).create(from_text(text.read_text(), name="fox"), settings())
    result = program("show", "last")
    assert result.status == 0
    assert result.lines[0].startswith("run ")
    assert "nothing was validated yet" in result.out


def test_damaged_lines_of_the_events_are_named_here_and_in_the_list(trained: Program) -> None:
    (events,) = trained.home.glob("runs/*/events.jsonl")
    sound = events.read_bytes()
    number = sound.count(b"\n") + 1
    words = f"line {number} of events.jsonl is damaged and was skipped, and 1 more"
    try:
        events.write_bytes(sound + b"damaged\n" * 2)
        shown, listed = trained("show", "last"), trained("runs")
    finally:
        events.write_bytes(sound)
    assert (shown.status, one_sentence(shown)) == (0, f"gru-tui: {words}")
    assert (listed.status, one_sentence(listed)) == (
        0,
        f"gru-tui: run {events.parent.name}: {words}",
    )


def test_a_loss_beyond_all_perplexities_has_an_account(trained: Program) -> None:
    (events,) = trained.home.glob("runs/*/events.jsonl")
    sound = events.read_bytes()
    worst = Validation(loss=5988.0, perplexity=None, bits_per_character=None, best=True, step=40)
    try:
        events.write_bytes(sound + encode(worst))
        shown = trained("show", "last")
    finally:
        events.write_bytes(sound)
    assert (shown.status, shown.complaint) == (0, "")
    assert "5988.0000 nats per character (perplexity inf, 8638.8579 bits)" in " ".join(
        shown.out.split()
    )


def test_a_wrong_run_or_width_is_named(trained: Program) -> None:
    assert "there is no run" in one_sentence(trained("show", "nope"))
    narrow = trained("show", "last", "--width", 3)
    assert narrow.status == 2
    assert "40" in one_sentence(narrow)
