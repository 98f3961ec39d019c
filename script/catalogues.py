#!/usr/bin/env python3
"""Brings catalogues into step with their templates.

What the kiosk says is in kiosk/saying/locale/sayso.pot, what pages of results say in collector/page/locale/page.pot.

    script/catalogues.py            after a change of a template
    script/catalogues.py --new fr   begin a language: kiosk/saying/locale/fr/LC_MESSAGES/sayso.po, without words yet

A sentence is known by its id (msgctxt). A new one is added without words, one that is gone is taken away; where the
English changed, the translation stays and is marked as fuzzy: unchecked. English itself is copied from the template.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click
from babel.core import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE = ROOT / "kiosk" / "saying" / "locale" / "sayso.pot"
TEMPLATES = (TEMPLATE, ROOT / "collector" / "page" / "locale" / "page.pot")
FIRST = "en"
WIDTH = 110


def updated(template: Catalog, before: Catalog, code: str) -> Catalog:
    """The catalogue of a language with the template's sentences, in its order."""
    after = Catalog(
        locale=code.replace("-", "_"),
        project=template.project,
        version=template.version,
        msgid_bugs_address=template.msgid_bugs_address,
        last_translator=before.last_translator,
        language_team=before.language_team,
        creation_date=template.creation_date,
        revision_date=before.revision_date,
        charset="utf-8",
        header_comment=template.header_comment,
        fuzzy=False,
    )
    known = {one.context: one for one in before if one.id}
    for one in template:
        if not one.id:
            continue
        old = known.get(one.context)
        said = one.id if code == FIRST else old.string if old is not None else ""
        changed = old is not None and old.id != one.id
        fuzzy = code != FIRST and bool(old and worded(old)) and (changed or (old is not None and old.fuzzy))
        after.add(
            one.id,
            said,
            context=one.context,
            auto_comments=one.auto_comments,
            user_comments=old.user_comments if old is not None else (),
            flags={"fuzzy"} if fuzzy else (),
        )
    return after


def worded(one: Message) -> bool:
    """Whether it has words, in every form that it needs."""
    return bool(one.string) and (isinstance(one.string, str) or all(one.string))


def write(catalogue: Catalog, path: Path) -> None:
    """As every tool for gettext writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, width=WIDTH)


def read(path: Path) -> Catalog:
    """A catalogue, or the template."""
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def begin(code: str) -> None:
    """A catalogue of that language without words, beside each template."""
    try:
        Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError) as error:
        sys.exit(f"Cannot begin '{code}': {error}. Give a code such as fr or en-GB.")
    paths = {template: place(template, code) for template in TEMPLATES}
    for path in paths.values():
        if path.exists():
            sys.exit(f"Cannot begin '{code}': {path} is there. Write into that one.")
    for template, path in paths.items():
        write(updated(read(template), Catalog(locale=code.replace("-", "_")), code), path)
        click.echo(f"{path}: begun, {len(read(template))} sentences to translate")


def place(template: Path, code: str) -> Path:
    """Where a language's catalogue lies."""
    return template.parent / code / "LC_MESSAGES" / f"{template.stem}.po"


@click.command()
@click.option("--new", "code", default="", help="Code of a language to begin: fr, pl, de.")
def main(code: str) -> None:
    """Bring every catalogue into step with the template of its folder; with --new, begin a language."""
    if code:
        begin(code)
        return
    for template in TEMPLATES:
        for path in sorted(template.parent.glob(f"*/LC_MESSAGES/{template.stem}.po")):
            language = path.parent.parent.name
            after = updated(read(template), read(path), language)
            write(after, path)
            empty = sum(not worded(one) for one in after if one.id)
            fuzzy = sum(one.fuzzy for one in after if one.id)
            click.echo(f"{template.stem}, {language}: {len(after)} sentences, {empty} without words, {fuzzy} unchecked")


if __name__ == "__main__":
    main()
