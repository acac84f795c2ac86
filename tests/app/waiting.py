"""The one way in which tests of the app wait: until something is so, never for a time."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from textual.pilot import Pilot

PATIENCE = 20.0  # seconds; the machine may be busy with other tests


async def until(pilot: Pilot[Any], condition: Callable[[], object], what: str = "") -> None:
    """Return when `condition` holds; fail, saying `what`, when it does not come to hold."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain until {what or 'the condition holds'}")
        await pilot.pause()
        await asyncio.sleep(0.01)
    await pilot.pause()
