"""The hyperparameters while they are edited."""

import pytest

from engine.errors import HyperparameterError
from engine.hyperparameters import Hyperparameters
from gru_tui.draft import Draft


@pytest.fixture
def running() -> Draft:
    """The draft of a run that has begun with the defaults."""
    draft = Draft()
    draft.rebase(Hyperparameters().to_mapping(), fixed=True)
    return draft


def test_a_draft_says_the_defaults_at_first() -> None:
    draft = Draft()
    assert draft.hyperparameters() == Hyperparameters()
    assert draft.preset() == "default"
    assert not draft.touched


def test_what_is_typed_counts_as_a_change_and_the_old_value_does_not(running: Draft) -> None:
    running.type("learning_rate", "0.002")
    assert running.changes() == {"learning_rate": 0.002}
    running.type("learning_rate", "0.006")
    assert running.changes() == {}
    assert not running.touched


def test_the_same_value_written_otherwise_is_no_change(running: Draft) -> None:
    running.type("learning_rate", "6e-3")
    assert running.changes() == {}
    assert not running.marked("learning_rate")


def test_a_fault_is_named_and_sends_nothing(running: Draft) -> None:
    running.type("dropout", "2")
    assert "dropout is '2'" in running.fault("dropout")
    assert running.changes() == {}
    with pytest.raises(HyperparameterError):
        running.hyperparameters()


def test_nothing_is_marked_while_no_run_has_begun() -> None:
    draft = Draft()
    draft.type("learning_rate", "0.002")
    assert draft.edited("learning_rate")
    assert not draft.marked("learning_rate")


def test_what_was_asked_for_waits_until_the_run_says_that_it_is_in_force(running: Draft) -> None:
    running.type("dropout", "0.2")
    assert running.apply("epoch") == {"dropout": 0.2}
    assert running.waiting == {"dropout": "epoch"}
    assert running.text("dropout") == "0.2"
    assert not running.touched
    running.rebase(Hyperparameters().to_mapping(), fixed=True)
    assert running.text("dropout") == "0.2"
    assert running.rebase({"dropout": 0.2}, fixed=True)
    assert running.waiting == {}


def test_what_waits_may_be_asked_for_sooner(running: Draft) -> None:
    running.type("dropout", "0.2")
    running.apply("epoch")
    running.type("dropout", "0.3")
    assert running.apply("now") == {"dropout": 0.3}
    assert running.waiting == {"dropout": "now"}


def test_undo_keeps_what_was_asked_for_and_forget_does_not(running: Draft) -> None:
    running.type("dropout", "0.2")
    running.apply("epoch")
    running.type("dropout", "0.5")
    running.undo()
    assert running.text("dropout") == "0.2"
    running.forget()
    assert running.text("dropout") == "0"


def test_an_edit_survives_news_of_the_run_unless_they_make_it_true(running: Draft) -> None:
    running.type("learning_rate", "0.002")
    running.rebase({"learning_rate": 0.004}, fixed=True)
    assert running.changes() == {"learning_rate": 0.002}
    running.rebase({"learning_rate": 0.002}, fixed=True)
    assert not running.touched


def test_the_value_in_force_typed_over_one_that_waits_is_an_edit(running: Draft) -> None:
    running.type("dropout", "0.2")
    running.apply("epoch")
    running.type("dropout", "0")
    running.rebase(Hyperparameters().to_mapping(), fixed=True)
    assert running.changes() == {"dropout": 0}


def test_what_the_run_will_not_do_is_an_edit_again_and_what_was_withdrawn_is_none(
    running: Draft,
) -> None:
    running.type("dropout", "0.2")
    running.take_back(running.apply("now"))
    assert (running.waiting, running.changes()) == ({}, {"dropout": 0.2})
    running.apply("epoch")
    running.withdraw({"dropout"})
    assert (running.waiting, running.text("dropout")) == ({}, "0")


def test_what_is_fixed_is_locked_and_free_again_for_another_run(running: Draft) -> None:
    assert running.locked("hidden_size")
    running.type("dropout", "0.2")
    running.apply("epoch")
    running.spent = 1000.0
    running.release()
    assert running.spent == 0  # by the run that is to come
    assert not running.locked("hidden_size")
    assert running.waiting == {}
    assert running.hyperparameters().dropout == 0.2


def test_a_preset_fills_what_may_change_and_leaves_the_machine_alone(running: Draft) -> None:
    running.type("random_seed", "7")
    running.fill({"hidden_size": 64, "learning_rate": 0.01})
    assert running.text("hidden_size") == "192"
    assert running.text("learning_rate") == "0.01"
    free = Draft()
    free.type("random_seed", "7")
    free.fill({"hidden_size": 64})
    assert (free.text("hidden_size"), free.text("random_seed")) == ("64", "7")


def test_max_seconds_takes_a_duration_and_a_time_of_day_from_where_the_run_is() -> None:
    draft = Draft()
    draft.type("max_seconds", "45m")
    assert draft.hyperparameters().max_seconds == 2700
    draft.rebase(Hyperparameters().to_mapping(), fixed=True)
    draft.spent = 100_000.0
    draft.type("max_seconds", "18:30")
    reckoned = draft.changes()["max_seconds"]
    assert isinstance(reckoned, float)
    assert 100_000 < reckoned <= 186_400
    assert draft.changes(anew=True)["max_seconds"] == pytest.approx(reckoned - 100_000, abs=5)
    draft.type("max_seconds", "26:30")
    assert "no clock shows 26:30" in draft.fault("max_seconds")
