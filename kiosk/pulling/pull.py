"""From the server's form list to the shelf: fetched, checked as the kiosk checks it, and only then put there.

A list may be a sign-in page, a form half a form, a file's name a path. What cannot be used changes nothing: the version
that was there is asked on.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from kiosk.checks.lines import Level, Line
from kiosk.checks.sets import check_set
from kiosk.errors import KioskError
from kiosk.keeping.lock import Lock
from kiosk.keeping.owner import refuse_root
from kiosk.pulling.shelf import FOLDER, LOCK, Draft, Pulled, Shelf
from kiosk.pulling.went import SetOnServer, State
from kiosk.settings import Config
from openrosa.errors import OpenRosaError
from openrosa.findings import one_line
from openrosa.protocol import FormEntry, ManifestFile, md5_hash
from openrosa.question_set import QuestionSet
from openrosa.submission import check_name
from openrosa.xform import load

OP = "Cannot take question set"
UNREADABLE = "Cannot read"
"""The `op` of `openrosa.protocol` for what is not what it should be."""
MOST_BYTES = 300_000_000
"""Of one version's files together: an hour of recordings as WAV. One file has the client's own limit."""
LEAVE_FREE_BYTES = 200_000_000
"""Room for visits is worth more than new questions."""
MOST_FILES = 2_000
_MOST_TOLD = 10


class Server(Protocol):
    """What gives forms: `openrosa.client.Client`."""

    def form_list(self) -> tuple[FormEntry, ...]:
        """What it offers."""

    def form(self, entry: FormEntry, /) -> bytes:
        """A form."""

    def manifest(self, entry: FormEntry, /) -> tuple[ManifestFile, ...]:
        """A form's files."""

    def media(self, file: ManifestFile, /) -> bytes:
        """One of them."""


def wanted(config: Config) -> tuple[Shelf, ...]:
    """The sets of the configuration that come from the server."""
    found = (Shelf.of_path(path) for path in config.sets)
    return tuple(shelf for shelf in found if shelf is not None)


def pull(
    config: Config, server: Server, today: date, on_progress: Callable[[str], None] = lambda _what: None
) -> tuple[SetOnServer, ...]:
    """Fetch what is new of every set that comes from the server.

    Args:
        config: names them.
        server: gives them.
        today: written beside what came.
        on_progress: told what is being fetched, in a few words.

    Raises:
        KioskError: another pull is running, or the data folder can't be used.
        OpenRosaError: the server gave no form list.
    """
    with _alone(config):
        on_progress("the server's list")
        go = _Go(config, server, offered_by(server), today, on_progress)
        return tuple(go.pulled(shelf) for shelf in wanted(config))


def offered_by(server: Server) -> tuple[FormEntry, ...]:
    """Its form list. Raises: OpenRosaError: there is none; what is no list is most often a sign-in page."""
    try:
        return server.form_list()
    except OpenRosaError as error:
        if error.op != UNREADABLE:
            raise
        hint = "Check server.url, and that no sign-in page of the network is in between."
        raise OpenRosaError(error.op, error.subject, hint) from error


@dataclass(frozen=True)
class _Go:
    """One pull of every set.

    Attributes: as `pull` has them.
        offered: the server's list.
    """

    config: Config
    server: Server
    offered: Sequence[FormEntry]
    today: date
    on_progress: Callable[[str], None]

    def pulled(self, shelf: Shelf) -> SetOnServer:
        """Take one set, if there is a new one that can be used."""
        try:
            state, message = self._take(shelf)
        except (KioskError, OpenRosaError) as error:
            state, message = State.FAILED, one_line(str(error))
        note = shelf.note()
        return SetOnServer(
            form_id=shelf.form_id,
            state=state,
            version=note.version if note else "",
            hash=note.hash if note else "",
            message=message,
        )

    def _take(self, shelf: Shelf) -> tuple[State, str]:
        name = one_line(shelf.form_id)
        entry = next((one for one in reversed(self.offered) if one.form_id == shelf.form_id), None)
        note = shelf.note() if shelf.intact() else None
        if entry is None:
            there = ", ".join(f"'{one_line(one.form_id)[:60]}'" for one in self.offered[:_MOST_TOLD]) or "none"
            if not shelf.versions():
                hint = "Publish it and give it to this kiosk, or write another id in sets."
                raise KioskError(OP, f"'{name}': the server does not offer it; there is {there}", hint)
            return State.KEPT, "The server offers it no longer. It is asked until it is taken out of sets."
        files = {file.name: file for file in self.server.manifest(entry)}
        if note is not None and entry.hash and note.hash == entry.hash and _same(note, files):
            return State.SAME, ""
        self.on_progress(f"{name}, version {one_line(entry.version) or 'without a number'}")
        xform = self.server.form(entry)
        question_set = load(xform, f"{name}.xml")
        if question_set.form_id != shelf.form_id:
            subject = f"'{name}': the form behind that name calls itself '{one_line(question_set.form_id)[:60]}'"
            raise KioskError(OP, subject, "Tell who runs the server.")
        with shelf.draft() as draft:
            sums = {shelf.path.name: draft.write(draft.form, xform)}
            sums |= self._fetched(draft, question_set, files)
            if note is not None and sums == note.files:
                return State.SAME, ""  # from a server that gives no hashes
            _need_usable(draft, self.config)
            media = {one.name: _hash_of(files, one.name) for one in question_set.media}
            hash_ = entry.hash or md5_hash(xform)
            shelf.put(
                draft,
                Pulled(
                    form_id=shelf.form_id,
                    version=question_set.version,
                    hash=hash_,
                    media=media,
                    files=sums,
                    day=self.today,
                ),
            )
        return State.NEW, ""

    def _fetched(self, draft: Draft, question_set: QuestionSet, files: dict[str, ManifestFile]) -> dict[str, str]:
        """Fetch the files that the form names, and no others; SHA-256 by path in the version's folder."""
        names = tuple(dict.fromkeys(one.name for one in question_set.media))
        if len(names) > MOST_FILES:
            raise KioskError(
                OP, f"'{question_set.form_id}': it names {len(names)} files", f"Name at most {MOST_FILES}."
            )
        sums: dict[str, str] = {}
        size_bytes = 0
        for place, name in enumerate(names, 1):
            check_name(name)
            if name not in files:
                subject = f"'{question_set.form_id}': it names '{name}', which the server does not have"
                raise KioskError(OP, subject, "Upload that file to the server, beside the form.")
            self.on_progress(f"file {place} of {len(names)}: {name}")
            data = self.server.media(files[name])
            size_bytes += len(data)
            if size_bytes > MOST_BYTES:
                subject = f"'{question_set.form_id}': its files have more than {MOST_BYTES / 1e6:.0f} MB together"
                raise KioskError(OP, subject, "Record as FLAC, or make the pictures smaller.")
            if shutil.disk_usage(draft.folder).free - len(data) < LEAVE_FREE_BYTES:
                subject = f"'{question_set.form_id}': there is no room for its files"
                raise KioskError(OP, subject, f"Free some space: {LEAVE_FREE_BYTES / 1e6:.0f} MB are left for visits.")
            path = draft.media / name
            sums[str(path.relative_to(draft.folder))] = draft.write(path, data)
        return sums


def _need_usable(draft: Draft, config: Config) -> None:
    """What the kiosk and `sayso check` would say of it. Raises: KioskError: that it cannot be asked."""
    wrong: list[Line] = [line for line in check_set(draft.form, config, None) if line.level is Level.ERROR]
    if wrong:
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        hint = f"{wrong[0].todo} Then publish it anew."
        raise KioskError(OP, f"'{draft.form.stem}': {wrong[0].met}{more}", hint)


def _same(note: Pulled, files: dict[str, ManifestFile]) -> bool:
    """Whether the server's list says of each file what it said when it came."""
    return all(hash_ and _hash_of(files, name) == hash_ for name, hash_ in note.media.items())


def _hash_of(files: dict[str, ManifestFile], name: str) -> str:
    return files[name].hash if name in files else ""


@contextmanager
def _alone(config: Config) -> Iterator[None]:
    """One pull at a time, as the kiosk's own user. Raises: KioskError."""
    folder = config.store.folder / FOLDER
    try:
        config.store.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        refuse_root(config.store.folder, "Cannot pull question sets", "questions pull")
        folder.mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        hint = "Let the user that runs Sayso write there, or name another folder in store.folder."
        raise KioskError("Cannot use the data folder", f"{config.store.folder}: {error.strerror}", hint) from error
    lock = Lock.take(folder / LOCK, "pull")
    try:
        yield
    finally:
        lock.release()
