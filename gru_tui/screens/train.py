"""The Train screen: what is trained, how it goes, what it writes, and which key does what."""

import threading
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from gru_tui.actions import Scope, worded
from gru_tui.curves.thinning import View
from gru_tui.facts import Facts
from gru_tui.panes.chart import ChartPane
from gru_tui.panes.corpus import CorpusPane
from gru_tui.panes.field_row import FieldRow
from gru_tui.panes.hint import HintLine
from gru_tui.panes.hyperparameters import HyperparametersPane
from gru_tui.panes.keyline import KeyLine
from gru_tui.panes.messages import (
    CorporaListed,
    CorpusLoaded,
    CurvesDrawn,
    NotesArrived,
    RunLeft,
    RunSeen,
)
from gru_tui.panes.sample import SamplePane
from gru_tui.panes.status import StatusLine
from gru_tui.panes.topbar import TopBar
from gru_tui.panes.tour import TourPane
from gru_tui.screens import proposals
from gru_tui.screens.charted import ChartedScreen
from gru_tui.screens.keys import bindings
from gru_tui.screens.paned import PanedScreen
from gru_tui.screens.refusing import RefusingScreen
from gru_tui.screens.steered import DEFAULT_CORPUS
from gru_tui.screens.taken import TakenScreen
from gru_tui.screens.toured import OF_THE_TOUR, TouredScreen

LEAST_WIDTH, LEAST_HEIGHT = 60, 16
WIDE = 110  # columns from which on all panes have room
FOR_TWO = 22  # lines that chart and samples need, one above the other
SIDE = ("-corpus", "-form")  # which pane a small screen shows over the others


class TrainScreen(TouredScreen, TakenScreen, ChartedScreen, RefusingScreen, PanedScreen):
    """Composes the panes and routes what the watcher says to them."""

    SCOPE: ClassVar[Scope] = "train"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("train")]
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - as Textual declares it
        (0, "-too-small"),
        (LEAST_WIDTH, "-narrow"),
        (WIDE, "-wide"),
        (160, "-very-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012
        (0, "-too-small-v"),
        (LEAST_HEIGHT, "-low"),
        (32, "-tall"),
    ]

    def compose(self) -> ComposeResult:
        """Two columns between the first line and the last three."""
        yield TopBar("train")
        with Horizontal(id="body"):
            with Vertical(id="side"):
                yield CorpusPane(id="corpus")
                yield HyperparametersPane(self.draft, id="form")
            with Vertical(id="main"):
                yield ChartPane(id="chart")
                yield SamplePane(id="samples")
                yield TourPane(id="tour")
        yield Static("", id="too-small", markup=False)
        yield StatusLine()
        yield HintLine()
        yield KeyLine()

    def on_mount(self) -> None:
        """The first frame needs no file; then the corpora are listed and the run is found."""
        self.watch(self, "focused", self._focus_moved, init=False)
        self.show_state()
        self.query_one(CorpusPane).list_all([Facts(DEFAULT_CORPUS, DEFAULT_CORPUS)], self.source)
        self.call_after_refresh(self._list_corpora)

    @property
    def view(self) -> View:
        """What the chart wants to see."""
        return self.query_one(ChartPane).view

    def on_resize(self) -> None:
        """Too small is said, not shown."""
        self.query_one("#too-small", Static).update(
            f"This terminal has {self.size.width}x{self.size.height} cells;\n"
            f"this screen needs {LEAST_WIDTH}x{LEAST_HEIGHT}. Make it larger.\n"
            "A run that trains goes on."
        )

    def look_afresh(self) -> None:
        """The chart shows the whole of a run that has just been chosen."""
        self.query_one(ChartPane).look_afresh()

    @property
    def cramped(self) -> bool:
        """Whether the panes take turns."""
        width, height = self.size
        return LEAST_WIDTH <= width < WIDE and LEAST_HEIGHT <= height < FOR_TWO

    @property
    def turns(self) -> dict[str, str]:
        """The chart is the hero; two of the others also have keys of their own."""
        return {
            "": "Chart",
            "-samples": "Samples",
            "-corpus": "Corpus",
            "-form": "Hyperparameters",
        }

    def take_turn(self, turn: str) -> None:
        """The focus is in the pane that is shown, and where the key that leads on stays a key."""
        super().take_turn(turn)
        if turn == "-corpus":
            self.action_corpus()
        elif turn == "-form":
            self._open_side("-form")
            self.query_one(HyperparametersPane).enter_above()
        else:
            self.set_focus(None)

    # --- what the watcher says ---

    @on(RunSeen)
    def _take_picture(self, event: RunSeen) -> None:
        picture = event.picture
        if picture.run_id != self.run_id:
            event.stop()
            return
        before, self.picture = self.picture, picture
        self.draft.spent = picture.seconds
        self.query_one(StatusLine).show(picture)
        known = before.hyperparameters if before is not None else None
        has_ended = before is not None and before.alive and not picture.alive
        if has_ended or self.draft.waiting or picture.hyperparameters != known:
            # Only now the fields may be shown afresh; reading all of them each time is dear.
            self.query_one(HyperparametersPane).read()
        if before is None:
            self.draft.forget()
            self.source = picture.corpus_source or self.source
            self.query_one(CorpusPane).choose(self.source)
        elif has_ended:  # nobody is going to do what waits; what was typed is for what comes next
            self.draft.withdraw(tuple(self.draft.waiting))
            self.show_draft()
        if self.draft.rebase(picture.hyperparameters, fixed=True) or before is None:
            self.show_draft()
        if before is None or (before.state, before.reason) != (picture.state, picture.reason):
            self.show_state()

    @on(CurvesDrawn)
    def _take_curves(self, event: CurvesDrawn) -> None:
        if event.run_id == self.run_id:
            self.query_one(ChartPane).show(event.curves)

    @on(NotesArrived)
    def _take_notes(self, event: NotesArrived) -> None:
        if event.run_id == self.run_id:
            self.query_one(SamplePane).add(event.notes, afresh=event.afresh)

    # --- corpora ---

    @work(thread=True, exclusive=True, group="corpora")
    def _list_corpora(self) -> None:
        self.post_message(CorporaListed(tuple(self.steering.corpora())))

    def _load_corpus(self, source: str) -> None:
        """In a thread of its own: whoever leaves does not wait until a large text is read."""
        threading.Thread(target=self._read_corpus, args=(source,), daemon=True).start()

    def _read_corpus(self, source: str) -> None:
        self.post_message(CorpusLoaded(self.steering.load(source)))

    @on(CorporaListed)
    def _take_corpora(self, event: CorporaListed) -> None:
        self.query_one(CorpusPane).list_all(list(event.facts), self.source)

    @on(CorpusLoaded)
    def _take_corpus(self, event: CorpusLoaded) -> None:
        self.query_one(CorpusPane).learn(event.facts)
        if event.facts.fault and event.facts.source == self.source and self.picture is None:
            self.tell(event.facts.fault, "error")
        if event.facts.source == self.source:
            self.query_one(HyperparametersPane).fit(event.facts.circumstances)
        self.show_state()

    @on(CorpusPane.Looked)
    def _look(self, event: CorpusPane.Looked) -> None:
        self._load_corpus(event.source)

    @on(CorpusPane.Chosen)
    def _choose(self, event: CorpusPane.Chosen) -> None:
        """Another corpus than the run's means another run."""
        if self.picture is not None and event.source != self.source:
            self.action_new_run()
        self.source = event.source
        self.query_one(CorpusPane).choose(event.source)
        facts = self.query_one(CorpusPane).facts(event.source)
        self.query_one(HyperparametersPane).fit(facts.circumstances if facts is not None else None)
        self.show_state()

    @on(CorpusPane.OpenWanted)
    def action_open_text(self) -> None:
        """A file or a folder of the user's own."""
        from gru_tui.screens.picker import FilePicker

        self.app.push_screen(FilePicker(), self._opened)

    def _opened(self, path: Path | None) -> None:
        if path is not None:
            source = str(path.absolute())
            self.post_message(CorpusPane.Chosen(source, path.name))
            self._load_corpus(source)

    # --- the form ---

    @on(FieldRow.Typed)
    def _typed(self) -> None:
        self.show_state()

    def show_draft(self) -> None:
        """The form shows the draft afresh."""
        self.query_one(HyperparametersPane).show()
        self.show_state()

    def show_fault(self, name: str) -> None:
        """Go to the field that needs correcting."""
        self._open_side("-form")
        for row in self.query(FieldRow):
            if row.field.name == name:
                row.entry.focus()

    def _focus_moved(self, focused: Widget | None) -> None:
        nodes = focused.ancestors_with_self if focused is not None else []
        words = (getattr(node, "explanation", "") for node in nodes)
        self.query_one(HintLine).explain(next(filter(None, words), ""))
        self.refresh_bindings()

    # --- actions ---

    def action_new_run(self) -> None:
        """Set up another run with the values of this one; this one goes on as it is."""
        if self.picture is None:
            return
        left = self.picture
        self.leave_run()
        if left.alive:
            self.tell(f"{left.name} goes on; {worded('{show_runs} shows all runs.')}")

    def show_no_run(self) -> None:
        """The form keeps its values, now all of them free; the other panes are empty."""
        self.draft.release()
        self.query_one(ChartPane).show(None)
        self.query_one(SamplePane).add((), afresh=True)
        self.query_one(StatusLine).show(None)
        self.post_message(RunLeft())
        self.show_draft()

    def action_corpus(self) -> None:
        """To the list of corpora."""
        self._open_side("-corpus")
        self.query_one(CorpusPane).enter()

    def action_hyperparameters(self) -> None:
        """To the form."""
        self._open_side("-form")
        self.query_one(HyperparametersPane).enter()

    def action_leave_field(self) -> None:
        """Back to the chart; a small screen closes what lay over it; last, the tour ends."""
        if self.focused is None and not self._lies_over() and self.end_tour():
            return
        self.set_focus(None)
        self.remove_class(*SIDE)

    def _open_side(self, name: str) -> None:
        self.remove_class(*SIDE, "-samples")
        self.add_class(name)

    def action_follow_samples(self) -> None:
        """The newest sample, and the next ones."""
        if self.has_class("-one"):
            self.take_turn("-samples")
        self.query_one(SamplePane).follow()

    # --- what can be done now ---

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that can do nothing now are not offered."""
        if action == "leave_field":
            return self.focused is not None or self._lies_over() or self.touring
        if action == "demo" or action in OF_THE_TOUR:
            return self.may_tour(action)
        if action == "undo_change" and self.edited_field is not None:
            return True
        if action == "find_rate" and self.opening:
            return False
        return proposals.possible(action, self.picture, self.draft)

    def why_not(self, action: str) -> str:
        """What keeps that action from being done now."""
        if action == "demo" and self.picture is not None:
            return worded("The demonstration is a run of its own: {new_run} makes room for it.")
        if action in proposals.OF_A_RUN and self._waited_for:
            return proposals.HINT_OF[self._waited_for]
        return proposals.why_not(action, self.picture, self.draft)

    def _lies_over(self) -> bool:
        """Whether a small screen shows a pane of the side over the others."""
        return self.has_class("-narrow") and any(map(self.has_class, SIDE))

    def label_now(self, action: str) -> str | None:
        """A better word for what a key does now."""
        if action == self.NEXT_PANE:
            return self.name_of_next(action)
        if action == "start_or_pause" and self._waited_for in {"run", "trainer"}:
            return ""
        return proposals.label(action, self.picture, self.draft)

    @property
    def _waited_for(self) -> proposals.Waited | None:
        if self.busy:
            return "trainer"
        if self.opening:
            return "runs" if self.looking else "run"
        return None

    def show_state(self) -> None:
        """Say everywhere how things stand and what one may do."""
        facts = self.query_one(CorpusPane).facts(self.source)
        words = proposals.Words(
            self.picture,
            self.draft,
            corpus=facts.name if facts is not None else self.source,
            waiting_for=self._waited_for,
            setting_up=self._setting_up,
        )
        self.query_one(StatusLine).show_words(words.status)
        self.query_one(HintLine).propose(words.hint)
        self.query_one(HyperparametersPane).tell(words.form)
        self.query_one(ChartPane).show_empty(words.empty_chart)
        self.query_one(SamplePane).show_empty(words.empty_samples)
        self.refresh_bindings()
