"""A worker's side of the talk: a line of JSON comes in, a line of JSON goes out."""

import importlib
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

WARM_UP_STEPS = 3  # as engine.benchmark

Message = dict[str, Any]
Perform = Callable[[Message], Message]


def serve(module: str, specification: Message) -> None:
    """Let workers/`module`.py prepare, say that all is ready, answer until stdin ends.

    Its `prepare(specification)` returns what answers a question, and the first message.
    A package that is not installed is answered with {"missing": ...}.
    """
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints must not be taken for an answer
    _keep_to_cores(specification.get("cores"))
    try:
        perform, ready = importlib.import_module(f"workers.{module}").prepare(specification)
    except ModuleNotFoundError as error:
        print(json.dumps({"missing": f"{error.name} is not installed"}), file=answers, flush=True)
        return
    print(json.dumps(ready), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(perform(json.loads(line))), file=answers, flush=True)


def repeated(work: Callable[[], object], seconds: float) -> float:
    """How often a second `work` gets done, after a warm-up."""
    for _ in range(WARM_UP_STEPS):
        work()
    times = 0
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds:
        work()
        times += 1
    return times / (time.perf_counter() - begun)


def _keep_to_cores(count: int | None) -> None:
    """Stay on that many cores, so that all contenders have the same ones."""
    if count and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:count])


if __name__ == "__main__":
    serve(sys.argv[1], json.loads(sys.argv[2]))
