import numpy as np
import pytest

from engine import Hyperparameters, Trainer, generate
from engine.errors import UsageError
from engine.model import Model
from engine.sampling import Choice

TEXT = "abcdefghij" * 40


@pytest.fixture(scope="module")
def model() -> Model:
    settings = Hyperparameters(
        hidden_size=24, layers=1, epochs=0, steps=150, validation_fraction=0, weight_decay=0
    )
    with Trainer(TEXT, settings) as trainer:
        list(trainer)
        return trainer.model


def test_greedy_text_goes_on_with_what_was_learnt(model: Model) -> None:
    assert "".join(generate(model, "abc", length=12, temperature=0)) == "defghijabcde"


def test_the_same_random_seed_gives_the_same_text(model: Model) -> None:
    texts = [
        "".join(generate(model, "a", length=50, temperature=5.0, random_seed=seed))
        for seed in (1, 1, 2)
    ]
    assert texts[0] == texts[1] != texts[2]


def test_an_empty_seed_text_is_fine(model: Model) -> None:
    assert len("".join(generate(model, length=30))) == 30


def test_unknown_seed_characters_are_named_at_once(model: Model) -> None:
    with pytest.raises(UsageError, match="never saw: 'X', '☃'"):
        generate(model, "abXc☃")


@pytest.mark.parametrize(
    "settings",
    [
        {"temperature": -0.1},
        {"temperature": float("nan")},
        {"temperature": 1e9},
        {"top_k": -1},
        {"top_p": 0.0},
        {"top_p": 1.1},
        {"length": -1},
    ],
    ids=str,
)
def test_settings_out_of_bounds_are_named_at_once(model: Model, settings: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=f"^{next(iter(settings))} is "):
        generate(model, "a", **settings)  # type: ignore[arg-type]


LOGITS = np.log(np.array([0.1, 0.4, 0.2, 0.3]))


def test_temperature_one_leaves_the_probabilities() -> None:
    np.testing.assert_allclose(Choice().probabilities(LOGITS), [0.1, 0.4, 0.2, 0.3])


def test_a_low_temperature_sharpens_and_a_high_one_flattens() -> None:
    cold, warm = (Choice(t).probabilities(LOGITS) for t in (0.5, 2.0))
    np.testing.assert_allclose(cold, np.array([1, 16, 4, 9]) / 30)
    assert cold[1] > 0.4 > warm[1]


def test_top_k_keeps_the_k_likeliest() -> None:
    np.testing.assert_allclose(Choice(top_k=2).probabilities(LOGITS), [0, 4 / 7, 0, 3 / 7])
    np.testing.assert_allclose(Choice(top_k=9).probabilities(LOGITS), [0.1, 0.4, 0.2, 0.3])


def test_top_p_keeps_the_smallest_set_that_reaches_p() -> None:
    np.testing.assert_allclose(Choice(top_p=0.6).probabilities(LOGITS), [0, 4 / 7, 0, 3 / 7])
    np.testing.assert_allclose(Choice(top_p=0.01).probabilities(LOGITS), [0, 1, 0, 0])


def test_draws_follow_the_probabilities() -> None:
    rng = np.random.default_rng(0)
    drawn = [Choice().draw(LOGITS, rng) for _ in range(4000)]
    np.testing.assert_allclose(
        np.bincount(drawn, minlength=4) / 4000, [0.1, 0.4, 0.2, 0.3], atol=0.03
    )
