"""How every easy-read page looks: large type, a picture on the left and words on its right, room between.

A page is one HTML file that needs no network and no scripts: style, letters, pictures and sounds are inside. It is
read on a screen, aloud by a screen reader, and on A4 in black and white.

    pictures = Pictures(media)
    body = part("digest.html", "collector.digest", pictures=pictures, ideas=ideas)
    html = page("Ideas in November", body, language="en", pictures=pictures)

Templates find `parts.html` here: `{% from "parts.html" import row, message %}`.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from collector.page.pictures import CREDIT, Pictures, data_uri

_FONT = "fontpkg_atkinson_hyperlegible"
_WEIGHTS = (("400", "AtkinsonHyperlegible-Regular.ttf"), ("700", "AtkinsonHyperlegible-Bold.ttf"))


def page(
    title: str, *parts: Markup | str, language: str = "en", pictures: Pictures | None = None, style: str = ""
) -> str:
    """One whole page, as HTML.

    Args:
        title: what stands in the browser's title; the page's own h1 is among the parts.
        parts: what stands in `main`, in reading order. A `str` is words and is escaped; HTML is what `part` gives.
        language: the code of the page's own words, for who listens to it.
        pictures: those that the parts asked for.
        style: CSS beside that of every page. Its own: no set's words may come into it.
    """
    css = Markup(_css() + style)  # noqa: S704 - files of this package alone
    return (
        environment()
        .get_template("page.html")
        .render(
            title=title,
            parts=parts,
            language=language,
            symbols=(pictures or Pictures()).symbols(),
            css=css,
            policy=_policy(css),
            credit=CREDIT,
        )
    )


def part(template: str, package: str = "", **values: object) -> Markup:
    """A piece of a page.

    Args:
        template: its file's name in `templates` of the package, or of this one.
        package: such as "collector.digest".
        values: what the template shows; every `str` is words and is escaped.
    """
    return Markup(environment(package).get_template(template).render(**values))  # noqa: S704 - Jinja has escaped it


@cache
def environment(package: str = "") -> Environment:
    """Jinja with every word escaped, and templates of that package (`templates` in it) beside those of this one."""
    loaders = [PackageLoader(name) for name in (package, "collector.page") if name]
    return Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _css() -> str:
    """The style sheet with its letters: Atkinson Hyperlegible, made by the Braille Institute, as it was published."""
    faces = "".join(
        '@font-face { font-family: "Atkinson Hyperlegible"; font-weight: '
        f'{weight}; src: url("{data_uri("font/ttf", (files(_FONT) / "files" / name).read_bytes())}"); }}\n'
        for weight, name in _WEIGHTS
    )
    return faces + (files("collector.page") / "look.css").read_text(encoding="utf-8")


def _policy(css: str) -> str:
    """What a browser may do with the page: nothing but its own style, and what lies inside it."""
    digest = b64encode(sha256(css.encode("utf-8")).digest()).decode("ascii")
    inside = "img-src data:; media-src data:; font-src data:"
    return f"default-src 'none'; style-src 'sha256-{digest}'; {inside}; base-uri 'none'; form-action 'none'"
