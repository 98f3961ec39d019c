"""XForm XML -> `QuestionSet`: the one loader of the kiosk. What it cannot ask is refused by name, never half-asked.

Source: ODK XForms specification, https://getodk.github.io/xforms-spec/; the profile is in docs/question-sets.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from openrosa.errors import OpenRosaError
from openrosa.findings import Finding, Report, short
from openrosa.question_set import Kind, QuestionSet
from openrosa.xform_expressions import Expression, ExpressionCheck
from openrosa.xform_questions import Body
from openrosa.xform_record import Record, is_yes
from openrosa.xform_words import Translations
from openrosa.xform_xml import (
    MAX_BYTES,
    Element,
    XmlRefusedError,
    attribute,
    child,
    children,
    local,
    parse,
    text_of,
    walk,
)
from openrosa.xpath import bare

if TYPE_CHECKING:
    from collections.abc import Mapping


class QuestionSetRefused(OpenRosaError):  # noqa: N818  what happened, in the words that people use
    """A form that the kiosk does not run.

    Attributes:
        findings: why, errors and advice, in the form's order.
    """

    def __init__(self, source: str, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        errors = [finding for finding in findings if finding.level == "error"]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(
            "Cannot run the question set",
            f"{source}: {errors[0]}{more}",
            "`sayso questions check` lists every finding.",
        )


def load(xform: bytes, source: str) -> QuestionSet:
    """The question set of a form.

    Raises: QuestionSetRefused: it lies outside the profile; the findings say where.
    """
    question_set, findings = read(xform, source)
    if question_set is None:
        raise QuestionSetRefused(source, findings)
    return question_set


def read(
    xform: bytes, source: str, *, places: Mapping[str, str] | None = None
) -> tuple[QuestionSet | None, tuple[Finding, ...]]:
    """The question set of a form, and everything there is to say to its author.

    Args:
        xform: the form, as a file or a server gives it.
        source: its name, for the findings.
        places: where its sheet has a path or a `list/choice`, as `openrosa.convert` knows: "survey row 7".
    Returns: the set, or None when any finding is an error; and the findings. Never raises for what a form says.
    """
    report = Report(source, places or {})
    try:
        html = parse(xform, source)
    except XmlRefusedError as error:
        met = error.subject.removeprefix(f"{source}: ")
        report.add(
            "QS001", "", "", short(met, 160), f"an XForm without a document type, of at most {MAX_BYTES:,} bytes"
        )
        return None, tuple(report.findings)
    found = _form(html, xform, report)
    return (None if report.refused else found), tuple(report.findings)


def _form(html: Element, xform: bytes, report: Report) -> QuestionSet | None:
    head, body = child(html, "head"), child(html, "body")
    model = child(head, "model")
    primary = child(model, "instance")
    root = next(children(primary), None) if primary is not None else None
    if head is None or body is None or model is None or root is None:
        parts = {"a head": head, "a model": model, "a record (the first instance)": root, "a body": body}
        missing = ", ".join(name for name, part in parts.items() if part is None)
        report.add("QS002", "", local(html), f"an XForm without {missing}", "an XForm as a form tool writes it")
        return None
    form_id = attribute(root, "id") or etree.QName(root).namespace or ""
    if not form_id or form_id == "http://www.w3.org/2002/xforms":
        report.add("QS002", "", local(root), "a record without an id", "form_id in the settings")
    try:
        parse(etree.tostring(root, with_tail=False), "the record")
    except XmlRefusedError as error:  # a namespace that lxml reads once but not again
        report.add("QS001", "", local(root), short(error.subject, 160), "a record as a form tool writes it")
        return None
    words = Translations(model, report)
    record = Record(model, root, report)
    asked = Body(record, words, report)
    asked.read(body)
    questions = tuple(asked.questions)
    if not questions and not report.refused:
        report.add("QS002", "", "", "a form that asks nothing", "at least one question")
    _expressions(record, report)
    taken = {question.path for question in questions}
    meta = f"/{local(record.root)}/meta"
    record_paths = frozenset(
        path for path in record.leaves if path not in taken and path != meta and not path.startswith(f"{meta}/")
    )
    if report.refused:
        words.tell_missing()
        return None
    answered = tuple(question for question in questions if question.kind is not Kind.NOTE)
    record.tell_missing_fields(answered, record_paths)
    words.tell_missing()
    if questions[0].kind is not Kind.NOTE:
        write = "a note that says who made the questions"
        report.add("QS103", questions[0].path, questions[0].name, "a question before any note", write, column="type")
    return QuestionSet(
        form_id=form_id,
        version=attribute(root, "version") or "",
        title=text_of(child(head, "title")) or form_id,
        languages=tuple(words.names),
        default_language=words.default,
        questions=questions,
        template=etree.tostring(record.root, encoding="UTF-8"),
        record_paths=record_paths,
        public_key=record.public_key,
        sensitive=is_yes(attribute(root, "sayso_sensitive")),
        unchecked=_unchecked(root, words, report),
        media=tuple(words.media.values()),
        xform=xform,
        language_names=words.names,
    )


def _unchecked(root: Element, words: Translations, report: Report) -> tuple[str, ...]:
    """The languages that `attribute::sayso_unchecked` names: made by a machine, read by nobody."""
    marked = (attribute(root, "sayso_unchecked") or "").replace(",", " ").split()
    codes = tuple(code for code in words.names if code in marked)
    for code in codes:
        write = "them as people who speak it say them, and take the code out of attribute::sayso_unchecked"
        report.add("QS109", "", "", f"{words.names[code] or code}: machine-made words that nobody has checked", write)
    for code in sorted(set(marked) - set(codes)):
        met = f"the language '{short(code)}' in attribute::sayso_unchecked"
        report.add("QS105", "", "", met, f"one of {', '.join(words.names)}")
    return codes


def _expressions(record: Record, report: Report) -> None:
    """Look at every `relevant` and `constraint` of the form."""
    bare_root = bare(etree.tostring(record.root))
    check = ExpressionCheck(report, dict(walk(bare_root)))
    for path, bind in record.binds.items():
        for column, text in (("relevant", bind.relevant), ("constraint", bind.constraint)):
            if text is not None:
                check.check(Expression(path, column, text))
    check.circles({path: _above(path) for path in record.nodes})


def _above(path: str) -> tuple[str, ...]:
    """The node round a node: its relevance is the node's own too."""
    parent = path.rpartition("/")[0]
    return (parent,) if parent else ()
