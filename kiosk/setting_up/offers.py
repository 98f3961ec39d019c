"""What there is to choose from: languages that can be spoken and heard, and question sets."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from kiosk.checks.lines import Level
from kiosk.checks.machine import speaks
from kiosk.errors import KioskError
from kiosk.pulling.shelf import PREFIX
from kiosk.saying.prompts import english_name, languages_of
from kiosk.saying.sentences import CATALOGUES, catalogue_of, same_language
from kiosk.sets import load_set
from kiosk.setting_up.draft import Draft
from openrosa.convert import SHEET_SUFFIXES, Converted, convert
from openrosa.errors import OpenRosaError
from openrosa.protocol import FormEntry
from openrosa.sheet_markdown import columns, rows
from openrosa.xform import load
from voice.models import installed_model

SETS_FOLDER = "sets"
"""Beside the configuration: forms that were converted for this kiosk."""
MOST_SETS = 3
TRIAL_LANGUAGE = "en"
"""What the trial engine hears, which needs no model."""
RATE_WPM = 140
_LABEL = re.compile(r"label::.*\(([A-Za-z][\w-]*)\)")


@dataclass(frozen=True)
class Language:
    """A language to begin in.

    Attributes:
        code: "en".
        title: its English name, and what of it there is.
        spoken: a voice speaks it.
        heard: a recogniser understands it; else answers go by keys.
    """

    code: str
    title: str
    spoken: bool
    heard: bool


@dataclass(frozen=True)
class Offer:
    """A question set that can be chosen.

    Attributes:
        value: what stands for it in `sets`.
        title: for whoever chooses.
        languages: what it can be asked in; empty: not known before it is fetched.
        sheet: it is converted from that; None: it is a form already, or the server's.
        refused: why it can't be asked; "" if it can.
    """

    value: str
    title: str
    languages: tuple[str, ...] = ()
    sheet: Path | None = None
    refused: str = ""


def languages(draft: Draft, offered: tuple[Offer, ...]) -> tuple[Language, ...]:
    """Those that the kiosk's own sentences or a set are in; a voice is tried for each, which takes a moment."""
    codes = dict.fromkeys([*CATALOGUES, *(code for one in offered for code in one.languages)])
    return tuple(_language(code, draft) for code in codes if code != "default")


def heard(code: str, draft: Draft) -> bool:
    """Whether there is an engine for a language: an installed model, or the trial engine's own."""
    return installed_model(code, draft.models_folder) is not None or same_language(code, TRIAL_LANGUAGE)


def with_language(draft: Draft, code: str) -> Draft:
    """To begin in that language, and to recognise it where there is an engine for it."""
    draft = draft.having(home__language=code)
    return draft.having(voice__language=code.split("-", maxsplit=1)[0].lower()) if heard(code, draft) else draft


def _language(code: str, draft: Draft) -> Language:
    spoken = speaks(code, RATE_WPM).level is Level.FINE
    hears = heard(code, draft)
    parts = [
        "spoken" if spoken else "no voice: recordings only",
        "understood" if hears else "answers by keys",
        *(() if catalogue_of(code) else ("the kiosk's own sentences in English",)),
    ]
    return Language(code, f"{english_name(code)} ({code}): {', '.join(parts)}", spoken, hears)


def offers(draft: Draft, shipped: Path, forms: tuple[FormEntry, ...] = ()) -> tuple[Offer, ...]:
    """Every set there is: those of the configuration first, then the server's, then those that come with Sayso.

    Args:
        draft: as it stands.
        shipped: the folder `question_sets`.
        forms: what the server offers.
    """
    standing = [_standing(draft, value) for value in draft.raw.get("sets", ()) if value not in draft.sheets]
    server = [
        Offer(f"{PREFIX}{form.form_id}", f"{form.name or form.form_id}, from the server, version {form.version or '-'}")
        for form in forms
    ]
    sheets = [glanced(path) for path in sorted(shipped.glob("*/*.md")) if path.parent.name == path.stem]
    # The same value twice is the one that stands there already, and one that would be written in its place.
    first = {one.value: one for one in reversed((*standing, *server))}
    ordered = dict.fromkeys(one.value for one in (*standing, *server))
    return (*(first[value] for value in ordered), *sheets)


def form_of(sheet: Path, public_key: str = "") -> Converted:
    """The form of a sheet, with that key. Made once as long as the sheet is the same: its pictures take a second.

    Raises: OpenRosaError, SheetRefusedError: as `openrosa.convert.convert`.
    """
    try:
        changed_ns = sheet.stat().st_mtime_ns
    except OSError:  # the converter says it better
        changed_ns = 0
    return _form_of(sheet, public_key, changed_ns)


@lru_cache(maxsize=16)
def _form_of(sheet: Path, public_key: str, _changed_ns: int) -> Converted:
    return convert(sheet, public_key or None)


def glanced(path: Path) -> Offer:
    """A shipped sheet by its title and its languages alone: to convert a dozen with their pictures takes too long.

    Whoever takes it has to look at it whole, by `of_sheet`.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return Offer(_value(path), f"{path.name}: cannot be read", sheet=path, refused=str(error))
    codes = (found[1] for name in columns(text, "survey") if (found := _LABEL.fullmatch(name)))
    titles = (row.cells.get("form_title", "") for row in rows(text, "settings"))
    known = tuple(dict.fromkeys(codes))
    return Offer(_value(path), f"{next(titles, '') or path.stem}, {_named(known)}", known, path)


def whole(offer: Offer, public_key: str = "") -> Offer:
    """The same, looked at whole where it is a sheet."""
    return offer if offer.sheet is None else of_sheet(offer.sheet, public_key)


def of_sheet(path: Path, public_key: str = "") -> Offer:
    """A sheet, or a form of somebody's own, as it would be used. What is wrong with it is told, not raised."""
    value = _value(path)
    try:
        if path.suffix.lower() in SHEET_SUFFIXES:
            found = load(form_of(path, public_key).xform, path.name)
        else:
            value, found = str(path.absolute()), load_set(path).question_set
    except (KioskError, OpenRosaError) as error:
        return Offer(value, f"{path.name}: cannot be used", refused=str(error))
    sheet = path if path.suffix.lower() in SHEET_SUFFIXES else None
    known = languages_of((found,))
    return Offer(value, f"{found.title or path.stem}, {_named(known)}", known, sheet)


def _value(sheet: Path) -> str:
    return f"{SETS_FOLDER}/{sheet.stem}.xml"


def _standing(draft: Draft, value: str) -> Offer:
    if value.startswith(PREFIX):
        return Offer(value, f"{value.removeprefix(PREFIX)}, from the server (as now)")
    path = draft.path.absolute().parent / value
    offer = of_sheet(path)
    title = f"{offer.title} (as now: {value})" if not offer.refused else offer.title
    return replace(offer, value=value, title=title)


def _named(codes: tuple[str, ...]) -> str:
    return ", ".join(english_name(code) for code in codes if code != "default")


def with_sets(draft: Draft, chosen: tuple[Offer, ...]) -> Draft:
    """With these sets.

    Raises: KioskError: none, too many, one that can't be asked, or one that does not have the home's language.
    """
    op = "Cannot use these question sets"
    if not chosen:
        raise KioskError(op, "because there is none", "Choose one to three.")
    if len({one.value for one in chosen}) < len(chosen):
        raise KioskError(op, "because two of them would be the same file", "Choose one of the two.")
    if len(chosen) > MOST_SETS:
        raise KioskError(op, f"because there are {len(chosen)}", f"Choose at most {MOST_SETS}.")
    language = str(draft.value("home.language"))
    for one in chosen:
        if one.refused:
            raise KioskError(op, f"because of {one.title}", one.refused)
        known = tuple(code for code in one.languages if code != "default")
        if known and not any(same_language(code, language) for code in known):
            met = f"because {one.title.partition(',')[0]} is not in {english_name(language)} ({language})"
            hint = f"It is in {', '.join(known)}: begin in one of these, or choose another set."
            raise KioskError(op, met, hint)
    sheets = {one.value: one.sheet for one in chosen if one.sheet is not None}
    return replace(draft.having(sets=[one.value for one in chosen]), sheets=sheets)
