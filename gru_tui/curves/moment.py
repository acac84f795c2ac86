"""Something that happened in a run, where a chart marks it."""

import msgspec

from gru_tui.curves.thinning import Happening, Mark, Unit


class Moment(msgspec.Struct, frozen=True):
    """Something that happened, at its place on each axis."""

    step: int
    epoch: float
    seconds: float
    characters: int
    words: str
    kind: Happening

    def mark(self, unit: Unit) -> Mark:
        """For the chart."""
        places = {
            "steps": float(self.step),
            "epochs": self.epoch,
            "minutes": self.seconds / 60,
            "characters": float(self.characters),
        }
        return Mark(places[unit], self.words, self.kind)
