"""The pane in which a text streams: it shows the end as it grows."""

from textual.app import App, ComposeResult

from gru_tui.panes.generated_text import GeneratedText
from tests.app.waiting import until


class Writing(App[None]):
    def compose(self) -> ComposeResult:
        yield GeneratedText()

    @property
    def pane(self) -> GeneratedText:
        return self.query_one(GeneratedText)

    @property
    def shown(self) -> list[str]:
        return [self.pane.render_line(y).text.strip() for y in range(self.pane.size.height)]


async def test_the_end_is_in_sight_as_the_text_grows() -> None:
    app = Writing()
    async with app.run_test(size=(30, 6)) as pilot:
        app.pane.begin("once\n")
        for number in range(20):
            app.pane.append(f"line {number}\n")
            await until(pilot, lambda: app.pane.is_vertical_scroll_end)
        assert "line 19" in app.shown


async def test_whoever_scrolls_back_is_not_moved() -> None:
    app = Writing()
    async with app.run_test(size=(30, 6)) as pilot:
        app.pane.begin("once\n")
        app.pane.append("line\n" * 20)
        await until(pilot, lambda: app.pane.max_scroll_y > 0)
        app.pane.scroll_home(animate=False, immediate=True)
        app.pane.append("more\n" * 20)
        await pilot.pause()
        assert app.shown[0] == "once"


async def test_a_new_text_begins_at_its_beginning_and_is_followed() -> None:
    app = Writing()
    async with app.run_test(size=(30, 6)) as pilot:
        app.pane.begin("")
        app.pane.append("line\n" * 20)
        app.pane.scroll_home(animate=False, immediate=True)
        app.pane.begin("again\n")
        await until(pilot, lambda: app.shown[0] == "again")
        app.pane.append("line\n" * 20)
        await until(pilot, lambda: app.shown[-2] == "line" and "again" not in app.shown)


async def test_lines_use_the_whole_width_but_for_the_scroll_bar() -> None:
    app = Writing()
    async with app.run_test(size=(30, 6)) as pilot:
        await pilot.pause()
        app.pane.begin("x" * 27 + "y")
        await until(pilot, lambda: app.shown[:2] == ["x" * 27, "y"])


async def test_no_word_runs_into_the_scroll_bar() -> None:
    app = Writing()
    async with app.run_test(size=(30, 6)) as pilot:
        app.pane.begin("x" * 400)
        await until(pilot, lambda: app.pane.max_scroll_y > 0)
        lines = [app.pane.render_line(y).text for y in range(app.pane.size.height)]
        assert app.pane.scrollable_content_region.width == len(lines[0])
        assert all(line.endswith(" ") for line in lines)
