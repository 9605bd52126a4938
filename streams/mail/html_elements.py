"""HTML's elements, as far as it matters here what they are: how they lay out text, and what a start tag ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

# Breaks while the text is collected: control characters, which the text cannot hold (it is cleaned before).
SOFT: Final = "\x01"
"""The edge of a block: a new line, unless there is one already."""
PARAGRAPH: Final = "\x02"
"""The edge of a paragraph: an empty line."""
QUOTE_OPENS: Final = "\x03"
QUOTE_ENDS: Final = "\x04"


@dataclass(slots=True)
class Element:
    """One kind of element."""

    starts: str = ""
    """What its start tag puts into the text."""
    edge: str = ""
    """What its end puts there."""
    void: bool = False
    """Has no content (§13.1.2)."""
    scope: bool = False
    """End tags inside do not close what is outside (§13.2.4.2)."""
    of_table: bool = False
    """Its tags do reach across such a limit."""
    ends: tuple[str, ...] = ()
    """A start tag ends what is open of these, up to the nearest limit (§13.2.6.4.7, .13-15)."""
    within: tuple[str, ...] = ()
    """Further limits to that."""
    gone: bool = False
    """Never shown."""
    preformatted: bool = False


ELEMENTS: Final[dict[str, Element]] = {}
"""Those that are more than inline text, by name."""
INLINE: Final = Element()


def _each(names: str) -> Iterable[Element]:
    return (ELEMENTS.setdefault(name, Element()) for name in names.split())


for _one in _each("p h1 h2 h3 h4 h5 h6 ul ol dl table pre blockquote"):
    _one.starts = _one.edge = PARAGRAPH
for _one in _each(
    "div li tr dt dd center section article header footer form address fieldset main nav aside figure caption body html"
):
    _one.starts = _one.edge = SOFT
for _one in _each("td th"):
    _one.starts = _one.edge = " "
for _one in _each("area base br col embed hr img input link meta param source track wbr basefont bgsound frame keygen"):
    _one.void = True
for _one in _each("td th caption table html template object marquee button"):
    _one.scope = True
for _one in _each("td th tr tbody thead tfoot caption table"):
    _one.of_table = True
for _one in _each("p div table ul ol dl pre blockquote form h1 h2 h3 h4 h5 h6 hr center address"):
    _one.ends = ("p",)
for _name, _ends, _within in (
    ("li", "li", "ul ol"), ("dt", "dt dd", ""), ("dd", "dt dd", ""), ("option", "option", ""), ("tfoot", "tbody", ""),
    ("td", "td th", "table"), ("th", "td th", "table"), ("tr", "tr", "table"), ("tbody", "tbody thead", "table"),
):  # fmt: skip
    for _one in _each(_name):
        _one.ends, _one.within = tuple(_ends.split()), tuple(_within.split())
ELEMENTS["br"].starts = "\n"
ELEMENTS["hr"].starts = "\n" + "_" * 32 + "\n"
ELEMENTS["template"].gone = True
ELEMENTS["pre"].preformatted = True
