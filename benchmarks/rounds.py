"""Contenders, each a process of its own, that take turns; medians and ratios of their rounds."""

import json
import math
import select
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

import memory
from record import HERE

REST = 0.2  # s between two turns: the threads of the one before have gone to sleep
BETWEEN_SAMPLES = 0.02  # s
MEMORY_SECONDS = 1.0

Answer = dict[str, Any]


class ContenderError(Exception):
    """A contender's process ended before it answered."""


class Contender:
    """A process that runs workers/`module`.py, answers questions, and sleeps in between.

    `missing` says why it cannot take part (a framework is not installed); else it is empty.
    """

    def __init__(self, module: str, spec: Mapping[str, Any]) -> None:
        self.module = module
        self._process = subprocess.Popen(
            [sys.executable, "-m", "workers.service", module, json.dumps(spec)],
            cwd=HERE,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._questions, self._answers = self._process.stdin, self._process.stdout
        self.ready = self._answer()
        self.missing: str = self.ready.get("missing", "")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, **question: Any) -> Answer:
        """One answer to one question. Raises ContenderError."""
        self._send(question)
        return self._answer()

    def peak_memory(self, **question: Any) -> float | None:
        """The most memory in MB that the process and its children hold while they answer."""
        self._send(question)
        most: float | None = None
        while not select.select([self._answers], [], [], BETWEEN_SAMPLES)[0]:
            held = memory.of_tree(self._process.pid)
            most = held if most is None or held is None else max(most, held)
        self._answer()
        return most

    def close(self) -> None:
        """Let it go: it ends when nobody asks any more."""
        self._questions.close()
        self._process.wait()
        self._answers.close()

    def _send(self, question: Mapping[str, Any]) -> None:
        try:
            self._questions.write(json.dumps(question) + "\n")
            self._questions.flush()
        except BrokenPipeError:
            raise ContenderError(f"the process of workers/{self.module}.py is gone") from None

    def _answer(self) -> Answer:
        line = self._answers.readline()
        if not line:
            status = self._process.wait()
            raise ContenderError(f"workers/{self.module}.py ended with status {status}")
        answer: Answer = json.loads(line)
        return answer


def alternate(
    contenders: Mapping[str, Contender], rounds: int, **question: Any
) -> dict[str, list[Answer]]:
    """Every contender's answers, a round each in turn; each round begins with another one."""
    answers: dict[str, list[Answer]] = {name: [] for name in contenders}
    names = list(contenders)
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            answers[name].append(contenders[name].ask(**question))
            time.sleep(REST)
    return answers


def rates(answers: Iterable[Answer]) -> list[float]:
    """Characters a second, round by round."""
    return [answer["characters_per_second"] for answer in answers]


def median_ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """The median over the rounds of ours / theirs: what slows a whole round down cancels out."""
    return statistics.median(a / b for a, b in zip(ours, theirs, strict=True))


def geometric_mean(values: Sequence[float]) -> float:
    """Of positive numbers."""
    return math.exp(statistics.fmean(math.log(value) for value in values))
