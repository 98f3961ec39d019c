"""The forms that a collector offers. Any XForm will do: what a kiosk can ask is for the kiosk to judge."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from collector.database import insert_if_new
from collector.errors import CollectorError
from collector.tables import forms, media
from openrosa.errors import OpenRosaError
from openrosa.protocol import attribute, child, local_name, md5_hash, parse_xml, text_of
from openrosa.submission import check_name

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from lxml import etree

    from collector.database import Database

_VERSION = re.compile(r"[0-9]{1,18}(?:\.[0-9]{1,18}){0,8}")


@dataclass(frozen=True)
class Form:
    """One version of a form.

    Attributes:
        version: "" for a form without one.
        hash: "md5:..." of the XForm.
        has_media: whether it has a manifest worth asking for.
    """

    id: int
    form_id: str
    version: str
    title: str
    hash: str
    has_media: bool
    xform: bytes = field(repr=False)


def model_of(xform: bytes) -> etree._Element:
    """The XForm's model. Raises: OpenRosaError: not XML, or no XForm."""
    root = parse_xml(xform, "the form")
    head = child(root, "head")
    model = child(head, "model") if head is not None else None
    if model is None:
        raise OpenRosaError("Cannot read", "the form: it has no head/model", "Give an XForm.")
    return model


def primary_instance(model: etree._Element) -> etree._Element:
    """The root of the instance that a visit fills in. Raises: OpenRosaError: there is none, or it has no id."""
    instance = child(model, "instance")
    data = next((one for one in instance if local_name(one)), None) if instance is not None else None
    if data is None or not attribute(data, "id"):
        raise OpenRosaError("Cannot read", "the form: its instance has no id", "Set form_id on the settings sheet.")
    return data


def add_form(database: Database, xform: bytes, files: Mapping[str, bytes], now: datetime) -> Form:
    """Publish a form. The same bytes again are taken as done, and change nothing.

    A version is never written over, and one whose number is lower than the newest's is refused: it would be offered in
    place of the newest, and kiosks would go back unasked. Versions that are no numbers go by the time of publishing.

    Args:
        database: where to.
        xform: UTF-8 XML.
        files: its recordings and pictures by name.
        now: the time of publishing; the newest version is what `formList` offers.
    Raises: CollectorError: no XForm, a bad file name, other bytes under the same form_id and version, or an older one.
    """
    try:
        data = primary_instance(model_of(xform))
        for name in files:
            check_name(name)
    except OpenRosaError as error:
        raise CollectorError(error.op, error.subject, error.hint) from None
    form_id, version = attribute(data, "id") or "", attribute(data, "version") or ""
    title = _title(xform) or form_id
    row = {"form_id": form_id, "version": version, "title": title, "xform": xform, "published_at": now}
    with database.writing() as connection:
        others = select(forms.c.version).where((forms.c.form_id == form_id) & (forms.c.version != version))
        newer = [one for one in connection.scalars(others) if is_older(version, one)]
        new = insert_if_new(connection, forms, row)
        if new and newer:  # the transaction ends here and leaves nothing
            highest = max(newer, key=lambda one: _numbers(one) or ())
            subject = f"the form {form_id!r}, version {version!r}: version {highest!r} is published already"
            hint = "Give it a higher version on the settings sheet, also where you go back to older questions."
            raise CollectorError("Cannot publish", subject, hint)
        here = (forms.c.form_id == form_id) & (forms.c.version == version)
        found = connection.execute(select(forms.c.id, forms.c.xform).where(here)).one()
        if new and files:
            rows = [{"form": found.id, "name": name, "data": content} for name, content in files.items()]
            connection.execute(insert(media), rows)
        named = select(media.c.name, media.c.data).where(media.c.form == found.id)
        stored = {one.name: one.data for one in connection.execute(named)}
    if found.xform != xform or stored != dict(files):
        what = _differing(stored, files) if found.xform == xform else "another one is published under that name"
        subject = f"the form {form_id!r}, version {version!r}: {what}"
        hint = "Give it a new version on the settings sheet: visits that come in belong to the one that was asked."
        raise CollectorError("Cannot publish", subject, hint)
    return Form(found.id, form_id, version, title, md5_hash(xform), bool(files), xform)


def is_older(version: str, than: str) -> bool:
    """Whether a version's number is lower than another's; no where one of them is no number.

    Args:
        version: such as "3", "1.10" or "2026112401"; a suffix as of ODK Central's encryption ("3[encrypted:...]") does
            not count.
        than: the same.
    """
    one, other = _numbers(version), _numbers(than)
    return one is not None and other is not None and one < other


def _numbers(version: str) -> tuple[int, ...] | None:
    plain = version.partition("[")[0].strip()
    return tuple(map(int, plain.split("."))) if _VERSION.fullmatch(plain) else None


def _differing(stored: Mapping[str, bytes], files: Mapping[str, bytes]) -> str:
    names = sorted(name for name in stored.keys() | files.keys() if stored.get(name) != files.get(name))
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"another one is published under that name, whose file {names[0]!r}{more} is not the same"


def all_forms(database: Database) -> tuple[Form, ...]:
    """Every version of every form, oldest first."""
    with database.reading() as connection:
        rows = connection.execute(select(forms).order_by(forms.c.published_at, forms.c.id)).all()
        with_media = set(connection.scalars(select(media.c.form).distinct()))
    return tuple(
        Form(one.id, one.form_id, one.version, one.title, md5_hash(one.xform), one.id in with_media, one.xform)
        for one in rows
    )


def newest_forms(database: Database) -> tuple[Form, ...]:
    """The newest version of each form: what a kiosk is offered."""
    return tuple({form.form_id: form for form in all_forms(database)}.values())


def find_form(database: Database, form_id: str, version: str | None = None) -> Form | None:
    """One version of a form, the newest where none is named; None where there is none."""
    fitting = [one for one in all_forms(database) if one.form_id == form_id and version in (None, one.version)]
    return fitting[-1] if fitting else None


def media_of(database: Database, form: Form) -> dict[str, bytes]:
    """A form's media files by name."""
    with database.reading() as connection:
        rows = connection.execute(select(media).where(media.c.form == form.id).order_by(media.c.name))
        return {one.name: one.data for one in rows}


def media_file(database: Database, form: Form, name: str) -> bytes | None:
    """One media file of a form; None where it has none of that name."""
    if not name.isprintable():  # PostgreSQL takes no NUL in a text; and no file has such a name
        return None
    with database.reading() as connection:
        found: bytes | None = connection.scalar(
            select(media.c.data).where(media.c.form == form.id, media.c.name == name)
        )
        return found


def _title(xform: bytes) -> str:
    head = child(parse_xml(xform, "the form"), "head")
    return text_of(child(head, "title")) if head is not None else ""
