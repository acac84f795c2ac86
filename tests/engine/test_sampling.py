import numpy as np
import pytest

from engine import Hyperparameters, Trainer, generate
from engine.errors import UsageError
from engine.model import Model
from engine.sampling import Choice, generate_samples

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
    drawn = Choice().draw(np.tile(LOGITS, (4000, 1)), rng.random(4000))
    np.testing.assert_allclose(
        np.bincount(drawn, minlength=4) / 4000, [0.1, 0.4, 0.2, 0.3], atol=0.03
    )


def test_draws_of_many_streams_are_those_of_each_alone() -> None:
    rng = np.random.default_rng(1)
    logits, chances = rng.standard_normal((50, 7)), rng.random(50)
    for choice in (Choice(0.5), Choice(0), Choice(1.5, top_k=3), Choice(top_p=0.7)):
        together = choice.draw(logits, chances)
        alone = [
            int(choice.draw(row[None], np.array([chance]))[0])
            for row, chance in zip(logits, chances, strict=True)
        ]
        assert together.tolist() == alone


def test_a_sample_does_not_depend_on_how_many_others_there_are(model: Model) -> None:
    settings = {"length": 40, "temperature": 1.0, "random_seed": 7}
    three = generate_samples(model, "a", samples=3, **settings)  # type: ignore[arg-type]
    assert generate_samples(model, "a", samples=5, **settings)[:3] == three  # type: ignore[arg-type]
    assert len(set(three)) == 3
    assert all(len(text) == 40 for text in three)


def test_an_impossible_number_of_samples_is_named(model: Model) -> None:
    with pytest.raises(UsageError, match="samples is 0"):
        generate_samples(model, samples=0)
