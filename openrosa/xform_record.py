"""The model of a form: its record (primary instance), what is bound to each node, its lists of choices, its key.

Source: ODK XForms specification, "Primary instance", "Bindings", "Submission"; OpenRosa's "meta" block.
"""

from __future__ import annotations

import base64
import binascii
import re
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from lxml import etree

from openrosa.findings import Report, short
from openrosa.xform_xml import XFORMS, Element, attribute, child, children, leaves, local, walk, writable

if TYPE_CHECKING:
    from openrosa.question_set import Question

RECORD_FIELDS = ("who", "how", "by_whom", "language", "complete", "day", "clock_trusted", "software")
"""What the group `sayso` of a record says about a visit; docs/record.md."""
ANSWER_FIELDS = ("how", "by", "order")
"""What a record says about each answer, as `NAME_how` beside `NAME`; docs/record.md."""

_MODEL_PARTS = frozenset({"itext", "instance", "bind", "submission"})
_MIN_RSA_BITS = 2048
_LITERAL = re.compile(r"""\s*("[^"]*"|'[^']*')\s*""")


@dataclass(frozen=True)
class Bind:
    """What is bound to one node; expressions as written, None where there are none."""

    type: str = ""
    relevant: str | None = None
    constraint: str | None = None
    constraint_message: str = ""
    readonly: str = ""
    required: str = ""
    calculate: str | None = None
    preload: str | None = None
    private: bool = False


class Record:
    """The model of one form.

    Attributes:
        root: the record's root element, as in the form; its namespace is taken away where it is only XForms' own, as
            ODK Collect does.
        nodes: every node of it by path; `leaves`: those without children.
        binds: by path.
        lists: secondary instances by id.
        public_key: DER, or None.
    """

    def __init__(self, model: Element, root: Element, report: Report) -> None:
        self._report = report
        self.lists: dict[str, Element] = {}
        self.binds: dict[str, Bind] = {}
        self._bind_ids: dict[str, str] = {}
        self.root = _without_xforms_namespace(root)
        self.nodes: dict[str, Element] = {}
        doubled: set[str] = set()
        for path, element in walk(self.root):
            if path in self.nodes and path not in doubled and path.rpartition("/")[0] not in doubled:
                report.add("QS003", path, local(element), "two nodes of this path in the record", "a name used once")
            if path in self.nodes:
                doubled.add(path)  # told once, at the top: what is inside is doubled with it
            self.nodes[path] = element
            if any(etree.QName(key).localname == "template" for key in element.keys()):  # noqa: SIM118  an element, no dict
                report.add("QS005", path, local(element), "a repeat", "each question once")
        self.leaves = leaves(self.root)
        audit = f"/{local(self.root)}/meta/audit"
        if audit in self.nodes:
            report.add(
                "QS104", audit, "audit", "an audit log", "nothing here: times in a record are days", column="type"
            )
        for part in children(model):
            self._part(part)
        self.public_key = self._key(child(model, "submission"))

    def _part(self, part: Element) -> None:
        match local(part):
            case "bind":
                self._bind(part)
            case "instance":
                identity, src = part.get("id", ""), part.get("src")
                if src is not None:
                    met = f"a list from the file {short(src)}"
                    self._report.add("QS008", "", identity, met, "the 2 to 4 choices in the set itself")
                elif identity:
                    self.lists.setdefault(identity, part)
            case name if name not in _MODEL_PARTS:
                path = self.resolve(attribute(part, "ref") or "", "")
                met = f"<{name}>, a value that a program sets"
                self._report.add(
                    "QS009", path, path.rpartition("/")[2], met, "a question, or take it out", column="default"
                )
            case _:
                pass

    def resolve(self, ref: str, context: str) -> str:
        """A node's path without prefixes; a relative one starts from the context or, with none, the root."""
        steps = [step.strip().rpartition(":")[2] for step in ref.strip().split("/")]
        if ref.strip().startswith("/"):
            return "/" + "/".join(step for step in steps if step)
        here = context or f"/{local(self.root)}"
        for step in steps:
            here = here.rpartition("/")[0] if step == ".." else here if step in {"", "."} else f"{here}/{step}"
        return here

    def path_of(self, control: Element, context: str) -> str | None:
        """The node that a body element stands for, by its `ref`, `nodeset` or `bind`; None where it has none."""
        identity = control.get("bind")
        if identity is not None:
            return self._bind_ids.get(identity, identity)
        ref = control.get("ref", control.get("nodeset"))
        return None if ref is None else self.resolve(ref, context)

    def _bind(self, element: Element) -> None:
        path = self.resolve(element.get("nodeset", element.get("ref", "")), "")
        name = path.rpartition("/")[2]
        if element.get("id"):
            self._bind_ids[element.get("id", "")] = path
        if "/@" in path:
            node = path.partition("/@")[0]
            self._report.add(
                "QS009", node, node.rpartition("/")[2], f"a bind to {short(path)}", "no entities", column="save_to"
            )
            return
        if path not in self.nodes:
            self._report.add("QS019", path, name, "a bind for a node that the record lacks", "the node in the record")
            return
        for key in element.keys():  # noqa: SIM118  an element, no dict
            plain = etree.QName(key).localname
            if plain.startswith("sayso_") and plain != "sayso_private":
                self._report.add(
                    "QS105", path, name, f"the attribute {plain}", "sayso_private", column=f"bind::{plain}"
                )
            if plain == "saveto":
                self._report.add("QS009", path, name, "an answer saved to an entity", "no save_to", column="save_to")
        bind = Bind(
            type=attribute(element, "type") or "",
            relevant=attribute(element, "relevant"),
            constraint=attribute(element, "constraint"),
            constraint_message=attribute(element, "constraintMsg") or "",
            readonly=(attribute(element, "readonly") or "").replace(" ", ""),
            required=(attribute(element, "required") or "").replace(" ", ""),
            calculate=attribute(element, "calculate"),
            preload=attribute(element, "preload"),
            private=is_yes(attribute(element, "sayso_private")),
        )
        if path in self.binds:
            self._report.add("QS003", path, name, "two binds for one node", "one bind")
        self.binds[path] = bind
        self._made_by_a_program(path, name, bind)

    def _made_by_a_program(self, path: str, name: str, bind: Bind) -> None:
        """Note what no person answers; instanceID is the exception, since every client makes it."""
        if name == "instanceID" and path.split("/")[2:3] == ["meta"]:
            return
        constant = _LITERAL.fullmatch(bind.calculate or "")
        if constant is not None and path in self.leaves:
            # A text and nothing to work out, as KoboToolbox's formhub/uuid and __version__: sent as it stands.
            self.leaves[path].text = writable(constant.group(1)[1:-1]) or None
        elif bind.calculate is not None:
            met = f"calculate '{short(bind.calculate)}'"
            self._report.add(
                "QS009", path, name, met, "nothing here: work it out from the answers later", column="calculation"
            )
        if bind.preload is not None:
            write = "nothing here: a record holds its day in sayso/day and nothing finer"
            self._report.add("QS009", path, name, f"the preload '{short(bind.preload)}'", write, column="type")

    def _key(self, submission: Element | None) -> bytes | None:
        """The organisation's public key as DER."""
        if submission is None:
            return None
        if submission.get("action"):
            met = f"a server of its own, {short(submission.get('action', ''))}"
            self._report.add("QS104", "", "submission_url", met, "the server in the kiosk's configuration")
        text = attribute(submission, "base64RsaPublicKey")
        if text is None:
            return None
        try:
            return public_key_der(text)
        except ValueError as error:
            self._report.add("QS017", "", "public_key", str(error), "the RSA public key as base64, 2048 bits or more")
            return None

    def tell_missing_fields(self, questions: tuple[Question, ...], questionless: frozenset[str]) -> None:
        """One advice on the record's own fields that the form does not declare.

        Args:
            questions: those that have an answer.
            questionless: `QuestionSet.record_paths`.
        """
        missing = [path for path in record_field_paths(local(self.root), questions) if path not in questionless]
        if missing:
            met = f"a record without {len(missing)} of the kiosk's own fields: {short(', '.join(missing), 100)}"
            self._report.add(
                "QS101",
                "",
                "",
                met,
                "them with `sayso questions convert`; without them a server never learns who and how",
            )


def record_field_paths(root: str, questions: tuple[Question, ...]) -> list[str]:
    """Where a record's own fields stand: the group `sayso`, and three beside each question."""
    paths = [f"/{root}/sayso/{name}" for name in RECORD_FIELDS]
    return paths + [f"{question.path}_{name}" for question in questions for name in ANSWER_FIELDS]


def is_yes(text: str | None) -> bool:
    """What XLSForm takes for yes."""
    return (text or "").strip().lower() in {"yes", "true", "true()", "1"}


def public_key_der(text: str) -> bytes:
    """The DER of a key written as base64, with or without PEM's lines.

    Raises: ValueError: what is wrong with it, as a phrase.
    """
    lines = (line for line in text.strip().splitlines() if "-----" not in line)
    try:
        der = base64.b64decode("".join("".join(lines).split()), validate=True)
        key = load_der_public_key(der)
    except (binascii.Error, ValueError, UnsupportedAlgorithm) as error:
        raise ValueError("a public key that cannot be read") from error
    if not isinstance(key, RSAPublicKey):
        raise ValueError("a public key that is not RSA")  # noqa: TRY004  the words are what counts, not the type
    if key.key_size < _MIN_RSA_BITS:
        raise ValueError(f"a public key of {key.key_size} bits")
    return der


def _without_xforms_namespace(root: Element) -> Element:
    """A copy whose nodes are in no namespace where they were in XForms' own, as in pyxform's forms."""
    record = deepcopy(root)
    record.tail = None
    for element in record.iter():
        if isinstance(element.tag, str) and etree.QName(element).namespace == XFORMS:
            element.tag = local(element)
    etree.cleanup_namespaces(record)
    return record
