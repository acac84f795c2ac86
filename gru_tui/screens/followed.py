"""Following the run that the Train screen shows: which one, from when, and until when."""

from abc import abstractmethod

from textual import on, work

from corpora.errors import ReportedError
from gru_tui.actions import worded
from gru_tui.context import Context
from gru_tui.curves.thinning import View
from gru_tui.panes.chart import ChartPane
from gru_tui.panes.messages import RunGone, Told
from gru_tui.screens.steered import SteeredScreen
from gru_tui.watching import Watcher


class FollowedScreen(SteeredScreen):
    """Has a watcher as long as it shows a run."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.looked_at = context
        self.run_id: str | None = None  # the run that is watched
        self._watcher: Watcher | None = None
        self._setting_up = False  # somebody asked for a new run: do not go back to the old one
        self.looking = True  # for the run to follow, if there is one
        self._asked_early = False  # to start or pause, while that was not known

    @property
    @abstractmethod
    def view(self) -> View:
        """What the chart wants to see."""

    @property
    def opening(self) -> bool:
        """Whether it is not known yet how the run stands that is to be shown."""
        return self.picture is None and (self.looking or self.run_id is not None)

    @abstractmethod
    def look_afresh(self) -> None:
        """Another run is shown from now on: zoom and cursor belonged to the one before."""

    @abstractmethod
    def show_no_run(self) -> None:
        """A new run is being set up."""

    def on_unmount(self) -> None:
        """The watcher's thread must not outlive the screen."""
        self._stop_watching()

    def on_screen_suspend(self) -> None:
        """Nobody sees the curves: they need not be computed."""
        if self._watcher is not None:
            self._watcher.want(None)

    def on_screen_resume(self) -> None:
        """Another screen may have chosen another run."""
        chosen = self.looked_at.run_id
        if chosen is not None and chosen != self.run_id:
            self.follow(chosen)
        elif chosen is None and not self._setting_up:
            self.call_after_refresh(self.find_run)  # what it loads would hold up the first frame
        elif self._watcher is not None:
            self._watcher.want(self.view)

    @work(thread=True, exclusive=True, group="finding")
    def find_run(self) -> None:
        """Follow the run that the app was opened on, or that trains, or the newest."""
        try:
            found = self.looked_at.run_id or self.steering.to_show()
        except ReportedError as error:
            self.post_message(Told(str(error), "error"))
            found = None
        self.app.call_from_thread(self.follow, found)
        import textual_plotext  # noqa: F401 - here rather than when the first curve is drawn

    def follow(self, run_id: str | None) -> None:
        """Watch that run from now on."""
        if run_id != self.run_id:
            self.look_afresh()
        self._stop_watching()
        self.looked_at.run_id = self.run_id = run_id
        self._setting_up = False
        if run_id is not None:
            watcher = Watcher(self.looked_at, run_id, self.post_message)
            watcher.want(self.view)
            self._watcher = watcher
            self.run_worker(watcher.follow, thread=True, group="watching")
        self.looking = False
        self.show_state()
        self._answer_early(run_id)

    def action_start_or_pause(self) -> None:
        """As soon as it is known whether there is a run."""
        if self.looking:
            self._asked_early = True
        else:
            super().action_start_or_pause()

    def _answer_early(self, run_id: str | None) -> None:
        if self._asked_early and run_id is None:
            self.action_start_or_pause()
        elif self._asked_early:
            self.tell(worded("There is a run already; {start_or_pause} once more is for it."))
        self._asked_early = False

    def leave_run(self) -> None:
        """Watch nothing: another run is being set up."""
        self._stop_watching()
        self.looked_at.run_id = None
        self._setting_up = True
        self.show_no_run()

    def _stop_watching(self) -> None:
        if self._watcher is not None:
            self._watcher.stop()
        self._watcher = self.run_id = self.picture = None

    @on(SteeredScreen.Began)
    def _began(self, event: SteeredScreen.Began) -> None:
        self.follow(event.run_id)
        if event.words:
            self.tell(event.words)

    @on(RunGone)
    def _gone(self, event: RunGone) -> None:
        """Somebody has deleted it."""
        if event.run_id == self.run_id:
            name = self.picture.name if self.picture is not None else event.run_id
            self.leave_run()
            if event.run_id not in self.looked_at.deleted:
                self.tell(f"{name} was deleted.", "warning")

    @on(ChartPane.Wanted)
    def _want(self, event: ChartPane.Wanted) -> None:
        if self._watcher is not None:
            self._watcher.want(event.view)
