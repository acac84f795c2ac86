"""Changes that wait for the start of an epoch, and those that overtake them."""

from engine import Trainer
from engine.events import HyperparametersChanged
from tests.engine.test_trainer import VERSE, with_settings


def changes(trainer: Trainer) -> list[dict[str, list[object]]]:
    """All that is changed until the first epoch is over."""
    found = []
    while trainer.epoch < 1 or trainer.busy:
        event = next(trainer)
        if isinstance(event, HyperparametersChanged):
            found.append(event.changed)
    return found


def test_a_newer_value_for_now_makes_one_that_waits_void_and_leaves_the_others() -> None:
    with Trainer(VERSE, with_settings(steps=0)) as trainer:
        trainer.change({"learning_rate": 0.5, "dropout": 0.25}, when="epoch")
        trainer.change({"learning_rate": 0.125})
        assert changes(trainer) == [{"learning_rate": [0.006, 0.125]}, {"dropout": [0.0, 0.25]}]


def test_of_two_that_wait_the_later_one_counts() -> None:
    with Trainer(VERSE, with_settings(steps=0)) as trainer:
        trainer.change({"learning_rate": 0.5}, when="epoch")
        trainer.change({"learning_rate": 0.125}, when="epoch")
        changes(trainer)
        assert trainer.hyperparameters.learning_rate == 0.125


def test_what_is_withdrawn_does_not_happen_and_cannot_be_withdrawn_twice() -> None:
    with Trainer(VERSE, with_settings(steps=0)) as trainer:
        trainer.change({"learning_rate": 0.5}, when="epoch", command="first")
        trainer.change({"dropout": 0.25}, when="epoch", command="second")
        event = trainer.withdraw("first")
        assert event is not None
        assert (event.command, event.changed) == ("first", {})
        assert trainer.withdraw("first") is None
        assert changes(trainer) == [{"dropout": [0.0, 0.25]}]
