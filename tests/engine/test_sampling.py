from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from corpora import Vocabulary
from engine import Hyperparameters, Trainer, generate, sampling
from engine.errors import UsageError
from engine.model import Model
from engine.sampling import Choice, Writer, generate_samples
from engine.shards import Shard, once, sharding_is_safe

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


def test_a_seed_text_with_accents_spelled_in_another_way_is_no_unknown_one(model: Model) -> None:
    decomposed = replace(model, vocabulary=Vocabulary((*"abcdefghi", "\u0308")))
    texts = [
        "".join(generate(decomposed, seed_text, random_seed=1)) for seed_text in ("ä", "a\u0308")
    ]
    assert texts[0] == texts[1]


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
        {"random_seed": -1},
    ],
    ids=str,
)
def test_settings_out_of_bounds_are_named_at_once(model: Model, settings: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=f"^{next(iter(settings))} is "):
        generate(model, "a", **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_a_writer_reads_all_of_the_seed_text_and_nothing_of_what_it_wrote_before(cell: str) -> None:
    settings = Hyperparameters.from_mapping(
        {"cell": cell, "layers": 2, "hidden_size": 16, "ngram_order": 4, "ngram_size": 8}
    )
    writer = Writer(Trainer(TEXT, settings).model)

    def written(seed_text: str) -> str:
        rng = np.random.default_rng(0)
        return "".join(c for (c,) in writer.write(seed_text, 60, Choice(0.01), [rng]))

    texts = [written(seed_text) for seed_text in ("a", "ca", "defghca", "a", "ca")]
    assert len(set(texts[:3])) == 3
    assert texts[3:] == texts[:2]


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
    np.testing.assert_allclose(Choice(top_p=0.5).probabilities(np.zeros(4)), [0.5, 0.5, 0, 0])
    both = Choice(top_k=3, top_p=0.75)  # of what top_k has left
    np.testing.assert_allclose(both.probabilities(LOGITS), [0, 4 / 7, 0, 3 / 7])


@pytest.mark.parametrize(
    "choice",
    [Choice(), Choice(0.5), Choice(3.0), Choice(top_k=2), Choice(1.5, top_p=0.8)],
    ids=lambda choice: str(vars(choice)),
)
def test_draws_follow_the_probabilities(choice: Choice) -> None:
    count = 40_000
    (noise,) = choice.noise([np.random.default_rng(0)], count, len(LOGITS)).swapaxes(0, 1)
    drawn = choice.draw(np.tile(LOGITS, (count, 1)), noise)
    expected = choice.probabilities(LOGITS)
    deviations = np.sqrt(expected * (1 - expected) / count)
    frequencies = np.bincount(drawn, minlength=len(LOGITS)) / count
    assert np.all(np.abs(frequencies - expected) <= 4 * deviations)


def test_the_coldest_choice_is_the_likeliest_whatever_the_noise() -> None:
    choice = Choice(0)
    (noise,) = choice.noise([np.random.default_rng(0)], 100, len(LOGITS)).swapaxes(0, 1)
    assert set(choice.draw(np.tile(LOGITS, (100, 1)), noise).tolist()) == {1}


def test_noise_is_finite_where_the_exponential_variate_is_zero() -> None:
    class Zeros(np.random.Generator):
        def standard_exponential(self, size: tuple[int, int]) -> np.ndarray:  # type: ignore[override]
            return np.zeros(size)

    assert np.isfinite(Choice(100.0).noise([Zeros(np.random.PCG64(0))], 2, 3)).all()


def test_draws_of_many_streams_are_those_of_each_alone() -> None:
    rng = np.random.default_rng(1)
    logits = rng.standard_normal((50, 7))
    for choice in (Choice(0.5), Choice(0), Choice(1.5, top_k=3), Choice(top_p=0.7)):
        (noise,) = choice.noise(rng.spawn(50), 1, 7)
        alone = [
            int(choice.draw(row[None], own[None])[0])
            for row, own in zip(logits, noise, strict=True)
        ]
        assert choice.draw(logits, noise).tolist() == alone


def test_a_text_does_not_depend_on_how_much_noise_is_drawn_at_once(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = "".join(generate(model, "a", length=50, temperature=5.0, random_seed=3))
    monkeypatch.setattr(sampling, "NOISE", 30)
    assert "".join(generate(model, "a", length=50, temperature=5.0, random_seed=3)) == whole


def test_a_sample_does_not_depend_on_how_many_others_there_are(model: Model) -> None:
    settings = {"length": 40, "temperature": 1.0, "random_seed": 7}
    three = generate_samples(model, "a", samples=3, **settings)  # type: ignore[arg-type]
    assert generate_samples(model, "a", samples=5, **settings)[:3] == three  # type: ignore[arg-type]
    assert len(set(three)) == 3
    assert all(len(text) == 40 for text in three)


@pytest.mark.skipif(not sharding_is_safe(), reason="this machine cannot share")
def test_samples_do_not_depend_on_how_many_processes_share_them(model: Model) -> None:
    texts = [
        generate_samples(model, "a", samples=5, length=40, random_seed=7, processes=processes)
        for processes in (1, 2, 3, 9)
    ]
    assert texts == [texts[0]] * 4
    assert generate_samples(model, samples=3, length=0, processes=2) == [""] * 3


@pytest.mark.skipif(not sharding_is_safe(), reason="this machine cannot share")
def test_a_core_is_used_for_samples_that_are_worth_a_process(
    model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []

    def noted(processes: int, work: Callable[[Shard], None]) -> None:
        started.append(processes)
        once(processes, work)

    monkeypatch.setattr(sampling, "once", noted)
    monkeypatch.setattr(sampling, "cores", lambda: 2)
    for samples, length in ((16, 625), (16, 624), (15, 1_000)):
        generate_samples(model, samples=samples, length=length, processes=0)
    assert started == [2, 1, 1]


def test_an_impossible_number_of_processes_is_named(model: Model) -> None:
    with pytest.raises(UsageError, match="processes is -1"):
        generate_samples(model, samples=2, processes=-1)


def test_an_impossible_number_of_samples_is_named(model: Model) -> None:
    with pytest.raises(UsageError, match="samples is 0"):
        generate_samples(model, samples=0)


def test_more_samples_than_memory_should_hold_are_refused(model: Model) -> None:
    with pytest.raises(UsageError, match="10,001 samples of 10,000 characters are more than"):
        generate_samples(model, samples=10_001, length=10_000)


def test_an_impossible_random_seed_of_samples_is_named(model: Model) -> None:
    with pytest.raises(UsageError, match="random_seed is -1"):
        generate_samples(model, samples=2, random_seed=-1)
