"""Keys pass one at a time: the next one waits until all has happened that the last one does.

Textual hands every key at once to whatever has the focus, and obeys most of them later, by way of
the app. Over a slow line keys come many in one piece: those behind one that moves the focus or
opens a dialog would go to the wrong place, and letters meant for a field would be commands.
"""

import asyncio
from collections import deque
from collections.abc import Sequence

from textual.app import App, ScreenStackError
from textual.events import Event, Key, Paste
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget

LEAST_WALKS = 2  # the first goes behind the key, the second behind what it has caused
MOST_WALKS = 20
LONGEST = 5.0  # seconds; a key that takes longer must not lock the keyboard

Place = tuple[Screen[object], Widget | None]


class Turnstile(App[str]):
    """The base of the app that lets keys and pastes in."""

    def __init__(self) -> None:
        super().__init__()
        self._outside: deque[Event] = deque()
        self._passing = 0  # the number of the key that is being obeyed; 0: none is
        self._writing = False  # and it is a letter for a field: another one may follow at once
        self._passed = 0
        self._held = 0  # the number of the key whose dialog a thread prepares; 0: of none
        self._patience: asyncio.TimerHandle | None = None

    async def on_event(self, event: Event) -> None:
        """A key that comes while another one is being obeyed waits outside."""
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._passing and (self._outside or not self._may_follow(event)):
            self._outside.append(event)
        else:
            await self._let_in(event)

    def hold_keys(self) -> None:
        """What the last key asks for comes from a thread: the next one waits until it is there."""
        self._held = self._passing

    def release_keys(self) -> None:
        """It is there, or will not come."""
        held, self._held = self._held, 0
        if held and held == self._passing:
            self._walk(held, self._place, 1)

    async def _let_in(self, event: Event) -> None:
        self._writing = self._is_letter(event)
        self._passed += 1
        number = self._passing = self._passed
        if self._patience is not None:
            self._patience.cancel()
        loop = asyncio.get_running_loop()
        self._patience = loop.call_later(LONGEST, self._let_out, number)
        before = self._place
        await super().on_event(event)
        self._walk(number, before, 1)
        if self._outside and self._may_follow(self._outside[0]):
            self.call_next(self._let_in, self._outside.popleft())

    def _may_follow(self, event: Event) -> bool:
        return self._writing and self._is_letter(event)

    def _is_letter(self, event: Event) -> bool:
        """Whether the field that has the focus takes it as text, whatever the key may mean."""
        focused = self.screen.focused
        return (
            isinstance(event, Key)
            and focused is not None
            and focused.check_consume_key(event.key, event.character)
        )

    @property
    def _place(self) -> Place:
        """Where a key would go now."""
        return self.screen, self.screen.focused

    def _walk(self, number: int, place: Place, count: int) -> None:
        """Wait behind all that lies in the queues from that place up to the app."""
        screen, focused = place
        path = (focused or screen).ancestors_with_self
        self._go_behind(number, place, count, [node for node in path if node is not self])

    def _go_behind(
        self, number: int, place: Place, count: int, path: Sequence[MessagePump]
    ) -> None:
        for index, node in enumerate(path):
            if node.call_later(self._go_behind, number, place, count, path[index + 1 :]):
                return
        self.call_later(self._arrived, number, place, count)

    def _arrived(self, number: int, place: Place, count: int) -> None:
        if number != self._passing or number == self._held:
            return
        try:
            now = self._place
        except ScreenStackError:  # the app has ended
            return
        if count < MOST_WALKS and (count < LEAST_WALKS or now != place):
            self._walk(number, now, count + 1)
        else:
            self._let_out(number)

    def _let_out(self, number: int) -> None:
        """The next one, please."""
        if number != self._passing:
            return
        self._passing = 0
        if self._patience is not None:
            self._patience.cancel()
        if self._outside:
            self.call_next(self._let_in, self._outside.popleft())
