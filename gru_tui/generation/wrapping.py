"""Breaking a growing text into lines of a width, a piece at a time: what stands is never redone."""

from dataclasses import dataclass, field

from rich.cells import get_character_cell_size

TAB = 4
Run = tuple[str, str]  # a piece of text and its kind


@dataclass
class Wrapping:
    """Lines of at most `width` cells, broken after spaces; each a list of runs of one kind.

    Appending costs as much as what is appended, however long the text is already.
    """

    width: int
    lines: list[list[Run]] = field(default_factory=lambda: [[]])
    _cells: int = 0  # the width of the last line

    def append(self, text: str, kind: str) -> int:
        """Add text behind what is there; returns the first line that changed."""
        changed = len(self.lines) - 1
        rest = text.replace("\t", " " * TAB)
        while rest:
            line, newline, rest = rest.partition("\n")
            self._lay(line, kind)
            if newline:
                self.lines.append([])
                self._cells = 0
        return changed

    def _lay(self, text: str, kind: str) -> None:
        start = 0
        for index, character in enumerate(text):
            cells = get_character_cell_size(character)
            # A space may hang over the edge: the next line must not begin with it. And the
            # word that moves down may itself leave no room for a wide character.
            while self._cells + cells > self.width and self._cells and character != " ":
                self._put(text[start:index], kind)
                start = index
                self._break()
            self._cells += cells
        self._put(text[start:], kind)

    def _put(self, text: str, kind: str) -> None:
        line = self.lines[-1]
        if text and line and line[-1][1] == kind:
            line[-1] = (line[-1][0] + text, kind)
        elif text:
            line.append((text, kind))

    def _break(self) -> None:
        """Begin a new line, and move the word that does not fit any more down to it."""
        flat = "".join(text for text, _ in self.lines[-1])
        place = len(flat)
        while place and not _may_end_a_line(flat[place - 1]):
            place -= 1
        kept, moved = _split(self.lines[-1], place or len(flat))
        self.lines[-1:] = [kept, moved]
        self._cells = sum(get_character_cell_size(c) for text, _ in moved for c in text)


def _may_end_a_line(character: str) -> bool:
    """After a space, and after the wide characters of scripts that write no spaces."""
    return character == " " or get_character_cell_size(character) == 2


def _split(line: list[Run], place: int) -> tuple[list[Run], list[Run]]:
    before: list[Run] = []
    after: list[Run] = []
    for text, kind in line:
        if text[:place]:
            before.append((text[:place], kind))
        if text[place:]:
            after.append((text[place:], kind))
        place = max(0, place - len(text))
    return before, after
