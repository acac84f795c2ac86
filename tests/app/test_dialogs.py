"""Confirm and Prompt, each on an app of its own."""

from typing import Any

import pytest
from textual.app import App
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Static

from gru_tui.screens.command_lines import CommandLines
from gru_tui.screens.dialogs import Confirm, Prompt


class Asking(App[None]):
    """Asks at once and keeps the answer."""

    def __init__(self, dialog: ModalScreen[Any]) -> None:
        super().__init__()
        self.dialog = dialog
        self.answers: list[Any] = []

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.answers.append)


async def answers_after(dialog: ModalScreen[Any], *keys: str) -> list[Any]:
    app = Asking(dialog)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press(*keys)
        await pilot.pause()
        return app.answers


def fault(app: App[None]) -> str:
    return str(app.screen.query_one("#fault", Static).content)


@pytest.mark.parametrize(
    ("keys", "answer"),
    [(["y"], True), (["n"], False), (["escape"], False), (["enter"], True)],
)
async def test_confirm_is_answered_by_a_key(keys: list[str], answer: bool) -> None:
    assert await answers_after(Confirm("Go on?"), *keys) == [answer]


async def test_enter_alone_does_nothing_that_cannot_be_undone() -> None:
    assert await answers_after(Confirm("Delete it?", dangerous=True), "enter") == [False]


async def test_the_arrow_keys_lead_to_the_other_answer() -> None:
    assert await answers_after(Confirm("Delete it?", dangerous=True), "left", "enter") == [True]


async def test_confirm_is_answered_by_a_click() -> None:
    app = Asking(Confirm("Go on?"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click("#no")
        await pilot.pause()
        assert app.answers == [False]


async def test_a_question_is_never_read_as_markup_and_shows_control_characters() -> None:
    app = Asking(Confirm("Delete [b]x[/b]\x1b[31m?"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        shown = str(app.screen.query_one("#question", Static).render())
        assert "[b]x[/b]" in shown
        assert "\x1b" not in shown


async def test_prompt_hands_back_what_was_typed() -> None:
    keys = ["end", "space", "2", "enter"]
    assert await answers_after(Prompt("Rename", value="fox"), *keys) == ["fox 2"]


async def test_prompt_replaces_the_proposed_text_when_one_types_at_once() -> None:
    assert await answers_after(Prompt("Rename", value="fox"), "a", "enter") == ["a"]


async def test_prompt_hands_back_nothing_on_escape() -> None:
    assert await answers_after(Prompt("Rename", value="fox"), "escape") == [None]


async def test_prompt_names_the_fault_while_one_types_and_enter_does_not_pass_it() -> None:
    app = Asking(Prompt("Rename", value="fox", check=lambda text: "" if text else "Say a name."))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("backspace", "enter")
        await pilot.pause()
        assert fault(app) == "Say a name."
        assert app.answers == []
        await pilot.press("f")
        await pilot.pause()
        assert fault(app) == ""
        await pilot.press("enter")
        await pilot.pause()
        assert app.answers == ["f"]


async def test_a_pasted_escape_sequence_becomes_visible_symbols() -> None:
    app = Asking(Prompt("Rename"))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        app.screen.query_one(Input).insert_text_at_cursor("a\x1b[2Jb")
        await pilot.pause()
        assert "\x1b" not in app.screen.query_one(Input).value


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (60, 20)])
async def test_every_dialog_lies_within_the_screen(size: tuple[int, int]) -> None:
    for dialog in (
        Confirm("Delete it?", "word " * 40, dangerous=True),
        Prompt("Rename", "w " * 60),
        CommandLines((("Makes the changes:", "x " * 40), ("Starts a run:", "y " * 40))),
    ):
        app = Asking(dialog)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            for button in app.screen.query(Button):
                assert app.screen.region.contains_region(button.region)
                row = app.screen.query_one(".dialog--buttons").region
                assert row.contains_region(button.region)
