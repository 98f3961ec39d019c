"""Several sources as one: each visit once, those that can't be read told of, and nothing kept in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Protocol

from collector.sources.forms import Forms
from collector.sources.reading import Reading, visit_of
from collector.visits import Gathered, Visit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


class Source(Protocol):
    """A collector's database, a stick, or a zip."""

    def add_forms(self, forms: Forms) -> None:
        """Make the forms known that it has."""

    def readings(self, forms: Forms, private_key: RSAPrivateKey | None, form_id: str | None) -> Iterator[Reading]:
        """Its submissions, of one form or of all. What can't be read comes with its reason, and stops nothing."""


def readings(
    sources: Sequence[Source], forms: Forms, private_key: RSAPrivateKey | None = None, form_id: str | None = None
) -> Iterator[Reading]:
    """The submissions of all sources, each once: one that could be read goes before the same one that could not.

    Of two sources that both have a visit, the first that can be read counts; so a visit may be told of as unread only
    when all sources are through.
    """
    read: set[str] = set()
    unread: dict[str, Reading] = {}
    for source in sources:
        for reading in source.readings(forms, private_key, form_id):
            if reading.why:
                unread.setdefault(reading.instance_id, reading)
            elif reading.instance_id not in read:
                read.add(reading.instance_id)
                yield reading
    yield from (one for name, one in unread.items() if name not in read)


def gather(
    sources: Sequence[Source],
    private_key: RSAPrivateKey | None = None,
    form_id: str | None = None,
    forms: Forms | None = None,
) -> Gathered:
    """What the sources hold, as visits. They are read as `visits` is gone through, once.

    Args:
        sources: in the order in which they count.
        private_key: the office's; None: sealed visits stay unread.
        form_id: of one form alone.
        forms: those that were named; the sources' own are added.
    """
    known = forms or Forms()
    for source in sources:
        source.add_forms(known)
    unread: list[tuple[str, str]] = []
    sets = known.sets

    def visits() -> Iterator[Visit]:
        for reading in readings(sources, known, private_key, form_id):
            form = known.find(reading.form_id, reading.version)
            if reading.why:
                unread.append((reading.instance_id, reading.why))
            elif form is None or form.question_set is None:
                unread.append((reading.instance_id, form.why if form else "its form is not here"))
            else:
                yield visit_of(reading, form.question_set)

    return Gathered(sets, visits(), unread, _Media(known))


class _Media(Mapping[tuple[str, str], Mapping[str, bytes]]):
    """Each set's pictures and recordings, read when they are asked for."""

    def __init__(self, forms: Forms) -> None:
        self._forms = forms

    def __getitem__(self, key: tuple[str, str]) -> Mapping[str, bytes]:
        form = self._forms.find(*key)
        if form is None:
            raise KeyError(key)
        return form.files

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._forms.sets)

    def __len__(self) -> int:
        return len(self._forms.sets)
