"""The expressions of a form, looked at once when it is loaded: every function known, every node there, no circles.

lxml parses and works them out (`openrosa.xpath`); this file only looks at their words, because XPath finds nothing
wrong with a node that does not exist: it is empty, and a question would silently never be asked.
Source: XPath 1.0, section 3.7 "Lexical structure".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING

from openrosa.errors import OpenRosaError
from openrosa.findings import Report, short
from openrosa.xpath import ODK_FUNCTIONS, XPATH_FUNCTIONS, holds, regex_problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from openrosa.xform_xml import Element

MAX_LENGTH = 2000
"""Characters of one expression; one of this length takes milliseconds, since it may hold no predicate and no `//`."""
MAX_DEPTH = 40
"""Brackets within brackets."""

_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<literal>"[^"]*"|'[^']*')|(?P<number>\d+(?:\.\d*)?|\.\d+)"""
    r"""|(?P<name>[^\W\d][\w.-]*(?::[^\W\d][\w.-]*)?)|(?P<sign>\.\.|//|::|!=|<=|>=|[./()\[\]@,|+\-=<>*$])"""
)
_OPERATOR_NAMES = frozenset({"and", "or", "div", "mod"})
_REFUSED_SIGNS = {
    "[": "a predicate in [ ]",
    "@": "an attribute (@)",
    "::": "an axis (::)",
    "$": "a variable ($)",
    "//": "a search through the whole form (//)",
}


@dataclass(frozen=True)
class Token:
    """One word or sign of an expression; kind is "literal", "number", "name", "sign" or, if not XPath, "unknown"."""

    kind: str
    text: str


@dataclass(frozen=True)
class Expression:
    """One expression and where it stands.

    Attributes:
        path: the node it belongs to: what `.` and `..` start from.
        column: "relevant" or "constraint".
        text: as written.
    """

    path: str
    column: str
    text: str


def tokens_of(text: str) -> list[Token]:
    """The words and signs of an expression, without its white space."""
    found: list[Token] = []
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        kind = "unknown" if match is None else str(match.lastgroup)
        part = text[position] if match is None else match.group()
        position += len(part)
        if kind != "space":
            found.append(Token(kind, part))
    return found


def _expects_operand(before: Token | None) -> bool:
    """Whether what follows is an operand, so that `*` is a wildcard and `and` a name."""
    return before is None or (before.kind == "sign" and before.text not in {")", "]", ".", ".."})


def _functions(tokens: list[Token]) -> Iterator[tuple[int, str]]:
    """Position and name of every function call."""
    for at, (token, after) in enumerate(pairwise(tokens)):
        operator = token.text in _OPERATOR_NAMES and not _expects_operand(tokens[at - 1] if at else None)
        if token.kind == "name" and after.text == "(" and not operator:
            yield at, token.text


def _argument_after_comma(tokens: list[Token], opening: int) -> list[Token]:
    """The tokens of the second argument of the call whose bracket opens there."""
    depth, second, found = 0, False, []
    for token in tokens[opening:]:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0:
            break
        if second:
            found.append(token)
        second = second or (depth == 1 and token.text == ",")
    return found


def paths_of(tokens: list[Token], context: str) -> Iterator[tuple[str, str]]:
    """Every path as (resolved, as written); `.` and `..` and names start from the context."""
    at = 0
    while at < len(tokens):
        before = tokens[at - 1] if at else None
        token = tokens[at]
        after = tokens[at + 1].text if at + 1 < len(tokens) else ""
        operator = token.text in _OPERATOR_NAMES and not _expects_operand(before)
        steps: list[str] = []
        if token.text == "current" and after == "(":
            at += 3  # its two brackets
        elif token.text in {".", ".."} or (token.kind == "name" and after != "(" and not operator):
            steps, at = [token.text], at + 1
        elif not (token.kind == "sign" and token.text == "/"):
            at += 1
            continue
        here = "" if token.text == "/" else context
        written = "".join(steps) or ("" if token.text == "/" else "current()")
        while at + 1 < len(tokens) and tokens[at].text == "/" and tokens[at].kind == "sign":
            steps.append(tokens[at + 1].text)
            written += f"/{tokens[at + 1].text}"
            at += 2
        if token.text == "/" and not steps:
            at += 1
        for step in steps:
            here = here if step == "." else here.rpartition("/")[0] if step == ".." else f"{here}/{step}"
        yield here, written or "/"


def _wrong_signs(tokens: list[Token]) -> Iterator[tuple[str, str, str]]:
    """Code, what was met and what to write, for every sign that is no XPath or reaches beyond plain paths."""
    if not tokens:
        yield "QS010", "nothing in it", "an expression, or leave the cell empty"
    for at, token in enumerate(tokens):
        if token.kind == "unknown":
            yield "QS010", f"'{token.text}', which is not XPath", "XPath 1.0, such as ${feel} = 'good'"
        elif token.kind == "sign" and token.text in _REFUSED_SIGNS:
            yield "QS012", _REFUSED_SIGNS[token.text], "the question's plain path, ${name}"
        elif token == Token("sign", "*") and _expects_operand(tokens[at - 1] if at else None):
            yield "QS012", "a wildcard (*)", "the question's plain path, ${name}"


def _wrong_functions(tokens: list[Token]) -> Iterator[tuple[str, str, str]]:
    """The same for functions that are unknown, and for patterns that could run for ever."""
    allowed = XPATH_FUNCTIONS | set(ODK_FUNCTIONS)
    for at, function in _functions(tokens):
        if function not in allowed:
            yield "QS011", f"the function {function}()", f"one of {', '.join(sorted(allowed))}"
        elif function == "regex":
            pattern = _argument_after_comma(tokens, at + 1)
            literal = pattern[0].text[1:-1] if [part.kind for part in pattern] == ["literal"] else None
            problem = "a pattern that is not written out" if literal is None else regex_problem(literal)
            if problem:
                yield "QS011", f"regex() and {problem}", "a short pattern in quotes, with no repeated group"


class ExpressionCheck:
    """Looks at every expression of one form.

    Args:
        report: where findings go.
        bare_nodes: every node, by path, of a namespace-free copy of the record, to try expressions on.
    """

    def __init__(self, report: Report, bare_nodes: Mapping[str, Element]) -> None:
        self._report = report
        self._nodes = bare_nodes
        self._needs: dict[str, set[str]] = {}

    def check(self, expression: Expression) -> None:
        """Note everything that is wrong with one expression."""
        name = expression.path.rpartition("/")[2]

        def add(code: str, met: str, write: str) -> None:
            self._report.add(code, expression.path, name, met, write, column=expression.column)

        met = f"{expression.column} '{short(expression.text)}'"
        if len(expression.text) > MAX_LENGTH:
            add("QS010", f"{met} of {len(expression.text):,} characters", f"at most {MAX_LENGTH:,}")
            return
        tokens = tokens_of(expression.text)
        if sum(token.text == "(" for token in tokens) > MAX_DEPTH:
            add("QS010", f"{met} with more than {MAX_DEPTH} brackets", "a shorter one")
            return
        if not self._words(tokens, met, expression):
            return
        for resolved, written in paths_of(tokens, expression.path):
            if resolved in self._nodes:
                if expression.column == "relevant":
                    self._needs.setdefault(expression.path, set()).add(resolved)
            else:
                add("QS012", f"{met}, where {written} is no node of this form", "${name} of a question in the set")
                return
        context = self._nodes.get(expression.path)
        if context is None:
            return  # told already: the node itself is missing
        try:
            holds(expression.text, context)
        except OpenRosaError as error:
            add("QS010", f"{met}: {error.__cause__}", "XPath 1.0, such as ${feel} = 'good'")

    def _words(self, tokens: list[Token], met: str, expression: Expression) -> bool:
        """Whether every single word and sign is allowed; what is not is noted."""
        wrong = [*_wrong_signs(tokens), *_wrong_functions(tokens)]
        for code, what, write in wrong:
            name = expression.path.rpartition("/")[2]
            self._report.add(code, expression.path, name, f"{met} with {what}", write, column=expression.column)
        return not wrong

    def circles(self, ancestors: Mapping[str, tuple[str, ...]]) -> None:
        """Note relevance that goes round in a circle: such a question could be asked and not asked at once.

        Args:
            ancestors: for each node that has an answer, the groups round it, whose relevance is its own too.
        """
        graph = {path: self._needs.get(path, set()) | set(above) for path, above in ancestors.items()}
        for path, needs in self._needs.items():
            graph.setdefault(path, set()).update(needs)
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            circle = " needs ".join(error.args[1][::-1])
            path = error.args[1][0]
            self._report.add(
                "QS012",
                path,
                path.rpartition("/")[2],
                f"a circle: {short(circle, 200)}",
                "relevant from earlier questions only",
                column="relevant",
            )
