"""`--preset` on the command line: what it is fitted to."""

import json

from tests.commands.program import Program


def began_with(program: Program, *options: object) -> dict[str, object]:
    """The hyperparameters of a run on half a million characters, and the run stopped."""
    result = program("train", "python-reference", "--detach", "--processes", 1, *options)
    assert result.status == 0, result.complaint
    identity = result.out.strip()
    program("stop", identity)  # one of a second may have ended by itself
    text = (program.home / "runs" / identity / "run.json").read_text()
    hyperparameters: dict[str, object] = json.loads(text)["hyperparameters"]
    return hyperparameters


def test_a_preset_is_fitted_to_the_time_that_was_asked_for(program: Program) -> None:
    short = began_with(program, "--preset", "one-minute", "--max-seconds", 1)
    long = began_with(program, "--preset", "one-minute", "--max-seconds", "48h")
    # The text is read once or twice in a second, and thousands of times in two days.
    assert (short["ngram_order"], short["dropout"]) == (3, 0.0)
    assert (long["ngram_order"], long["dropout"]) == (1, 0.3)


def test_a_preset_without_a_time_stays_what_it_says_with_one(program: Program) -> None:
    tiny = began_with(program, "--preset", "tiny", "--max-seconds", "48h")
    assert (tiny["hidden_size"], tiny["dropout"], tiny["epochs"]) == (64, 0.0, 0)
