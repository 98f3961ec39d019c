"""What an office gets of its visits, in one pass: sheets, voice messages, figures and a page for each set.

Everything lies in one folder, for this user alone. The sheets and voice messages hold what each person said: they are
the office's. Only the pages are made to be shown to others, and hold nothing that is told of few.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from collector.errors import CollectorError
from collector.export import file_name
from collector.figures.figures import LEAST_VISITS, SetFigures, figures_of
from collector.figures.tally import Tally
from collector.kiosk_health import FORM_ID as KIOSK_HEALTH
from collector.page.write import write_page
from collector.sheets import FormSheet
from collector.sources.gather import readings
from collector.sources.reading import LazyFiles, Reading, visit_of
from collector.visits import How
from openrosa.question_set import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from collector.sources.forms import Forms, KnownForm
    from collector.sources.gather import Source
    from collector.visits import Visit


@dataclass(frozen=True)
class Wanted:
    """What to write, and where.

    Attributes:
        form_id: of one form alone; None: of all.
        language: of labels and pages; where a set has it not, its default one.
        first, last: days of visits, both included; None: no end. A visit without a day goes by its arrival.
        voices: whether the pages hold voice messages.
    """

    folder: Path
    form_id: str | None = None
    language: str | None = None
    least_visits: int = LEAST_VISITS
    first: date | None = None
    last: date | None = None
    voices: bool = True


@dataclass
class Written:
    """What was done.

    Attributes:
        files: sheets and pages, in the order of the forms.
        tallies: what was counted, a version of a set each; figures come from it.
        figures: of each version that had visits.
        visits: rows with answers, of all forms.
        unread: name and why, of what can't be read.
        outside: visits that were left out because of their day.
        notes: what else has to be told, a sentence each.
        opened: the collector's numbers of a sensitive form's visits that nobody had opened.
    """

    files: list[Path] = field(default_factory=list)
    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    figures: list[SetFigures] = field(default_factory=list)
    visits: int = 0
    unread: list[tuple[str, str]] = field(default_factory=list)
    outside: int = 0
    notes: list[str] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)


def write_results(
    sources: Sequence[Source],
    forms: Forms,
    private_key: RSAPrivateKey | None,
    wanted: Wanted,
    told: Callable[[int], None] = lambda _count: None,
) -> Written:
    """Read everything once and write it.

    Args:
        sources: in the order in which they count where two have the same visit.
        forms: those that were named; the sources' own are added.
        private_key: the office's; None: sealed visits stay unread.
        wanted: what and where.
        told: is called with how many visits have been gone through.

    Raises: CollectorError: the folder can't be written.
    """
    for source in sources:
        source.add_forms(forms)
    try:
        wanted.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = _Folder(forms, wanted)
        try:
            for count, reading in enumerate(readings(sources, forms, private_key, wanted.form_id), 1):
                folder.take(reading)
                told(count)
            return folder.finish()
        finally:
            folder.give_up()
    except OSError as error:
        hint = "Name a folder with --to that you may write to."
        raise CollectorError("Cannot write", f"{error.filename or wanted.folder}: {error.strerror}", hint) from None


class _Folder:
    """Where it all goes."""

    def __init__(self, forms: Forms, wanted: Wanted) -> None:
        self._forms = forms
        self._wanted = wanted
        self._sheets: dict[str, FormSheet] = {}
        self._names: set[str] = set()
        self.done = Written()

    def take(self, reading: Reading) -> None:
        """Write a submission's row and voices, and count it. What kiosks tell of themselves is nobody's word."""
        if reading.form_id == KIOSK_HEALTH != self._wanted.form_id:
            return
        form = self._forms.find(reading.form_id, reading.version)
        if reading.why:
            self.done.unread.append((reading.instance_id, reading.why))
            if form is not None:
                self._sheet(form).add(reading, {})
            return
        if form is None:  # its source has another form than the one that was named
            self.done.unread.append((reading.instance_id, "its form is not here: name it with --form"))
            return
        visit = visit_of(reading, form.question_set) if form.question_set else None
        if not self._fits(visit.day if visit else None, reading):
            self.done.outside += 1
            return
        voices = self._voices(form, visit) if visit else {}
        self._sheet(form).add(reading, voices)
        self.done.visits += 1
        if reading.unopened is not None:
            self.done.opened.append(reading.unopened)
        if visit and form.question_set:
            there = {answer.file: voices[name] for name, answer in visit.answers.items() if name in voices}
            key = (form.form_id, form.version)
            tally = self.done.tallies.setdefault(key, Tally(form.question_set))
            tally.add(replace(visit, files=LazyFiles(there, lambda name: _read(there[name]))))

    def finish(self) -> Written:
        """Put the sheets into their places, and write the pages."""
        for form_id, sheet in self._sheets.items():
            self.done.files += sheet.close()
            self.done.notes += [f"{form_id}: left out of the sheet, as it repeats: {path}" for path in sheet.left_out]
            for form in self._forms.versions(form_id):
                if form.question_set is None:
                    self.done.notes.append(f"{form_id} version {form.version}: no figures: {form.why}")
                elif (form_id, form.version) in self.done.tallies:
                    self._page(form, self.done.tallies[form_id, form.version])
        return self.done

    def give_up(self) -> None:
        """Leave nothing half written."""
        for sheet in self._sheets.values():
            sheet.give_up()

    def _page(self, form: KnownForm, tally: Tally) -> None:
        assert form.question_set is not None  # noqa: S101 - for mypy: there is a tally of it
        if not self._wanted.voices:
            tally.messages.clear()
        found = figures_of(tally, self._wanted.least_visits, self._wanted.language)
        target = self._wanted.folder / f"{file_name(f'{form.form_id}-{form.version}', self._names)}.html"
        write_page(found, form.question_set, form.files, target)
        self.done.figures.append(found)
        self.done.files.append(target)

    def _sheet(self, form: KnownForm) -> FormSheet:
        if form.form_id not in self._sheets:
            newest_first = self._forms.versions(form.form_id)[::-1]
            name = file_name(form.form_id, self._names)
            self._sheets[form.form_id] = FormSheet(self._wanted.folder, name, newest_first, self._wanted.language)
        return self._sheets[form.form_id]

    def _fits(self, day: date | None, reading: Reading) -> bool:
        """Whether its day is one of those that are wanted; a visit that has none fits only where all days do."""
        day = day or (reading.received_at.date() if reading.received_at else None)
        first, last = self._wanted.first, self._wanted.last
        if day is None:
            return first is None and last is None
        return (first is None or first <= day) and (last is None or day <= last)

    def _voices(self, form: KnownForm, visit: Visit) -> dict[str, Path]:
        """The files of its voice messages, by question. One that is missing or damaged is told of."""
        assert form.question_set is not None  # noqa: S101 - for mypy: a visit has a set
        found = {}
        for question in form.question_set.questions:
            answer = visit.answers.get(question.name)
            if question.kind is not Kind.AUDIO or answer is None or answer.how is not How.GIVEN:
                continue
            if not answer.file:
                self.done.unread.append((visit.instance_id, f"its voice message to {question.name} is missing"))
                continue
            try:
                found[question.name] = self._sheet(form).keep_voice(visit, answer)
            except CollectorError as error:
                self.done.unread.append((visit.instance_id, f"its voice message to {question.name}: {error.subject}"))
        return found


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CollectorError("Cannot read", f"{path}: {error.strerror}", "Write the results once more.") from None
