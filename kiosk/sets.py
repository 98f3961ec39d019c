"""Question sets as files: `NAME.xml`, and its recordings and pictures beside it in `NAME-media/`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kiosk.errors import KioskError
from kiosk.pulling.shelf import Shelf
from openrosa.errors import OpenRosaError
from openrosa.question_set import QuestionSet
from openrosa.xform import load

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LoadedSet:
    """A question set and where its files are."""

    question_set: QuestionSet
    media: Mapping[str, Path]
    path: Path


def load_set(path: Path) -> LoadedSet:
    """Read a form and look for every file that it names.

    Args:
        path: the XForm, `NAME.xml`; its files lie in `NAME-media/` beside it.

    Raises:
        KioskError: it can't be read, or a file that it names is missing.
        OpenRosaError: it is outside the profile.
    """
    try:
        xform = path.read_bytes()
    except OSError as error:
        hint = "Write the right path under sets in the TOML."
        if Shelf.of_path(path) is not None:
            hint = "It comes from the server: run `sayso questions pull` with this kiosk's configuration."
        raise KioskError("Cannot read question set", f"'{path}': {error.strerror}", hint) from error
    question_set = load(xform, path.name)
    folder = path.with_name(f"{path.stem}-media")
    media = {}
    for one in question_set.media:
        # A name that leads out of the folder is a form's attempt to read the machine's own files.
        found = folder / Path(one.name).name
        if one.name != found.name or not found.is_file():
            raise KioskError(
                "Cannot use question set",
                f"'{path}': it names '{one.name}', which is not in {folder}",
                "Put the file there, or run `sayso questions convert` again.",
            )
        media[one.name] = found
    return LoadedSet(question_set, media, path)


def load_usable(path: Path, check: Callable[[LoadedSet], None] = lambda _loaded: None) -> LoadedSet:
    """The same; of a set that came from the server, the newest version that can be used.

    Args:
        path: as the configuration has it.
        check: raises what keeps a set that was read from being asked.

    Raises: KioskError, OpenRosaError: what is wrong with the newest, where none can be used.
    """
    shelf = Shelf.of_path(path)
    *newer, oldest = (shelf.versions() if shelf else ()) or (path,)
    first: KioskError | OpenRosaError | None = None
    for each in newer:
        try:
            return _checked(each, check)
        except (KioskError, OpenRosaError) as error:
            log.error("%s", error)  # noqa: TRY400  a sentence for staff
            first = first or error
    try:
        return _checked(oldest, check)
    except (KioskError, OpenRosaError) as error:
        raise first or error from error


def _checked(path: Path, check: Callable[[LoadedSet], None]) -> LoadedSet:
    loaded = load_set(path)
    check(loaded)
    return loaded


def load_sets(
    paths: tuple[Path, ...], check: Callable[[LoadedSet], None] = lambda _loaded: None
) -> tuple[LoadedSet, ...]:
    """All of them. Raises: KioskError: two have the same form id; and whatever `load_usable` raises."""
    loaded = tuple(load_usable(path, check) for path in paths)
    ids = [one.question_set.form_id for one in loaded]
    for form_id in ids:
        if ids.count(form_id) > 1:
            raise KioskError(
                "Cannot use question sets", f"two are called '{form_id}'", "Give each its own form_id in its settings."
            )
    return loaded
