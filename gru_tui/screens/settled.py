"""The garbage collector leaves alone what lives as long as the app: modules, styles, widgets.

Going through all of that takes it a tenth of a second, which a key then waits for, and a trainer.
"""

import gc

from textual.app import App

LOADED = 10.0  # seconds until also what the first frame does not wait for has come


class Settled(App[str]):
    """Freezes what is there, twice; what comes later is collected as ever."""

    def on_ready(self) -> None:
        """The first frame is not interrupted; `launch` has switched the collector off."""
        self.call_after_refresh(self._settle)
        self.set_timer(LOADED, gc.freeze)

    def on_unmount(self) -> None:
        """Whoever goes on after the app has everything collected, even if no frame was drawn."""
        gc.unfreeze()
        gc.enable()

    def _settle(self) -> None:
        gc.freeze()
        gc.enable()
