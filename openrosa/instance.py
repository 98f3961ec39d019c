"""Answers -> instance XML, and back: one finished visit as every OpenRosa server takes it.

Source: OpenRosa "Metadata Schema" for the meta block; ODK XForms specification, "Primary instance".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from openrosa.errors import OpenRosaError
from openrosa.xform_xml import OPENROSA, Element, attribute, child, children, leaves, local, parse, walk, writable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from openrosa.question_set import QuestionSet


def fill(question_set: QuestionSet, instance_id: str, values: Mapping[str, str]) -> bytes:
    """The record of a visit.

    Args:
        question_set: its template's root keeps id, version and namespaces, which servers match a record by.
        instance_id: such as `uuid:...`; made once for a visit, goes to meta/instanceID.
        values: by path, as in `Question.path` and `QuestionSet.record_paths`. A path that the form does not declare is
            left out, since a server drops it. Characters that XML cannot hold are left out.
    Returns: UTF-8 XML. A question without a value is empty, whatever its default; a node that is no question's keeps
        the constant that the form's author wrote.
    Raises: OpenRosaError: the instance id is empty.
    """
    if not writable(instance_id).strip():
        raise OpenRosaError(
            "Cannot write a record of", f"'{question_set.form_id}': it has no instance id", "Make one first."
        )
    root = parse(question_set.template, question_set.form_id)
    taken = {question.path for question in question_set.questions}
    for path, leaf in leaves(root).items():
        if path in values:
            leaf.text = writable(values[path]) or None
        elif path in taken:
            leaf.text = None
    _instance_id_node(root).text = writable(instance_id)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _instance_id_node(root: Element) -> Element:
    """`meta/instanceID`, made where the form lacks it, in OpenRosa's namespace as ODK does."""
    meta = child(root, "meta")
    if meta is None:
        meta = etree.SubElement(root, f"{{{OPENROSA}}}meta", nsmap={"orx": OPENROSA})
    node = child(meta, "instanceID")
    if node is None:
        namespace = etree.QName(meta).namespace
        node = etree.SubElement(meta, f"{{{namespace}}}instanceID" if namespace else "instanceID")
    for inner in list(children(node)):
        node.remove(inner)
    return node


def values_of(question_set: QuestionSet, instance: bytes) -> dict[str, str]:
    """What a record says, by path; what is empty is left out, and so is what the form does not declare.

    The instance id is at `/ROOT/meta/instanceID`.

    Raises: OpenRosaError: not XML, or a record of another form.
    """
    root = parse(instance, "the record")
    template = parse(question_set.template, question_set.form_id)
    if local(root) != local(template) or (attribute(root, "id") or "") not in {"", question_set.form_id}:
        met = f"the record of '{attribute(root, 'id') or local(root)}' as one of '{question_set.form_id}'"
        raise OpenRosaError("Cannot read", met, "Use the form that it was made with.")
    meta = f"/{local(root)}/meta/instanceID"
    declared = {path for path, _ in walk(template)} | {meta}
    return {path: leaf.text for path, leaf in leaves(root).items() if path in declared and leaf.text}
