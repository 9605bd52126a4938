"""What a reader sees of an HTML body: its text and links, without scripts, styles, comments and hidden elements."""

import re
from dataclasses import dataclass
from typing import Final

from streams.mail import flags, limits
from streams.mail.clean import clean, one_line
from streams.mail.html_elements import ELEMENTS, INLINE, PARAGRAPH, QUOTE_ENDS, QUOTE_OPENS
from streams.mail.html_open import OpenElements
from streams.mail.html_tokens import attributes, tokens, unescape
from streams.mail.model import Link

_RUN: Final = re.compile(r"(?<! ) *+[\x01-\x04\n][\x01-\x04\n ]*+")
_GAPS: Final = re.compile(r"  +")
_FIXED: Final = "\xa0"
"""A blank that counts: &nbsp;, and every one in preformatted text."""
_FLAGGED: Final = {"form": flags.FORM, "script": flags.SCRIPT}
_MEANT: Final = frozenset({"a", "img", *_FLAGGED})
"""What is more than text."""
_QUOTE_MARK: Final = re.compile(r"cite|quote|border-left", re.IGNORECASE)
_HREF_FIRST: Final = re.compile(r"\s*+href=\"([^\"]*+)\"", re.IGNORECASE)
"""How nearly all links begin: no attribute before it could be another "href"."""
_MARKS: Final = 20


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
    for text, closed, raw, rest, opened, inside in tokens(clean(source)):
        number += 2 if text else 1
        if number > most_tokens or reader.size > 2 * limits.TEXT_CHARS:
            odd.add(flags.TEXT_CUT)
            break
        if text:
            reader.text(text)
        if opened:
            reader.open(opened.lower(), inside or "")
        elif closed:
            reader.close(closed.lower())
        elif raw:
            reader.open(raw.lower(), "")
        elif rest:
            reader.text(rest)
    reader.end_link()
    return Page(text=_laid_out(reader.out), links=tuple(reader.links), tokens=number)


class _Reader:
    """Collects text, breaks and links while the tokens pass."""

    __slots__ = ("elements", "href", "link_at", "links", "odd", "out", "size")

    def __init__(self, odd: set[str]) -> None:
        self.odd = odd
        self.out: list[str] = []
        self.elements = OpenElements(odd, self.out)
        self.size = 0
        self.links: list[Link] = []
        self.href: str | None = None
        self.link_at = 0

    def text(self, text: str) -> None:
        if self.elements.hidden:
            if flags.HIDDEN_TEXT not in self.odd and unescape(text).strip():
                self.odd.add(flags.HIDDEN_TEXT)
            return
        if "&" in text:
            text = unescape(text).replace("\r", " ").replace("\f", " ")
        if not self.elements.plain:
            text = text.replace(" ", _FIXED)
        elif not text.isprintable():  # what is more than one blank is closed up in the end
            text = text.replace("\n", " ").replace("\t", " ")
        self.out.append(text)
        self.size += len(text)

    def open(self, name: str, source: str) -> None:
        if name == "a":
            self.end_link()
        element = ELEMENTS.get(name, INLINE)
        quote = name == "blockquote" and _QUOTE_MARK.search(source) is not None
        self.elements.open(name, element, source, quote=quote)
        if self.elements.hidden:
            return
        if element.starts:
            self.out.append(element.starts + QUOTE_OPENS if quote else element.starts)
        if name in _MEANT:
            self._mean(name, source)

    def _mean(self, name: str, source: str) -> None:
        if name in _FLAGGED:
            self.odd.add(_FLAGGED[name])
        elif name == "a" and "=" in source:
            first = _HREF_FIRST.match(source)
            self.href, self.link_at = unescape(first[1]) if first else attributes(source).get("href"), len(self.out)
        elif "alt" in source.lower() and (shown := attributes(source).get("alt")):
            self.out.append(one_line(shown[: limits.LINK_TEXT_CHARS]))

    def close(self, name: str) -> None:
        if name == "a":
            self.end_link()
        self.elements.close(name)

    def end_link(self) -> None:
        if self.href is None:
            return
        target = "".join(self.href.split())[: limits.LINK_CHARS]
        if target and not target.startswith("#") and len(self.links) < limits.LINKS:
            text = one_line("".join(self.out[self.link_at :]))[: limits.LINK_TEXT_CHARS]
            self.links.append(Link(text=text, target=one_line(target)))
        self.href = None


def _laid_out(pieces: list[str]) -> str:
    """The pieces as lines: breaks merged, lines of quotations marked."""
    text = _GAPS.sub(" ", _RUN.sub(_Breaks().of, "".join(pieces))).replace(_FIXED, " ")
    if QUOTE_OPENS not in text:
        return text.replace(QUOTE_ENDS, "").strip()
    lines: list[str] = []
    depth = 0
    for line in text.split("\n"):
        depth += line.count(QUOTE_OPENS)
        shown = line.strip(QUOTE_OPENS + QUOTE_ENDS + " ")
        lines.append(">" * min(depth, _MARKS) + " " + shown if depth > 0 else shown)
        depth = max(0, depth - line.count(QUOTE_ENDS))
    return "\n".join(lines).strip()


class _Breaks(dict[str, str]):
    """What stands in the text for each run of breaks: the same few come again and again."""

    def of(self, run: re.Match[str]) -> str:
        return self[run[0]]

    def __missing__(self, run: str) -> str:
        """The line feeds, after the ends and before the beginnings of quotations in the run."""
        marks = run.replace(" ", "")
        feeds = marks.count("\n") + (marks[0] != "\n")
        if PARAGRAPH in marks:
            feeds = max(2, feeds)
        opened = ended = 0
        for mark in marks:
            if mark == QUOTE_OPENS:
                opened += 1
            elif mark == QUOTE_ENDS and opened:
                opened -= 1
            elif mark == QUOTE_ENDS:
                ended += 1
        self[run] = feed = QUOTE_ENDS * ended + "\n" * min(feeds, 3) + QUOTE_OPENS * opened
        return feed
