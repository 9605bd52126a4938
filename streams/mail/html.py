"""What a reader sees of an HTML body: its text and links, without scripts, styles, comments and hidden elements."""

import re
from dataclasses import dataclass
from typing import Final

from streams.mail import flags, limits
from streams.mail.clean import clean, one_line
from streams.mail.html_open import OpenElements
from streams.mail.html_tokens import attributes, tokens, unescape
from streams.mail.model import Link

# Breaks while the text is collected: control characters, which the text cannot hold (it is cleaned before).
_SOFT: Final = "\x01"
"""The edge of a block: a new line, unless there is one already."""
_PARAGRAPH: Final = "\x02"
"""The edge of a paragraph: an empty line."""
_QUOTE_OPENS: Final = "\x03"
_QUOTE_ENDS: Final = "\x04"
_RUN: Final = re.compile(r"(?<! ) *+[\x01-\x04\n][\x01-\x04\n ]*+")
_GAPS: Final = re.compile(r" {2,}")
_FIXED: Final = "\xa0"
"""A blank that counts: &nbsp;, and every one in preformatted text."""
_SPACES: Final = re.compile(r"[ \t\r\n\f]+")
_EDGES: Final = (
    dict.fromkeys(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "table", "pre", "blockquote"), _PARAGRAPH)
    | dict.fromkeys(("div", "li", "tr", "dt", "dd", "center", "section", "article", "header", "footer", "form"), _SOFT)
    | dict.fromkeys(("address", "fieldset", "main", "nav", "aside", "figure", "caption", "body", "html"), _SOFT)
)  # fmt: skip
_CELLS: Final = frozenset({"td", "th"})
_QUOTE_MARK: Final = re.compile(r"cite|quote|border-left", re.IGNORECASE)
_MARKS: Final = 20
_RULE: Final = "\n" + "_" * 32 + "\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The readable content of an HTML body; quoted blocks have "> " before their lines, as in plain text."""

    text: str
    links: tuple[Link, ...]
    tokens: int
    """Tags and stretches of text that were read: what the page cost."""


def read_html(source: str, odd: set[str], *, most_tokens: int = limits.HTML_TAGS) -> Page:
    """The text and the links of an HTML body; `source` is bounded by the caller."""
    reader = _Reader(odd)
    number = 0
    for number, (kind, name, rest) in enumerate(tokens(clean(source)), 1):
        if number > most_tokens or reader.size > 2 * limits.TEXT_CHARS:
            odd.add(flags.TEXT_CUT)
            break
        if kind == "text":
            reader.text(name)
        elif kind == "open":
            reader.open(name, rest)
        else:
            reader.close(name)
    reader.end_link()
    return Page(text=_laid_out(reader.out), links=tuple(reader.links), tokens=number)


class _Reader:
    """Collects text, breaks and links while the tokens pass."""

    __slots__ = ("elements", "href", "link_at", "links", "odd", "out", "size")

    def __init__(self, odd: set[str]) -> None:
        self.odd = odd
        self.elements = OpenElements(odd)
        self.out: list[str] = []
        self.size = 0
        self.links: list[Link] = []
        self.href: str | None = None
        self.link_at = 0

    def text(self, source: str) -> None:
        if self.elements.hidden:
            if flags.HIDDEN_TEXT not in self.odd and unescape(source).strip():
                self.odd.add(flags.HIDDEN_TEXT)
            return
        text = unescape(source)
        self.out.append(text.replace(" ", _FIXED) if self.elements.preformatted else _SPACES.sub(" ", text))
        self.size += len(text)

    def open(self, name: str, source: str) -> None:
        if name == "a":
            self.end_link()
        values = attributes(source) if "=" in source or "hidden" in source else {}
        quote = name == "blockquote" and _QUOTE_MARK.search(source) is not None
        for closed, was_quote in self.elements.open(name, values, quote=quote):
            self._edge(closed, _QUOTE_ENDS if was_quote else "")
        if self.elements.hidden:
            return
        self._edge(name, _QUOTE_OPENS if quote else "")
        if name == "a" and "href" in values:
            self.href, self.link_at = values["href"], len(self.out)
        elif name == "img" and values.get("alt"):
            self.out.append(one_line(values["alt"][: limits.LINK_TEXT_CHARS]))
        elif name == "form":
            self.odd.add(flags.FORM)
        elif name == "script":
            self.odd.add(flags.SCRIPT)

    def close(self, name: str) -> None:
        if name == "a":
            self.end_link()
        for closed, was_quote in self.elements.close(name):
            self._edge(closed, _QUOTE_ENDS if was_quote else "")

    def end_link(self) -> None:
        if self.href is None:
            return
        target = "".join(self.href.split())[: limits.LINK_CHARS]
        if target and not target.startswith("#") and len(self.links) < limits.LINKS:
            text = one_line("".join(self.out[self.link_at :])[: 4 * limits.LINK_TEXT_CHARS])
            self.links.append(Link(text=text[: limits.LINK_TEXT_CHARS], target=one_line(target)))
        self.href = None

    def _edge(self, name: str, mark: str) -> None:
        if name == "br":
            self.out.append("\n")
        elif name == "hr":
            self.out.append(_RULE)
        elif name in _CELLS:
            self.out.append(" ")
        elif name in _EDGES:
            self.out.append(_EDGES[name] + mark)


def _laid_out(pieces: list[str]) -> str:
    """The pieces as lines: breaks merged, lines of quotations marked."""
    text = _GAPS.sub(" ", _RUN.sub(_break, "".join(pieces))).replace(_FIXED, " ")
    if _QUOTE_OPENS not in text:
        return text.replace(_QUOTE_ENDS, "").strip()
    lines: list[str] = []
    depth = 0
    for line in text.split("\n"):
        depth += line.count(_QUOTE_OPENS)
        shown = line.strip(_QUOTE_OPENS + _QUOTE_ENDS + " ")
        lines.append(">" * min(depth, _MARKS) + " " + shown if depth > 0 else shown)
        depth = max(0, depth - line.count(_QUOTE_ENDS))
    return "\n".join(lines).strip()


def _break(run: re.Match[str]) -> str:
    """The line feeds for a run of breaks, after the ends and before the beginnings of quotations in it."""
    marks = run[0].replace(" ", "")
    feeds = marks.count("\n") + (marks[0] != "\n")
    if _PARAGRAPH in marks:
        feeds = max(2, feeds)
    opened = ended = 0
    for mark in marks:
        if mark == _QUOTE_OPENS:
            opened += 1
        elif mark == _QUOTE_ENDS and opened:
            opened -= 1
        elif mark == _QUOTE_ENDS:
            ended += 1
    return _QUOTE_ENDS * ended + "\n" * min(feeds, 3) + _QUOTE_OPENS * opened
