"""Taking away what the screens show: the clipboard with its cap, charts and samples as files."""

import csv
import errno
import re
import shutil
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from gru_tui import taking
from gru_tui.curves.svg_chart import Look, svg
from gru_tui.curves.thinning import Curves, Mark, Points
from gru_tui.runs.store import Store
from gru_tui.screens.copying import FILE, MOST_COPIED, copy
from gru_tui.screens.dialogs import Confirm, Prompt
from tests.app.made_up_run import SAMPLES, STEPS, made_up_run
from tests.app.on_train import OnTrain
from tests.app.waiting import until

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def shown(app: OnTrain) -> OnTrain:
    """The app on a finished run."""
    made_up_run(Store(app.context.data_dir))
    return app


async def test_y_copies_the_newest_sample_and_says_how_much(shown: OnTrain) -> None:
    async with shown.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: "step 470" in shown.sampled)
        await pilot.press("y")
        await until(pilot, lambda: shown.told)
        assert shown.clipboard.endswith(SAMPLES[470])
        assert shown.told[-1] == (
            f"Sent {len(shown.clipboard):,} characters to the terminal's clipboard."
        )


async def test_what_the_clipboard_does_not_take_is_whole_in_a_file(shown: OnTrain) -> None:
    text = "é" * MOST_COPIED
    async with shown.run_test(size=(80, 24)) as pilot:
        copy(shown.train, text, shown.context.data_dir)
        await until(pilot, lambda: shown.told)
        assert len(shown.clipboard.encode()) <= MOST_COPIED
        assert set(shown.clipboard) == {"é"}, "no character is cut in two"
        path = shown.context.data_dir / FILE
        assert path.read_text(encoding="utf-8") == text
        assert f"the first {len(shown.clipboard):,} of {len(text):,}" in shown.told[-1]
        assert str(path) in shown.told[-1]


async def save(shown: OnTrain, name: str, pilot: Pilot[Any]) -> None:
    await pilot.press("s")
    await until(pilot, lambda: isinstance(shown.screen, Prompt))
    shown.screen.query_one(Input).value = name
    await pilot.press("enter")


async def test_s_saves_chart_figures_and_samples_by_the_ending(
    shown: OnTrain, tmp_path: Path
) -> None:
    async with shown.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: shown.step == STEPS)
        await save(shown, str(tmp_path / "both"), pilot)
        await until(pilot, lambda: len(shown.told) == 2)
        root = ET.fromstring((tmp_path / "both.svg").read_text(encoding="utf-8"))
        assert root.find(f"{SVG}title") is not None
        assert len(root.findall(f".//{SVG}polyline")) == 2
        rows = list(csv.DictReader((tmp_path / "both.csv").read_text().splitlines()))
        assert rows[-1]["step"] == str(STEPS)
        await save(shown, str(tmp_path / "samples.txt"), pilot)
        await until(pilot, lambda: len(shown.told) == 3)
        assert SAMPLES[470] in (tmp_path / "samples.txt").read_text(encoding="utf-8")


async def test_nothing_is_written_over_without_a_yes(shown: OnTrain, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("precious")
    async with shown.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: shown.step == STEPS)
        await save(shown, str(tmp_path / "a"), pilot)
        await until(pilot, lambda: isinstance(shown.screen, Confirm))
        assert (tmp_path / "a.svg").exists()
        assert (tmp_path / "a.csv").read_text() == "precious"
        await pilot.press("y")
        await until(pilot, lambda: (tmp_path / "a.csv").read_text().startswith("event,"))


async def test_a_yes_to_one_file_is_none_to_the_other(shown: OnTrain, tmp_path: Path) -> None:
    for ending in ("svg", "csv"):
        (tmp_path / f"mine.{ending}").write_text("precious")
    async with shown.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: shown.step == STEPS)
        await save(shown, str(tmp_path / "mine"), pilot)
        for ending in ("svg", "csv"):
            question = f"Write over {tmp_path / f'mine.{ending}'}?"
            await until(
                pilot,
                lambda asked=question: getattr(shown.screen, "question", "") == asked,  # type: ignore[misc]
                question,
            )
            assert (tmp_path / f"mine.{ending}").read_text() == "precious"
            await pilot.press("y" if ending == "svg" else "n")
        await until(pilot, lambda: len(shown.told) == 1 and shown.screen is shown.train)
        assert (tmp_path / "mine.svg").read_text().startswith("<svg")
        assert (tmp_path / "mine.csv").read_text() == "precious"


async def test_a_wrong_ending_is_a_sentence_in_the_dialog(shown: OnTrain) -> None:
    async with shown.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: shown.step == STEPS)
        await save(shown, "chart.jpg", pilot)
        await pilot.pause()
        assert isinstance(shown.screen, Prompt)
        assert "jpg is not known" in str(shown.screen.query_one("#fault").render())


async def test_a_place_that_takes_no_file_is_a_sentence_over_the_path_that_was_typed(
    shown: OnTrain, tmp_path: Path
) -> None:
    async with shown.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: shown.step == STEPS)
        await save(shown, f"{tmp_path}/no/chart.svg", pilot)
        await pilot.pause()
        assert isinstance(shown.screen, Prompt)
        assert f"There is no folder {tmp_path}/no." in str(
            shown.screen.query_one("#fault", Static).content
        )
        assert shown.screen.query_one(Input).value == f"{tmp_path}/no/chart.svg"
        assert not shown.told
        (tmp_path / "no").mkdir()
        await pilot.press("enter")
        await until(pilot, (tmp_path / "no" / "chart.svg").exists)


async def test_a_write_that_fails_is_told(
    shown: OnTrain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    async with shown.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: shown.step == STEPS)
        monkeypatch.setattr("gru_tui.named_file._name", full)
        await save(shown, f"{tmp_path}/chart.svg", pilot)
        await until(pilot, lambda: shown.told)
        assert "cannot be written: No space left" in shown.told[-1]


async def test_without_a_run_both_say_so(app: OnTrain) -> None:
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.facts)
        await pilot.press("y", "s")
        await until(pilot, lambda: len(app.told) == 2)
        assert "no sample" in app.told[0]
        assert "no run" in app.told[1]


def test_a_png_where_there_is_a_converter_and_a_sentence_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = made_up_run(Store(tmp_path))
    if shutil.which(taking.CONVERTER):
        assert taking.fault("a.png") == ""
        assert taking.content(run, ".png").startswith(b"\x89PNG")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "librsvg2-bin" in taking.fault("a.png")


def test_the_drawing_escapes_words_and_stays_on_the_paper() -> None:
    curves = Curves(
        raw=Points((0.0, 1.0, 2.0), (3.0, float("nan"), 1.0)),
        smooth=Points((0.0, 2.0), (3.0, 1.0)),
        validation=Points((2.0,), (1.2,)),
        marks=(Mark(1.0, "<b>&\x1b[1m"),),
        broken=(1.0,),
        floor=0.9,
    )
    for look in (Look(), Look(perplexity=True), Look(logarithmic=True)):
        text = svg(curves, "<script>alert(1)</script>", look)
        root = ET.fromstring(text)
        assert "\x1b" not in text
        assert "script" not in {child.tag for child in root.iter()}
        for line in root.iter(f"{SVG}polyline"):
            for x, y in re.findall(r"([\d.-]+),([\d.-]+)", line.get("points", "")):
                assert 0 <= float(x) <= 960
                assert 0 <= float(y) <= 540
        assert "not finite" in text


@pytest.mark.parametrize("step", [1.0, 99.0])
def test_the_words_of_many_changes_end_where_the_paper_ends(step: float) -> None:
    words = ", ".join(f"hyperparameter {number} 0.1 → 0.2" for number in range(9))
    curves = Curves(raw=Points((0.0, 100.0), (3.0, 1.0)), marks=(Mark(step, words),))
    shown = next(
        text
        for text in ET.fromstring(svg(curves, "a run")).iter(f"{SVG}text")
        if "hyperparameter 0" in (text.text or "")
    )
    room = 960 - float(shown.get("x", "")) if step < 50 else float(shown.get("x", ""))
    assert (shown.text or "").endswith("…")
    assert len(shown.text or "") * 6.5 < room  # an average letter of 13 px


def test_without_an_ending_a_folder_of_that_name_is_in_nobodys_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "charts").mkdir()
    assert taking.fault("charts") == ""
    assert "charts.svg" in {str(path) for path in taking.files("charts")}
    (tmp_path / "charts.csv").mkdir()
    assert "charts.csv is a folder" in taking.fault("charts")
    for name in (".", "/", ""):
        assert taking.fault(name)
