"""`gru-tui generate`: the text, all of the text and nothing but the text."""

import os
import subprocess
from pathlib import Path

import pytest

from engine import generate, load_checkpoint
from tests.commands.program import Program, one_sentence


def test_the_text_is_the_seed_text_and_what_the_model_writes(trained: Program) -> None:
    asked = ("--seed-text", "the ", "--random-seed", 7, "--length", 50, "--temperature", 0.5)
    result = trained("generate", "last", *asked)
    assert (result.status, result.complaint) == (0, "")
    (path,) = trained.home.glob("runs/*/checkpoints/best.safetensors")
    model = load_checkpoint(path).model
    written = generate(model, "the ", length=50, temperature=0.5, random_seed=7)
    assert result.out == "the " + "".join(written)


def test_without_seed_text_exactly_the_asked_length_is_written(trained: Program) -> None:
    assert len(trained("generate", "last", "--length", 33).out) == 33


def test_the_same_random_seed_gives_the_same_text(trained: Program) -> None:
    first = trained("generate", "fox", "--random-seed", 3, "--length", 80)
    assert first.raw == trained("generate", "fox", "--random-seed", 3, "--length", 80).raw
    assert first.raw != trained("generate", "fox", "--random-seed", 4, "--length", 80).raw


def test_temperature_zero_is_greedy(trained: Program) -> None:
    greedy = trained("generate", "last", "--temperature", 0, "--length", 60)
    assert greedy.status == 0
    assert greedy.raw == trained("generate", "last", "--temperature", 0, "--length", 60).raw


def test_the_checkpoint_can_be_named_by_its_step(trained: Program) -> None:
    seed = ("--random-seed", 1, "--length", 40)
    by_step = trained("generate", "last", "--checkpoint", 40, *seed)
    assert by_step.status == 0
    assert by_step.raw == trained("generate", "last", "--checkpoint", "last", *seed).raw


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("--temperature", "-1"), "temperature is -1"),
        (("--temperature", "nan"), "temperature is nan"),
        (("--temperature", "1e9"), "temperature is 1000000000"),
        (("--temperature", "inf"), "temperature is inf"),
        (("--top-k", "-1"), "top_k is -1"),
        (("--top-p", "0"), "top_p is 0"),
        (("--length", "-5"), "length is -5"),
        (("--random-seed", "-1"), "--random-seed"),
        (("--seed-text", "the Ω"), "'Ω'"),
        (("--checkpoint", "77"), "'77'; the nearest is 40"),
        (("--checkpoint", "lost"), "did you mean last?"),
    ],
)
def test_bad_settings_are_named_and_nothing_is_written(
    trained: Program, arguments: tuple[str, ...], named: str
) -> None:
    result = trained("generate", "last", *arguments)
    assert (result.status, result.raw) == (2, b"")
    assert named in one_sentence(result)


def test_a_truncated_checkpoint_is_a_failure_in_one_line(trained: Program, tmp_path: Path) -> None:
    copy = Program(tmp_path / "home")
    subprocess.run(["cp", "-r", trained.home, copy.home], check=True)
    (path,) = copy.home.glob("runs/*/checkpoints/best.safetensors")
    whole = path.read_bytes()
    path.unlink()
    path.write_bytes(whole[:1000])
    result = copy("generate", "last")
    assert (result.status, result.raw) == (1, b"")
    assert str(path) in one_sentence(result)


def test_a_reader_that_leaves_ends_it_in_silence(trained: Program) -> None:
    process = trained.start("generate", "last", "--length", 10_000_000)
    assert process.stdout is not None
    assert process.stderr is not None
    assert len(process.stdout.read(10)) == 10
    process.stdout.close()
    assert process.wait(20) == 141
    assert process.stderr.read() == b""
    process.stderr.close()


def test_ctrl_c_ends_it_without_a_traceback(trained: Program) -> None:
    process = trained.start("generate", "last", "--length", 10_000_000)
    assert process.stdout is not None
    assert len(process.stdout.read(10)) == 10
    process.send_signal(2)
    _, complaint = process.communicate(timeout=20)
    assert process.returncode == 130
    assert complaint == b""


def test_a_full_disk_is_a_failure_in_one_line(trained: Program) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full here")
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            trained.argv("generate", "last"),
            env=trained.environment,
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.decode() == "gru-tui: standard output: No space left on device\n"


@pytest.mark.parametrize(
    "arguments",
    [("generate", "last"), ("export", "last", "--format", "csv", "--output", "-"), ("--version",)],
)
def test_where_standard_output_is_closed_nothing_counts_as_written(
    trained: Program, arguments: tuple[str, ...]
) -> None:
    done = subprocess.run(
        ["sh", "-c", 'exec "$@" >&-', "sh", *trained.argv(*arguments)],
        env=trained.environment,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    words = "standard output is closed, so that nothing can be written to it"
    assert done.stderr.decode() == f"gru-tui: {words}\n"


def test_a_text_cannot_drive_the_terminal_but_a_pipe_gets_it_exactly(
    program: Program, tmp_path: Path
) -> None:
    hostile = tmp_path / "hostile.txt"
    # More bells a line, and the reader of corpora would take it for binary data.
    line = "\x1b]0;owned\x07 \x9b31m red é, and then the words of an innocent text go on\n"
    hostile.write_text(line * 40, encoding="utf-8")
    bounds = ("--steps", 3, "--hidden-size", 8, "--layers", 1, "--processes", 1)
    assert program("train", hostile, *bounds).status == 0
    asked = ("generate", "last", "--seed-text", "\x1b]0;owned\x07\x9b31m é", "--length", 40)
    seen = program.on_a_terminal(*asked)
    assert "owned" in seen
    assert not {"\x1b", "\x07", "\x9b"} & set(seen)
    program.variables.update(LC_ALL="C", PYTHONCOERCECLOCALE="0", PYTHONUTF8="0")
    piped = program("generate", "last", "--temperature", 100, "--length", 500)
    assert piped.status == 0
    assert {"\x1b", "\x9b", "é"} <= set(piped.out)


def test_several_samples_stand_apart_and_are_repeatable(trained: Program) -> None:
    options = ("--samples", 3, "--length", 30, "--random-seed", 5, "--seed-text", "the ")
    first, again = (trained("generate", "last", *options) for _ in range(2))
    assert first.status == 0, first.complaint
    assert first.raw == again.raw
    assert first.out.count("\n\nthe ") >= 2
    refused = trained("generate", "last", "--samples", 0)
    assert (refused.status, "samples is 0" in one_sentence(refused)) == (2, True)
