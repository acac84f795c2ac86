"""What of a time budget is set aside for the end of the run: the last validation and checkpoint."""

BY_TRAINING = 3  # the work of training in forward passes: a backward pass is about two
LARGEST_PART = 0.5  # of the budget for an end that nobody has measured: a guess stops no run early


class Closing:
    """The time that the end takes: as the last validation did, before one as the steps suggest."""

    def __init__(self, characters: int) -> None:
        """`characters` is how many a validation predicts; with none nothing is set aside."""
        self._characters = characters
        self._started = False
        self._trained, self._took = 0, 0.0
        self._measured: float | None = None

    def trained(self, characters: int, seconds: float) -> None:
        """A step on so many characters was made; the first, which starts processes, is left out."""
        if self._started:
            self._trained += characters
            self._took += seconds
        self._started = True

    def validated(self, seconds: float) -> None:
        """A validation was made."""
        self._measured = seconds

    def seconds(self, budget: float) -> float:
        """What to set aside of `budget` seconds; 0.0 while nothing is known."""
        if self._measured is not None:
            return _with_room(self._measured)
        if not self._characters or not self._trained:
            return 0.0
        expected = self._characters * self._took / (BY_TRAINING * self._trained)
        return min(_with_room(expected), LARGEST_PART * budget)


def _with_room(validation: float) -> float:
    """Seconds for a validation that is a little slower than that, and for the checkpoint."""
    return 1.2 * validation + 0.1
