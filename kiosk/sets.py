"""Question sets as files: `NAME.xml`, and its recordings and pictures beside it in `NAME-media/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kiosk.errors import KioskError
from openrosa.question_set import QuestionSet
from openrosa.xform import load


@dataclass(frozen=True)
class LoadedSet:
    """A question set and where its files are."""

    question_set: QuestionSet
    media: Mapping[str, Path]


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
        raise KioskError(
            "Cannot read question set", f"'{path}': {error.strerror}", "Write the right path under sets in the TOML."
        ) from error
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
    return LoadedSet(question_set, media)


def load_sets(paths: tuple[Path, ...]) -> tuple[LoadedSet, ...]:
    """All of them. Raises: KioskError: two have the same form id; and whatever `load_set` raises."""
    loaded = tuple(load_set(path) for path in paths)
    ids = [one.question_set.form_id for one in loaded]
    for form_id in ids:
        if ids.count(form_id) > 1:
            raise KioskError(
                "Cannot use question sets", f"two are called '{form_id}'", "Give each its own form_id in its settings."
            )
    return loaded
