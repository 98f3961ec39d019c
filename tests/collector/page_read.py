"""A page as somebody meets it: parsed, and read in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import html
from made_visits import converted, gathered, small_set

from collector.figures.figures import figures
from collector.page.write import results_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from collector.figures.figures import SetFigures
    from collector.visits import Visit
    from openrosa.question_set import QuestionSet

HEADING = "*[self::h1 or self::h2 or self::h3 or self::h4 or self::h5]"


def figures_of(every: Sequence[Visit], language: str | None = None, asked: QuestionSet | None = None) -> SetFigures:
    """What these visits say."""
    of = asked or small_set()
    (found,) = figures(gathered(of, every), of.form_id, language=language)
    return found


def written(
    every: Sequence[Visit],
    language: str | None = None,
    asked: QuestionSet | None = None,
    media: Mapping[str, bytes] | None = None,
) -> str:
    """The page of these visits."""
    return results_page(
        figures_of(every, language, asked), asked or small_set(), converted().media if media is None else media
    )


def read(every: Sequence[Visit], language: str | None = None, asked: QuestionSet | None = None) -> html.HtmlElement:
    """The page of these visits, parsed."""
    return html.document_fromstring(written(every, language, asked))


def words_of(element: html.HtmlElement) -> str:
    """What a screen reader says of it: words and the labels of pictures, in order."""
    return " ".join(" ".join(_said(element)).split())


def _said(element: html.HtmlElement) -> list[str]:
    if element.get("aria-hidden") == "true" or element.tag == "style":
        return []
    said = [element.get("aria-label", ""), element.text or ""]
    for child in element:
        said += [*_said(child), child.tail or ""]
    return said


def heading(element: html.HtmlElement) -> str:
    """The first heading in it, in words."""
    return " ".join(str(element.xpath(f"string((.//{HEADING})[1])")).split())


def part(page: html.HtmlElement, name: str) -> html.HtmlElement:
    """The part of that heading, of all homes together."""
    (found,) = [one for one in page.xpath("//main/section") if heading(one) == name]
    return found


def question(within: html.HtmlElement, label: str) -> html.HtmlElement:
    """The first question of that label in it."""
    return next(one for one in within.xpath(".//section[@class='question']") if heading(one) == label)


def rows(one: html.HtmlElement) -> list[str]:
    """The bars of a question, each in words."""
    return [words_of(each) for each in one.xpath(".//ul[@class='bars']/li")]
