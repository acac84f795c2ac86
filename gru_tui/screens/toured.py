"""The demonstration and its tour, as the Train screen offers them."""

from dataclasses import dataclass

from textual import on
from textual.message import Message

from gru_tui.panes.tour import TourPane
from gru_tui.screens.followed import FollowedScreen

OF_THE_TOUR = frozenset({"tour_next", "tour_never"})
FOR_ALL_THREE = 20  # lines that chart, samples and a note need


class TouredScreen(FollowedScreen):
    """Starts the demonstration, and leads through its notes."""

    @dataclass
    class TourWanted(Message):
        """The demonstration runs, and nobody has sent its notes away for ever."""

    @property
    def touring(self) -> bool:
        """Whether a note is shown."""
        return any(pane.is_open for pane in self.query(TourPane))

    def on_mount(self) -> None:
        """The app was opened for the tour."""
        if self.looked_at.tour:
            self._open_tour()

    def action_demo(self) -> None:
        """Start the small run, and the tour."""
        if self.may_tour("demo"):
            self._begin(self._demonstrated)

    def _demonstrated(self) -> Message:
        """Runs in a thread."""
        from gru_tui import demonstration, tour

        run_id = demonstration.start(self.looked_at.store)
        if tour.is_wanted(self.looked_at.data_dir):
            self.post_message(self.TourWanted())
        return self._began_with(run_id)

    @on(TourWanted)
    def _open_tour(self) -> None:
        self.query_one(TourPane).open()
        self._tour_changed()

    def action_tour_next(self) -> None:
        """The next note."""
        self.query_one(TourPane).next()
        self._tour_changed()

    def action_tour_never(self) -> None:
        """No notes any more, now and in future."""
        self.end_tour()
        self._do(self._never)

    def _never(self) -> str:
        from gru_tui import tour

        tour.never_again(self.looked_at.data_dir)
        return "The notes are not shown again."

    def end_tour(self) -> bool:
        """Close the notes; whether there was one."""
        was_open = self.touring
        self.query_one(TourPane).close()
        self._tour_changed()
        return was_open

    def on_resize(self) -> None:
        """There may be room for more beside the note now, or for less."""
        self._make_room()

    def _tour_changed(self) -> None:
        self._make_room()
        self.refresh_bindings()

    def _make_room(self) -> None:
        # Chart and samples, of which the notes speak, are both in sight on a small screen, too,
        # if it is not so low that one of them has to go.
        has_room = self.size.height >= FOR_ALL_THREE
        self.set_class(self.touring and has_room, "-touring")
        self.set_class(self.touring and not has_room, "-crowded")

    def may_tour(self, action: str) -> bool:
        """Whether that action of the demonstration or its tour can do anything now."""
        if action in OF_THE_TOUR:
            return self.touring
        return self.picture is None and not self.busy and not self.opening
