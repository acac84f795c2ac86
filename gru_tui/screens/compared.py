"""Comparing runs: the part of the Runs screen that overlays what is selected."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message

from corpora.errors import ReportedError
from gru_tui.actions import key_of
from gru_tui.curves.comparison import Selection
from gru_tui.curves.overlaying import Overlay, Overlaying
from gru_tui.curves.thinning import View
from gru_tui.listing.rows import RunRow
from gru_tui.panes.comparison_table import ComparisonTable
from gru_tui.panes.messages import Told
from gru_tui.panes.overlay import OverlayPane
from gru_tui.screens.managed import ManagedScreen, Shelved


class Comparison(Horizontal):
    """The chart, and what sets the runs apart."""

    DEFAULT_CSS = """
    Comparison {
        OverlayPane { width: 1fr; height: 1fr; }
        ComparisonTable { width: 58; height: 1fr; }
    }
    """

    def compose(self) -> ComposeResult:
        """Side by side; on a narrow screen one of them."""
        yield OverlayPane(id="overlay")
        yield ComparisonTable(id="differences")


class ComparedScreen(ManagedScreen):
    """Holds the selection; reads the curves of the selected runs in a thread."""

    DEFAULT_CSS = """
    ComparedScreen {
        Comparison { height: 1fr; display: none; }
        &.-comparing Comparison { display: block; }
        &.-comparing #run-detail { display: none; }
        &.-comparing #runs-body, &.-wide.-comparing #runs-body { layout: vertical; }
        &.-comparing RunTable, &.-wide.-comparing RunTable {
            width: 1fr; height: auto; min-height: 5; max-height: 40%;
        }
        &.-narrow ComparisonTable { display: none; width: 1fr; }
        &.-narrow.-table ComparisonTable { display: block; }
        &.-narrow.-table OverlayPane { display: none; }
        &.-middle ComparisonTable.-many { width: 66; }
        &.-wide ComparisonTable { width: 84; }
        &.-wide ComparisonTable.-many { width: 102; }
    }
    """

    @dataclass
    class Overlaid(Message):
        """The curves of the selected runs."""

        overlay: Overlay

        def can_replace(self, message: Message) -> bool:
            """Only the newest curves are worth drawing."""
            return isinstance(message, ComparedScreen.Overlaid)

    def __init__(self) -> None:
        super().__init__()
        self._selection = Selection()
        self._overlaying = Overlaying()
        self._reading, self._stale = False, False
        self._curve_fault = ""  # why the curves could not be read the last time

    @property
    @abstractmethod
    def _known_runs(self) -> Mapping[str, RunRow]:
        """Every run of the last look by its id, also those that a filter hides."""

    @abstractmethod
    def _show_rows(self) -> None:
        """Show the table again."""

    @property
    def _compared(self) -> tuple[RunRow, ...]:
        """The selected runs, the baseline first."""
        return tuple(self._known_runs[run_id] for run_id in self._selection.ids)

    def _show_comparison(self) -> None:
        """What is selected has changed, or stands otherwise."""
        rows = self._compared
        self.set_class(bool(rows), "-comparing")
        if rows:
            self.query_one(ComparisonTable).show(rows, self._selection)
            self._read_curves()

    @on(OverlayPane.Wanted)
    def _read_curves(self) -> None:
        """Read what the selected runs have written since; one reader at a time."""
        if not self._selection.ids or not self.is_current:
            return
        if self._reading:
            self._stale = True
            return
        self._reading, self._stale = True, False
        chosen = [(run_id, self._selection.place(run_id) or 0) for run_id in self._selection.ids]
        self._overlay(chosen, dict(self._known_runs), self.query_one(OverlayPane).view)

    @work(thread=True, group="overlay")
    def _overlay(
        self, chosen: Sequence[tuple[str, int]], known: Mapping[str, RunRow], view: View
    ) -> None:
        overlay, fault = Overlay(), ""
        try:
            store = self._gru_tui.context.store
            overlay = self._overlaying.overlay(store, chosen, known, view)
        except ReportedError as error:
            fault = str(error)
        if fault and fault != self._curve_fault:  # not again at every look
            self.post_message(Told(fault, "error"))
        self._curve_fault = fault
        self.post_message(self.Overlaid(overlay))

    @on(Overlaid)
    def _draw(self, event: Overlaid) -> None:
        self._reading = False
        self.query_one(OverlayPane).show(event.overlay)
        if self._stale:
            self._read_curves()

    # --- the keys ---

    def action_select_run(self) -> None:
        """Take it into the comparison, or out."""
        row = self._selected()
        if row is None or row.fault:
            return
        try:
            self._selection.toggle(row.id)
        except ReportedError as error:
            self._refuse(f"{error}.")
            return
        self._show_rows()
        self._show_comparison()
        self.refresh_bindings()

    def action_show_differences(self) -> None:
        """What differs, everything, and on a small screen the chart again."""
        if not self._selection.ids:
            key = key_of("select_run")
            self._refuse(f"Select runs with {key} first: their hyperparameters stand side by side.")
            return
        table = self.query_one(ComparisonTable)
        if not self.has_class("-narrow"):
            table.toggle_everything()
        elif not self.has_class("-table"):
            self.add_class("-table")
        else:
            if table.everything:
                self.remove_class("-table")
            table.toggle_everything()

    def action_cycle_axis(self) -> None:
        """Steps, epochs, minutes, characters."""
        self.query_one(OverlayPane).cycle_unit()

    def action_toggle_log(self) -> None:
        """Linear or logarithmic from bottom to top."""
        self.query_one(OverlayPane).toggle_log()

    def action_zoom_in(self) -> None:
        """Closer."""
        self._look_at_chart(lambda chart: chart.zoom(closer=True))

    def action_zoom_out(self) -> None:
        """Further away."""
        self._look_at_chart(lambda chart: chart.zoom(closer=False))

    def action_chart_left(self) -> None:
        """What is seen, to the left."""
        self._look_at_chart(lambda chart: chart.move(-1))

    def action_chart_right(self) -> None:
        """What is seen, to the right."""
        self._look_at_chart(lambda chart: chart.move(1))

    def action_reset_chart(self) -> None:
        """All of the curves."""
        self._look_at_chart(OverlayPane.reset)

    def _look_at_chart(self, act: Callable[[OverlayPane], None]) -> None:
        if self._selection.ids:
            act(self.query_one(OverlayPane))
        else:
            self._refuse(f"Select runs with {key_of('select_run')} first: a chart compares them.")

    def action_side_by_side(self) -> None:
        """Two checkpoints write from the same beginning."""
        under = self._selected()
        rows = self._compared[:2] if len(self._selection.ids) > 1 else (under,) if under else ()
        readable = [row for row in rows if not row.fault]
        self._with_checkpoints(readable, self._put_side_by_side)

    def _put_side_by_side(self, found: Sequence[Shelved]) -> None:
        from gru_tui.screens.side_by_side import SideBySide

        writers = [(row.name, one) for row, kept in found for one in kept if not one.fault]
        if not writers or any(all(one.fault for one in kept) for _, kept in found):
            self._refuse("There is no checkpoint yet to write with.")
            return
        self.app.push_screen(SideBySide([row.name for row, _ in found], writers))

    def action_time_lapse(self) -> None:
        """Each checkpoint writes in its turn."""
        row = self._selected()
        if row is not None and not row.fault:
            self._with_checkpoints([row], self._begin_time_lapse)

    def _begin_time_lapse(self, found: Sequence[Shelved]) -> None:
        from gru_tui.screens.time_lapse import TimeLapse

        ((row, kept),) = found
        if all(one.fault for one in kept):
            self._refuse(f"{row.name} has no checkpoint yet to write with.")
            return
        self.app.push_screen(TimeLapse(row.name, kept))
