"""Which questions are relevant now, and whether an answer meets its constraint: XPath 1.0 by lxml and ODK's functions.

Pure: no clock, no disk, no network. Expressions were checked by `openrosa.xform_expressions` when the set was loaded.
Source: ODK XForms specification, "XPath functions"; https://getodk.github.io/xforms-spec/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree

from openrosa.errors import OpenRosaError
from openrosa.xform_xml import Element, leaves, local, parse, walk, writable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from openrosa.question_set import Question, QuestionSet

MAX_REGEX_VALUE = 64
"""Characters of a value that `regex` looks at, a longer one does not fit. With the two limits below, its work stays
within some 64 x 64 x 2^8 steps whatever the pattern."""
MAX_REGEX_REPEATS = 2
MAX_REGEX_ALTERNATIVES = 8


def _string(value: Any) -> str:
    """XPath's string(): of a node-set the first node's text, of 2.0 "2"."""
    match value:
        case list():
            return "".join(value[0].itertext()) if value else ""
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)


def _boolean(value: Any) -> bool:
    """XPath's boolean(): a number that is neither 0 nor NaN, a text that is not empty, a node-set with a node."""
    return value == value and bool(value)  # noqa: PLR0124  NaN is the one value that is not itself


def _if(_context: Any, condition: Any, then: Any, otherwise: Any) -> str:
    return _string(then) if _boolean(condition) else _string(otherwise)


def _selected(_context: Any, values: Any, name: Any) -> bool:
    return _string(name) in _string(values).split()


def _selected_at(_context: Any, values: Any, index: Any) -> str:
    names, text = _string(values).split(), _string(index)
    return names[int(text)] if text.isascii() and text.isdigit() and int(text) < len(names) else ""


def _count_selected(_context: Any, values: Any) -> float:
    return float(len(_string(values).split()))


def _coalesce(_context: Any, first: Any, second: Any) -> str:
    return _string(first) or _string(second)


def _regex(_context: Any, value: Any, pattern: Any) -> bool:
    text = _string(value)
    return len(text) <= MAX_REGEX_VALUE and re.fullmatch(_string(pattern), text) is not None


def _current(context: Any) -> list[Element]:
    return [context.context_node]  # without predicates, which a set may not have, both are the same node


ODK_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "if": _if,
    "selected": _selected,
    "selected-at": _selected_at,
    "count-selected": _count_selected,
    "coalesce": _coalesce,
    "regex": _regex,
    "current": _current,
}
XPATH_FUNCTIONS = frozenset(
    {"boolean", "ceiling", "concat", "contains", "count", "false", "floor", "normalize-space", "not", "number", "round"}
    | {"starts-with", "string", "string-length", "substring", "sum", "translate", "true"}
)
"""What XPath 1.0 has and the kiosk allows."""

_EXTENSIONS = {(None, name): function for name, function in ODK_FUNCTIONS.items()}


def regex_problem(pattern: str) -> str | None:
    """What is wrong with a pattern, or None: it must compile, repeat no group, have few repeats and alternatives."""
    try:
        re.compile(pattern)
    except re.error as error:
        return f"a pattern that does not work ({error})"
    repeats = len(re.findall(r"(?<![\\(])[*+{?]", pattern))
    if re.search(r"\)[*+{?]", pattern) or repeats > MAX_REGEX_REPEATS or pattern.count("|") > MAX_REGEX_ALTERNATIVES:
        return "a pattern that could take for ever"
    return None


def bare(template: bytes, clear: frozenset[str] = frozenset()) -> Element:
    """A copy of the record's model without namespaces, in which `/data/feel` finds what it says.

    Args:
        template: `QuestionSet.template`.
        clear: paths whose own value (a default) is taken out.
    """
    root = parse(template, "the form's model")
    for path, element in walk(root):
        if path in clear:
            element.text = None
    for element in root.iter():
        element.tag = local(element)
    etree.cleanup_namespaces(root)
    return root


def holds(expression: str, context: Element) -> bool:
    """The expression's truth at that node of a namespace-free record.

    Raises: OpenRosaError: the expression cannot be worked out.
    """
    try:
        found = etree.XPath(f"boolean({expression})", extensions=_EXTENSIONS, smart_strings=False)(context)
    except (etree.XPathError, TypeError, ValueError, OverflowError) as error:
        raise OpenRosaError(
            "Cannot work out", f"'{expression}': {error}", "Correct it; `sayso questions check` tells where it stands."
        ) from error
    return bool(found)


class _Record:
    """One record being filled in, to ask expressions of."""

    def __init__(self, question_set: QuestionSet, values: Mapping[str, str]) -> None:
        self._root = bare(question_set.template, frozenset(question.path for question in question_set.questions))
        self._nodes = dict(walk(self._root))
        self._leaves = leaves(self._root)
        for path, value in values.items():
            if path.startswith("/"):
                self.put(path, value)

    def put(self, path: str, value: str) -> None:
        """Set a leaf; an undeclared one is passed over, as in `openrosa.instance.fill`."""
        if path in self._leaves:
            self._leaves[path].text = writable(value) or None

    def holds(self, expression: str, path: str) -> bool:
        """The expression's truth at that path; at the root where the path is not in the record."""
        return holds(expression, self._nodes.get(path, self._root))

    def relevant(self, question: Question) -> bool:
        """Whether the question and every group round it is relevant."""
        groups = zip(question.relevant_groups, question.relevant_group_paths, strict=True)
        return all(self.holds(expression, path) for expression, path in groups) and (
            question.relevant is None or self.holds(question.relevant, question.path)
        )


def relevant_questions(question_set: QuestionSet, values: Mapping[str, str]) -> tuple[str, ...]:
    """Names of the notes and questions that are relevant now, in the form's order.

    Args:
        question_set: as loaded.
        values: answers by question name; a key that begins with "/" is the path of a record's own field
            (`/data/sayso/who`). Defaults do not count. An answer of a question that is not relevant counts as empty.
    Raises: OpenRosaError: an expression cannot be worked out.
    """
    record = _Record(question_set, values)
    live = frozenset(question.name for question in question_set.questions)
    # An irrelevant answer is empty, which may make others irrelevant or relevant: a set has no circles (QS012), so the
    # answers settle after at most one round for each question.
    for _ in range(len(question_set.questions) + 1):
        for question in question_set.questions:
            record.put(question.path, values.get(question.name, "") if question.name in live else "")
        now = frozenset(question.name for question in question_set.questions if record.relevant(question))
        if now == live:
            break
        live = now
    return tuple(question.name for question in question_set.questions if question.name in live)


def constraint_holds(question_set: QuestionSet, question: Question, value: str, values: Mapping[str, str]) -> bool:
    """Whether the value may be kept. An empty one always may, as in ODK.

    Args:
        question_set: as loaded.
        question: one of its questions.
        value: the answer proposed.
        values: the other answers, as in `relevant_questions`.
    Raises: OpenRosaError: the constraint cannot be worked out.
    """
    if question.constraint is None or not value:
        return True
    record = _Record(question_set, values)
    live = relevant_questions(question_set, {**values, question.name: value})
    for other in question_set.questions:
        record.put(other.path, values.get(other.name, "") if other.name in live else "")
    record.put(question.path, value)
    return record.holds(question.constraint, question.path)
