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
        self._writing = False

    def on_mount(self) -> None:
        """The summary at once, the check's lines as soon as it is through."""
        self.offer_nothing()
        self._show("Checking, as `sayso check` does ...")
        draft, quick = self.draft, self.walk.quick

        def work() -> tuple[Line, ...]:
            lines: list[Line] = []
            for line in writing.checked(draft, quick=quick):
                lines.append(line)
                self.walk.call_from_thread(self._going, f"Checking: {line.what}, {len(lines)} lines so far ...")
            return tuple(lines)

        self.beside(work, self._checked, self._refused)

    def _going(self, words: str) -> None:
        """How far it is; a page that was left shows nothing."""
        if self.is_mounted:
            self._show(words)

    def _show(self, *more: str) -> None:
        chosen = [f"{name:11} {value}" for name, value in writing.summary(self.draft)]
        self.show_lines((*chosen, "", *more))

    def _checked(self, lines: tuple[Line, ...]) -> None:
        self.walk.fit = fit(lines)
        order = (Level.ERROR, Level.ADVICE)
        told = [_told(line) for level in order for line in lines if line.level is level]
        well = sum(line.level is Level.FINE for line in lines)
        self._show(f"Checked: {well} fine{', and:' if told else '.'}", *told)
        if not self.walk.fit:
            self.say("It is not fit to open yet: see the errors above. It can be written all the same.")
        self.offer(((WRITE, "Write it"), (BACK, "Go back"), (LEAVE, "Leave: nothing is written")))

    def _refused(self, why: str) -> None:
        self._writing = False
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
            draft, walk = self.draft, self.walk

            def work() -> None:
                walk.written = writing.put(draft)  # here: it is true even where nobody waits for it any more

            self._writing = True
            self.beside(work, self._written, self._refused)

    def action_back(self) -> None:
        """Esc; not in the middle of writing."""
        if not self._writing:
            super().action_back()

    def _written(self, _nothing: None) -> None:
        self.walk.exit()


def _told(line: Line) -> str:
    """As the check says it."""
    return f"{line.level.value}: {line.what}: {line.met.rstrip('.')}. {line.todo}"
