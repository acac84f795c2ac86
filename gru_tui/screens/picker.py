"""Choosing a file or a folder: a path to type, and under it what that path may mean."""

from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Button, Input, OptionList, Static
from textual.widgets.option_list import Option

from corpora.listing import size_in_words
from gru_tui.folders import Entry, Listing, read_folder, split_path
from gru_tui.panes.text_fields import LineInput
from gru_tui.screens.dialogs import Dialog
from gru_tui.visible import visible
from gru_tui.whereabouts import ROOT, here, home

MOST_SHOWN = 500  # more rows than anyone scrolls through; typing narrows them
PARENT = Entry("..", folder=True)


class Entries(OptionList, can_focus=False):
    """The list under the path field. The field keeps the focus; the arrow keys still move here."""


class FilePicker(Dialog[Path | None]):
    """Hands back the file or folder that was chosen, or None.

    What is typed narrows the list; Tab completes, Enter opens, and ^o takes the folder as
    a whole. Folders are read in a thread: a slow disk holds up the list, never the typing.
    """

    DEFAULT_CSS = """
    FilePicker > .dialog {
        width: 90;
        height: 90%;
        min-height: 18;
        #path { background: $panel; }
        Entries {
            height: 1fr;
            border: none;
            padding: 0;
            margin: 1 0 0 0;
            background: $surface;
            text-wrap: nowrap;
            text-overflow: ellipsis;
            /* The arrow keys move here though the field has the focus: Enter opens this one. */
            & > .option-list--option-highlighted {
                background: $block-cursor-background; color: $block-cursor-foreground;
            }
        }
        .dialog--fault { margin: 1 0 0 0; }
        .dialog--buttons { margin: 0 0 1 0; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete", "Complete", show=False),
        Binding("ctrl+o", "take_folder", "Take this folder", show=False),
        Binding("down", "move('cursor_down')", "Down", show=False),
        Binding("up", "move('cursor_up')", "Up", show=False),
        Binding("pagedown", "move('page_down')", "Page down", show=False),
        Binding("pageup", "move('page_up')", "Page up", show=False),
    ]

    def __init__(self, start: Path | None = None, *, title: str = "Open a text") -> None:
        super().__init__()
        self.heading = visible(title)
        self._here = here()
        self._listing: Listing | None = None
        self._shown: tuple[Entry, ...] = ()
        # The true path behind the field's folder part: a name may hold bytes that are no text.
        self._folder = start if start is not None else self._here
        self._folder_text = _as_typed(self._folder)

    def compose(self) -> ComposeResult:
        """The path, the entries, what is wrong, and the three ways out."""
        with Vertical(classes="dialog") as panel:
            panel.border_title = Content(self.heading)
            yield LineInput(self._folder_text, id="path", select_on_focus=False, compact=True)
            yield Entries(id="entries", markup=False, compact=True)
            yield Static(id="fault", classes="dialog--fault", markup=False)
            with Horizontal(classes="dialog--buttons"):
                yield Button(Content("Open [enter]"), "primary", id="open", compact=True)
                yield Button(Content("Whole folder [^o]"), id="folder", compact=True)
                yield Button(Content("Cancel [esc]"), id="cancel", compact=True)

    def on_mount(self) -> None:
        """Typing works at once; the first folder is on its way."""
        for field in self.query(LineInput):  # none, where the app ends in this very moment
            field.focus()

    @on(Input.Changed, "#path")
    def narrow(self) -> None:
        """Show what the path may mean now; read another folder only when it names another."""
        folder, _ = self._typed()
        if self._listing is None or self._listing.folder != folder:
            self._read(folder)
        else:
            self._show(self._listing)

    @on(Input.Submitted, "#path")
    @on(Button.Pressed, "#open")
    def open_highlighted(self) -> None:
        """Enter: into the highlighted folder, or away with the highlighted file."""
        entry = self._highlighted()
        if entry is None:
            folder, name = self._typed()
            self._say(f"There is no file or folder {folder / name}." if name else "")
        else:
            self._open(entry)

    @on(OptionList.OptionSelected)
    def open_clicked(self, event: OptionList.OptionSelected) -> None:
        """A click opens, as Enter does."""
        self._open(self._shown[event.option_index])

    @on(Button.Pressed, "#folder")
    def action_take_folder(self) -> None:
        """The folder itself is the choice: all its text files."""
        folder, name = self._typed()
        entry = self._highlighted()
        if name and entry is not None and entry.folder:
            folder = folder / entry.name
        if self._listing is not None and self._listing.fault:
            self._say(self._listing.fault)
        else:
            self.dismiss(folder)

    @on(Button.Pressed, "#cancel")
    def leave(self) -> None:
        """Nothing was chosen."""
        self.dismiss(None)

    def action_complete(self) -> None:
        """Tab: the highlighted name takes the place of what was typed of it."""
        entry = self._highlighted()
        if entry is not None and entry.folder:
            self._open(entry)
        elif entry is not None:
            self._write(self._folder_text + visible(entry.name))

    def action_move(self, action: str) -> None:
        """Arrow keys move through the list while the field keeps the focus."""
        getattr(self.query_one(Entries), f"action_{action}")()

    def _open(self, entry: Entry) -> None:
        folder, _ = self._typed()
        if entry is PARENT:
            self._enter(Path(folder).absolute().parent)
        elif entry.folder:
            self._enter(folder / entry.name)
        else:
            self.dismiss(folder / entry.name)

    def _enter(self, folder: Path) -> None:
        self._folder, self._folder_text = folder, _as_typed(folder)
        self._write(self._folder_text)

    def _write(self, text: str) -> None:
        field = self.query_one(LineInput)
        field.value = text
        field.cursor_position = len(text)
        field.focus()

    def _typed(self) -> tuple[Path, str]:
        text = self.query_one(LineInput).value
        head, separator, name = text.rpartition("/")
        if head + separator == self._folder_text:
            return self._folder, name
        folder, name = split_path(text, self._here)
        self._folder, self._folder_text = folder, head + separator
        return folder, name

    def _highlighted(self) -> Entry | None:
        row = self.query_one(Entries).highlighted
        return self._shown[row] if row is not None and row < len(self._shown) else None

    @work(thread=True, exclusive=True, group="folder")
    def _read(self, folder: Path) -> None:
        listing = read_folder(folder)
        self.app.call_from_thread(self._arrived, listing)

    def _arrived(self, listing: Listing) -> None:
        if self.is_attached and listing.folder == self._typed()[0]:
            self._listing = listing
            self._show(listing)

    def _show(self, listing: Listing) -> None:
        _, typed = self._typed()
        matching = listing.matching(typed)
        above = () if typed else (PARENT,)
        self._shown = above + matching[:MOST_SHOWN]
        entries = self.query_one(Entries)
        entries.set_options(Option(_row(entry)) for entry in self._shown)
        if self._shown:
            entries.highlighted = min(len(above), len(self._shown) - 1)
        self._say(listing.fault or _remark(listing, typed, len(matching)))

    def _say(self, words: str) -> None:
        self.query_one("#fault", Static).update(visible(words))


def _row(entry: Entry) -> Content:
    if entry.folder:
        name = entry.name if entry is PARENT else entry.name + "/"
        return Content.assemble(("  folder  ", "dim"), (visible(name), "bold"))
    size = "?" if entry.size is None else size_in_words(entry.size)
    return Content.assemble((f"{size:>8}  ", "dim"), visible(entry.name))


def _remark(listing: Listing, typed: str, matching: int) -> str:
    if typed and not matching:
        return f"Nothing in {listing.folder} has {typed!r} in its name."
    if matching > MOST_SHOWN:
        return f"{matching:,} entries; the first {MOST_SHOWN} are shown. Type a part of the name."
    if listing.cut:
        return "This folder holds more than can be listed; type the whole name to reach the rest."
    return ""


def _as_typed(folder: Path) -> str:
    """How the field writes a folder: with "~" for home and a slash at its end."""
    above = home()
    if above == ROOT or not folder.is_relative_to(above):
        text = str(folder)
    else:
        inside = folder.relative_to(above)
        text = "~" if inside == Path() else f"~/{inside}"
    return visible(text if text.endswith("/") else text + "/")
