"""The page of results: what was said at the kiosks, for those who were asked. One HTML file that needs no network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from collector.page.bars import bar
from collector.page.look import page, part
from collector.page.pictures import Pictures
from collector.page.view import View
from collector.page.words import words_in
from openrosa.folders import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from collector.figures.figures import SetFigures
    from openrosa.question_set import QuestionSet


def write_page(set_figures: SetFigures, question_set: QuestionSet, media: Mapping[str, bytes], target: Path) -> None:
    """Write the page of one version of one set.

    Args:
        set_figures: what was counted, in one language.
        question_set: the set of that version, for pictures and headings.
        media: the set's pictures, by name; one that is missing is left out.
        target: the HTML file; what is there is replaced.

    Raises:
        OSError: it can't be written.
        CollectorError: a voice message can't be read any more.
    """
    write_whole(target, results_page(set_figures, question_set, media).encode("utf-8"), mode=0o600)


def results_page(set_figures: SetFigures, question_set: QuestionSet, media: Mapping[str, bytes]) -> str:
    """The page as HTML."""
    words = words_in(set_figures.language)
    pictures = Pictures(media)
    view = View(set_figures, question_set, pictures, words)
    shown = part(
        "results.html",
        figures=set_figures,
        when=view.when(),
        where=view.where(),
        example=bar(pictures, 3, 5, "green", words("of", 3, of=5), width=3.0),
        parts=view.all_homes(),
        homes=view.apart(),
        hidden=view.hidden_groups(),
        w=words,
        pictures=pictures,
        labels="" if set_figures.language in (words.language, "default") else set_figures.language,
    )
    return page(words("title", set=set_figures.title), shown, language=words.language, pictures=pictures)
