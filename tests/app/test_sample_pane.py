"""The pane of samples: it follows the newest, and stays where a reader has scrolled."""

from typing import Any

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from gru_tui.panes import sample
from gru_tui.panes.sample import SamplePane
from gru_tui.picture import Note
from tests.app.waiting import until


class Samples(App[None]):
    def compose(self) -> ComposeResult:
        yield SamplePane()

    @property
    def pane(self) -> SamplePane:
        return self.query_one(SamplePane)

    @property
    def first(self) -> str:
        """The topmost line in sight."""
        return self.pane.render_line(0).text.strip()

    @property
    def remark(self) -> str:
        return str(self.pane.border_subtitle or "")


def notes(*numbers: int) -> tuple[Note, ...]:
    return tuple(Note("sample", f"step {number}", f"{number} {number}\n" * 4) for number in numbers)


async def sees(pilot: Pilot[Any], app: Samples, words: str) -> None:
    await until(pilot, lambda: words in app.first, f"the topmost line is {words}")


async def filled(pilot: Pilot[Any], app: Samples) -> None:
    app.pane.add(notes(*range(10)), afresh=True)
    await until(pilot, lambda: app.pane.is_vertical_scroll_end and app.pane.max_scroll_y > 0)


async def test_the_newest_sample_is_in_sight() -> None:
    app = Samples()
    async with app.run_test(size=(40, 12)) as pilot:
        await filled(pilot, app)
        for number in range(10, 15):
            app.pane.add(notes(number))
            await sees(pilot, app, f"step {number - 1}")
        assert app.remark == ""


async def test_the_frame_says_which_sample_it_is_where_its_rule_is_out_of_sight() -> None:
    app = Samples()
    async with app.run_test(size=(40, 7)) as pilot:
        app.pane.add(notes(1))
        await until(pilot, lambda: app.first.startswith("── step 1"))
        assert app.remark == ""
        await pilot.resize_terminal(40, 6)
        await until(pilot, lambda: app.remark == "step 1")
        app.pane.add(notes(2))
        assert app.remark == "step 2"
        app.pane.add([Note("remark", "paused", "1\n2\n3")])
        assert app.remark == "step 2"
        app.pane.add([Note("remark", "paused", "")])
        assert app.remark == ""  # no line of it is in sight
        app.pane.add(notes(3))
        await pilot.resize_terminal(40, 7)
        await until(pilot, lambda: app.remark == "")


async def test_what_an_empty_pane_says_is_wrapped() -> None:
    app = Samples()
    async with app.run_test(size=(24, 8)) as pilot:
        app.pane.show_empty("What the model writes appears here.")
        await until(pilot, lambda: app.first == "What the model")
        assert app.pane.render_line(1).text.strip() == "writes appears"


async def test_a_sample_in_a_full_pane_has_nothing_else_laid_out() -> None:
    app = Samples()
    layouts: list[object] = []
    async with app.run_test(size=(40, 12)) as pilot:
        await filled(pilot, app)
        await until(pilot, lambda: not app.screen._layout_required, "all is laid out")
        app.screen.screen_layout_refresh_signal.subscribe(app.screen, layouts.append)
        for number in range(10, 15):
            app.pane.add(notes(number))
            await sees(pilot, app, f"step {number - 1}")
        bar = app.pane.vertical_scrollbar
        assert bar.window_virtual_size == app.pane.virtual_size.height == len(app.pane.lines)
        assert bar.position == app.pane.scroll_y == app.pane.max_scroll_y
    assert not layouts


async def test_a_pane_that_was_not_full_begins_to_follow_when_it_is() -> None:
    app = Samples()
    async with app.run_test(size=(40, 12)) as pilot:
        app.pane.add(notes(0), afresh=True)
        await pilot.pause()
        for number in range(1, 4):
            app.pane.add(notes(number))
        await until(pilot, lambda: "step 2" in app.first)


async def test_new_samples_do_not_move_what_is_being_read() -> None:
    app = Samples()
    async with app.run_test(size=(40, 12)) as pilot:
        await filled(pilot, app)
        app.pane.focus()
        await pilot.press("home", "down", "down")
        before = app.first
        app.pane.add(notes(10, 11))
        await pilot.pause()
        assert app.first == before
        assert app.remark == "End: to the newest"
        app.pane.follow()
        await until(pilot, lambda: "step 10" in app.first)
        assert app.remark == ""


async def test_the_oldest_samples_leave_without_moving_what_is_being_read(
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr(sample, "MOST_NOTES", 10)
    app = Samples()
    async with app.run_test(size=(40, 12)) as pilot:
        await filled(pilot, app)
        app.pane.scroll_to(y=26, animate=False, immediate=True)
        before = app.first
        app.pane.add(notes(10, 11))
        await pilot.pause()
        assert app.first == before
        app.pane.scroll_home(animate=False, immediate=True)
        await until(pilot, lambda: "step 2" in app.first)


async def test_another_width_wraps_again_and_keeps_following() -> None:
    app = Samples()
    async with app.run_test(size=(40, 12)) as pilot:
        app.pane.add([Note("sample", "step 1", "word " * 100)], afresh=True)
        await until(pilot, lambda: app.pane.max_scroll_y > 0)
        await pilot.resize_terminal(24, 8)
        await until(pilot, lambda: app.pane.is_vertical_scroll_end)
        lines = [app.pane.render_line(y).text for y in range(6)]
        assert all(line.strip().startswith("word word") for line in lines[:-1])


async def test_a_sample_is_neither_markup_nor_control_characters() -> None:
    app = Samples()
    async with app.run_test(size=(40, 12)) as pilot:
        app.pane.add([Note("sample", "step 1", "[red]a\x1b[2Jb", seed_text="[/]")], afresh=True)
        await until(pilot, lambda: "[/][red]a␛[2Jb" in app.pane.render_line(1).text)


async def test_an_empty_pane_says_what_will_be_there() -> None:
    app = Samples()
    async with app.run_test(size=(40, 12)) as pilot:
        app.pane.show_empty("nothing yet")
        await until(pilot, lambda: app.first == "nothing yet")
        app.pane.add(notes(1), afresh=True)
        await until(pilot, lambda: "step 1" in app.first)


async def test_the_scroll_bar_is_at_its_end_when_the_pane_fills_at_once() -> None:
    app = Samples()
    async with app.run_test(size=(40, 12)) as pilot:
        await filled(pilot, app)
        await until(pilot, lambda: app.pane.vertical_scrollbar.position == app.pane.max_scroll_y)


async def test_the_mouse_selects_a_part() -> None:
    app = Samples()
    async with app.run_test(size=(40, 12)) as pilot:
        await filled(pilot, app)
        await pilot.mouse_down(SamplePane, offset=(2, 2))
        await pilot.hover(SamplePane, offset=(6, 4))
        await pilot.mouse_up(SamplePane, offset=(6, 4))
        marked = app.screen.get_selected_text()
        lines = [app.pane.render_line(y).text.strip() for y in range(1, 4)]
    assert marked is not None
    first, between, last = marked.split("\n")
    assert between == lines[1]
    assert lines[0].endswith(first)
    assert lines[2].startswith(last)


async def test_lines_are_drawn_in_few_styles_however_many_there_were() -> None:
    app = Samples()
    async with app.run_test(size=(40, 12)) as pilot:
        seen = set()
        for number in range(20):
            app.pane.add(notes(number))
            await pilot.pause()
            for strip in app.pane.render_lines(app.pane.size.region):
                seen |= {segment.style for segment in strip}
    assert len(seen) < 10
