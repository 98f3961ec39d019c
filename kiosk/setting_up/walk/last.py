"""The last page: all that was chosen, what `sayso check` says of it, and only then it is written."""

from __future__ import annotations

from typing import ClassVar

from kiosk.checks.lines import Level, Line
from kiosk.checks.whole import fit
from kiosk.setting_up import writing
from kiosk.setting_up.walk.page import ScrolledPage

WRITE, BACK, LEAVE = "write", "back", "leave"


class LastPage(ScrolledPage):
    """Write it?"""

    TITLE: ClassVar[str] = "Is this right?"

    def __init__(self) -> None:
        super().__init__()
        self._lines: tuple[Line, ...] = ()

    def on_mount(self) -> None:
        """The summary at once, the check's lines as soon as it is through."""
        self.offer_nothing()
        self._show("Checking, as `sayso check` does ...")
        draft, quick = self.draft, self.walk.quick
        self.beside(lambda: tuple(writing.checked(draft, quick=quick)), self._checked, self._refused)

    def _show(self, *more: str) -> None:
        chosen = [f"{name:11} {value}" for name, value in writing.summary(self.draft)]
        self.show_lines((*chosen, "", *more))

    def _checked(self, lines: tuple[Line, ...]) -> None:
        self._lines = lines
        self.walk.fit = fit(lines)
        order = (Level.ERROR, Level.ADVICE)
        told = [_told(line) for level in order for line in lines if line.level is level]
        well = sum(line.level is Level.FINE for line in lines)
        self._show(f"Checked: {well} fine{', and:' if told else '.'}", *told)
        if not self.walk.fit:
            self.say("It is not fit to open yet: see the errors above. It can be written all the same.")
        self.offer(((WRITE, "Write it"), (BACK, "Go back"), (LEAVE, "Leave: nothing is written")))

    def _refused(self, why: str) -> None:
        self.say(why)
        self.offer(((BACK, "Go back"), (LEAVE, "Leave: nothing is written")))

    def chosen(self, name: str) -> None:
        """Write, or not."""
        if name == BACK:
            self.walk.go_back()
        elif name == LEAVE:
            self.walk.exit()
        else:
            self.offer_nothing()
            self.say("Writing ...")
            draft = self.draft
            self.beside(lambda: writing.put(draft), self._written, self._refused)

    def _written(self, written: writing.Written) -> None:
        self.walk.written = written
        self.walk.exit()


def _told(line: Line) -> str:
    """As the check says it."""
    return f"{line.level.value}: {line.what}: {line.met.rstrip('.')}. {line.todo}"
