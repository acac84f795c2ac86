"""The hyperparameters while they are edited: in force, asked for, typed, and what is wrong."""

from collections.abc import Iterable, Mapping
from typing import Literal

from engine.errors import HyperparameterError
from engine.fields import Value
from engine.hyperparameters import FIELDS, LIVE, Hyperparameters, field
from gru_tui import deadline
from gru_tui.adapting import Circumstances, fitted
from gru_tui.presets import PRESETS

When = Literal["now", "epoch"]
OF_THE_MACHINE = frozenset({"random_seed", "processes", "blas_threads"})  # no preset sets these


def as_text(value: object) -> str:
    """A value as the form shows it: 0.006, 1e-05, yes."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


class Draft:
    """Values in force, values that the run was asked for, and edits over both.

    With a run that has begun only the live hyperparameters may change (`fixed` is True).
    """

    def __init__(self) -> None:
        self.fixed = False
        self.spent = 0.0  # seconds that the run has had: a time of day is reckoned from there
        self.waiting: dict[str, When] = {}  # asked for, not in effect yet
        self._asked: dict[str, Value] = {}  # for every name in `waiting`
        self._base: dict[str, Value] = Hyperparameters().to_mapping()
        self._typed: dict[str, str] = {}
        self._presets: dict[str, Mapping[str, Value]] = dict(PRESETS)

    def text(self, name: str) -> str:
        """What the field shows."""
        return self._typed.get(name, as_text(self._expected(name)))

    def type(self, name: str, text: str) -> None:
        """Take what was typed; the very value in force counts as no edit."""
        if text == as_text(self._expected(name)):
            self._typed.pop(name, None)
        else:
            self._typed[name] = text

    def locked(self, name: str) -> bool:
        """Whether the run that has begun keeps this one as it is."""
        return self.fixed and name not in LIVE

    def fault(self, name: str) -> str:
        """What is wrong with what was typed, as a sentence; "" when nothing is."""
        if name not in self._typed:
            return ""
        try:
            self._parsed(name)
        except HyperparameterError as error:
            return str(error)
        return ""

    def edited(self, name: str) -> bool:
        """Whether the field holds something else than what is in force or waits."""
        return name in self._typed and (bool(self.fault(name)) or name in self.changes())

    def marked(self, name: str) -> bool:
        """Whether a run has begun that does not know this edit: it may be applied or undone."""
        return self.fixed and self.edited(name)

    def faults(self) -> dict[str, str]:
        """The sentences by name, in the order of the table."""
        found = {known.name: self.fault(known.name) for known in FIELDS}
        return {name: fault for name, fault in found.items() if fault}

    def changes(self, *, anew: bool = False) -> dict[str, Value]:
        """The valid edits that differ from what is in force; `anew`: for a run that begins."""
        found: dict[str, Value] = {}
        for name in self._typed:
            if not self.fault(name) and not self.locked(name):
                value = self._parsed(name, anew=anew)
                if value != self._expected(name):
                    found[name] = value
        return found

    def hyperparameters(self) -> Hyperparameters:
        """Everything as it would be. Raises HyperparameterError with the first fault."""
        typed = {name: self._parsed(name) for name in self._typed}
        return Hyperparameters.from_mapping({**self._base, **self._asked, **typed})

    def _parsed(self, name: str, *, anew: bool = False) -> Value:
        """What was typed, as a value; 18:30 and 45m are max_seconds, too."""
        text: object = self._typed[name]
        if name == deadline.NAME:
            text = deadline.in_seconds(text, 0.0 if anew else self.spent)
        return field(name).parse(text)

    def _expected(self, name: str) -> Value:
        return self._asked.get(name, self._base[name])

    @property
    def touched(self) -> bool:
        """Whether anything was typed that is not in force."""
        return bool(self._typed)

    def undo(self, name: str | None = None) -> None:
        """Forget what was typed, in that field or everywhere."""
        if name is None:
            self._typed.clear()
        else:
            self._typed.pop(name, None)

    def forget(self) -> None:
        """Forget also what was asked for: nobody is going to do it any more."""
        self.undo()
        self.waiting.clear()
        self._asked.clear()

    def apply(self, when: When) -> dict[str, Value]:
        """The edits leave for the run; they wait until it says that they are in force."""
        sent = self.changes()
        for name in sent:
            del self._typed[name]
            self.waiting[name] = when
        self._asked.update(sent)
        return sent

    def rebase(self, values: Mapping[str, Value], *, fixed: bool) -> bool:
        """New values in force; edits stay where they still differ. True if anything changed."""
        changed = fixed != self.fixed or any(self._base[k] != v for k, v in values.items())
        self.fixed = fixed
        self._base.update(values)
        for name in [n for n, value in self._asked.items() if self._base[n] == value]:
            del self.waiting[name], self._asked[name]
            changed = True
        for name, text in list(self._typed.items()):
            if self.locked(name) or text == as_text(self._expected(name)):
                del self._typed[name]
        return changed

    def take_back(self, values: Mapping[str, Value]) -> None:
        """The run was asked for these and will not do it: they are edits again."""
        for name, value in values.items():
            if self._asked.get(name) == value:
                self.withdraw((name,))
                self._typed.setdefault(name, as_text(value))

    def withdraw(self, names: Iterable[str]) -> None:
        """Nobody waits for these any more."""
        for name in names:
            self.waiting.pop(name, None)
            self._asked.pop(name, None)

    def release(self) -> None:
        """Another run is being set up: what the fields say stays, and all of it may change."""
        kept = {known.name: self.text(known.name) for known in FIELDS}
        self.forget()
        self.fixed, self.spent = False, 0.0
        for name, text in kept.items():
            self.type(name, text)

    def take_preset(self, name: str, here: Circumstances | None = None) -> tuple[str, ...]:
        """Fill the fields with a preset, fitted to `here`; a sentence for each fitted value."""
        values, reasons = (PRESETS[name], ()) if here is None else fitted(PRESETS[name], here)
        self._presets = {**PRESETS, name: values}
        self.fill(values)
        return reasons

    def fill(self, values: Mapping[str, Value]) -> None:
        """These values where they may change, the defaults for the others.

        Random seed, processes and threads are the machine's and stay as they are.
        """
        for known in FIELDS:
            if known.name not in OF_THE_MACHINE and not self.locked(known.name):
                self.type(known.name, as_text(values.get(known.name, known.default)))

    def preset(self) -> str | None:
        """The name of the preset that says just what the fields say, if there is one."""
        shown = {known.name: self.text(known.name) for known in FIELDS}
        for name, values in self._presets.items():
            if all(
                shown[known.name] == as_text(values.get(known.name, known.default))
                for known in FIELDS
                if known.name not in OF_THE_MACHINE
            ):
                return name
        return None
