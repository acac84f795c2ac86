"""The time that a run has spent, without its pauses."""

import time


class Stopwatch:
    """Seconds since `started` (time.monotonic, which no change of the clock on the wall moves)."""

    def __init__(self, seconds: float = 0.0, started: float | None = None) -> None:
        self._before = seconds
        self._started = started if started is not None else time.monotonic()
        self._held = False

    @property
    def seconds(self) -> float:
        """What counts so far."""
        return self._before + (0.0 if self._held else time.monotonic() - self._started)

    def hold(self) -> None:
        """A pause begins."""
        self._before = self.seconds
        self._held = True

    def go_on(self) -> None:
        """The pause ends; without one nothing changes."""
        if self._held:
            self._held = False
            self._started = time.monotonic()
