"""The form on the Train screen: typing, presets, groups, and keys that are text."""

import msgspec
from textual.events import Key
from textual.widgets._toast import Toast

from engine.hyperparameters import FIELDS
from gru_tui.adapting import Circumstances
from gru_tui.panes.choice import Choice
from gru_tui.panes.field_row import explanation
from gru_tui.panes.hyperparameters import ESSENTIAL, GROUPS, HyperparametersPane
from gru_tui.runs.repetition import SCRIPT, Script
from gru_tui.runs.training import REPEATING
from tests.app.on_train import OnTrain, begin, edit, ready, runs
from tests.app.waiting import until


def test_every_hyperparameter_has_its_field_once() -> None:
    shown = [*ESSENTIAL, *(name for names in GROUPS.values() for name in names)]
    assert sorted(shown) == sorted(known.name for known in FIELDS)


def test_every_explanation_fits_into_the_hint_line() -> None:
    for known in FIELDS:
        assert len(explanation(known)) <= 118


async def test_up_and_down_go_from_field_to_field_and_stay_in_the_form(app: OnTrain) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press("h")
        await until(pilot, lambda: app.row("learning_rate").entry.has_focus)
        await pilot.press("down", "down")
        assert app.row("sequence_length").entry.has_focus
        await pilot.press(*["up"] * 5)
        preset = app.train.query_one("#preset", Choice)
        assert preset.has_focus
        assert preset.value == "default"
        await pilot.press(*["down"] * 40)
        assert app.train.query_one("#heading-machine").has_focus


def burst(app: OnTrain, *keys: str) -> None:
    """All of them in one piece, as a slow line delivers them."""
    for key in keys:
        app.post_message(Key(key, key if len(key) == 1 else None))


async def test_letters_typed_into_a_field_are_text(app: OnTrain) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        entry = app.row("learning_rate").entry
        await pilot.press("h")
        await until(pilot, lambda: entry.has_focus)
        await pilot.press("home", "shift+end", *"xnup123/?")
        assert entry.value == "xnup123/?"
        assert app.screen is app.train
        assert runs(app) == []


async def test_a_fault_that_is_told_again_stands_on_the_screen_once(
    app: OnTrain, river: str
) -> None:
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await begin(pilot, app, river)
        await edit(pilot, app, "learning_rate", "nonsense")
        said = len(app.told)
        for number in range(1, 5):
            await pilot.press("ctrl+a")
            await until(pilot, lambda: len(app.told) == said + number)  # noqa: B023
        await until(pilot, lambda: app.screen.query(Toast))
        toasts = [str(toast.render()) for toast in app.screen.query(Toast)]
        assert len([words for words in toasts if app.told[-1] in words]) == 1
        app.clear_notifications()
        await pilot.press("ctrl+a")
        await until(pilot, lambda: [each.message for each in app._notifications] == app.told[-1:])


async def test_the_keys_of_a_burst_count_in_their_order(app: OnTrain) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press("h")
        entry = app.row("learning_rate").entry
        await until(pilot, lambda: entry.has_focus)
        burst(app, "home", *["delete"] * 5, *"0.05", "backspace", "4")
        await until(pilot, lambda: entry.value == "0.04")
        await until(pilot, lambda: app.train.draft.text("learning_rate") == "0.04")


async def test_a_value_and_the_key_that_applies_it_may_come_in_one_burst(
    app: OnTrain, river: str
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(pilot, app, river)
        await edit(pilot, app, "learning_rate", "0.001")
        burst(app, "home", *["delete"] * 5, *"0.0042", "ctrl+a")
        await until(pilot, lambda: app.in_force("learning_rate") == 0.0042)
        await until(pilot, lambda: app.mark("learning_rate") == "")


async def test_nothing_to_apply_is_said(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(pilot, app, river)
        assert "^a" not in app.keys
        await pilot.press("ctrl+a")
        await until(pilot, lambda: any("another value" in words for words in app.told))


async def test_what_a_resumed_run_refuses_is_an_edit_again(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        run = await begin(pilot, app, river)
        await pilot.press("x")
        await until(pilot, lambda: app.state == "stopped" and not run.is_alive(), "it has stopped")
        # A run that repeats another takes no changes of its own.
        script = Script(name="another", deeds=[], rollbacks=0, step=10**9, finished=False)
        (run.path / SCRIPT).write_bytes(msgspec.json.encode(script))
        await edit(pilot, app, "learning_rate", "0.001")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: any(REPEATING in words for words in app.told), "it is told")
        assert app.train.draft.changes() == {"learning_rate": 0.001}
        assert not app.train.draft.waiting


async def test_a_preset_fills_the_form_and_typing_makes_it_ones_own(app: OnTrain) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        preset = app.train.query_one("#preset")
        preset.focus()
        await pilot.press("left", "left")
        await until(pilot, lambda: app.row("hidden_size").entry.value == "64")
        assert "tiny" in str(preset.render())
        assert app.mark("hidden_size") == ""
        await edit(pilot, app, "hidden_size", "65")
        await until(pilot, lambda: "your own" in str(preset.render()))


async def test_keys_that_come_at_once_reach_the_fields_that_they_were_meant_for(
    app: OnTrain,
) -> None:
    """As over a slow line: what is typed behind Tab is for the field that Tab leads to."""

    def arrive(*keys: str) -> None:
        for key in keys:
            app.post_message(Key(key, key if len(key) == 1 else None))

    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press("h")
        preset, rate = app.train.query_one("#preset", Choice), app.row("learning_rate").entry
        await until(pilot, lambda: rate.has_focus)
        arrive("shift+tab", "left", "left")
        await until(pilot, lambda: preset.value == "tiny", "both count, and on the preset")
        arrive("tab", "home", "1")
        await until(pilot, lambda: rate.value.startswith("10."), "the figure is typed behind Tab")
        assert preset.value == "your own"
        arrive("tab", "tab", "7", "shift+tab", "8")
        await until(pilot, lambda: app.row("sequence_length").entry.value == "7", "two fields on")
        await until(pilot, lambda: app.row("batch_size").entry.value == "8", "and one back")


async def test_the_focused_field_is_explained(app: OnTrain) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press("h")
        await until(pilot, lambda: app.hint.startswith("learning rate: how far each step"))
        await pilot.press("shift+tab")
        await until(pilot, lambda: app.hint.startswith("default: three layers"))
        await pilot.press("escape")
        await until(pilot, lambda: app.hint.startswith("^s trains on sonnets"))


async def test_a_group_opens_and_shows_its_fields(app: OnTrain) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        heading = app.train.query_one("#heading-learning")
        heading.focus()
        await pilot.press("enter")
        await until(pilot, lambda: app.train.query("#field-weight_decay"))
        await until(pilot, lambda: app.row("weight_decay").region.height == 1)
        await pilot.press("enter")
        await until(pilot, lambda: not app.row("weight_decay").display)


async def test_a_change_that_a_closed_group_hides_is_counted(app: OnTrain, river: str) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await begin(pilot, app, river)
        app.train.draft.type("weight_decay", "0.2")
        app.train.show_draft()
        assert "* 1" in str(app.train.query_one("#heading-learning").render())


async def test_every_change_is_seen_by_a_second_app_on_the_same_run(
    app: OnTrain, river: str
) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        run = await begin(pilot, app, river)
        second = OnTrain(app.context.data_dir, run.id)
        async with second.run_test(size=(120, 40)) as other:
            await until(other, lambda: second.step > 0)
            await edit(pilot, app, "learning_rate", "0.0015")
            await pilot.press("ctrl+a")
            await until(other, lambda: second.row("learning_rate").entry.value == "0.0015")


async def test_a_preset_is_fitted_to_the_chosen_text_and_keeps_its_name(app: OnTrain) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        form = app.train.query_one(HyperparametersPane)
        preset = app.train.query_one("#preset")
        form.fit(Circumstances(characters=1_000_000, vocabulary=65))
        preset.focus()
        await pilot.press("right", "right")
        await until(pilot, lambda: app.row("max_seconds").entry.value == "180")
        assert app.row("hidden_size").entry.value == "192"
        form.fit(Circumstances(characters=50_000, vocabulary=65))
        await until(pilot, lambda: int(app.row("hidden_size").entry.value) < 192)
        assert "three-minutes" in str(preset.render())
        await until(pilot, lambda: any("by heart" in words for words in app.told))
