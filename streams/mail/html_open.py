"""The elements that are open while HTML is read, as far as it decides what is hidden (WHATWG HTML §13.2.4.2, §15.3)."""

import re
from dataclasses import dataclass
from typing import Final

from streams.mail import flags, limits

_VOID: Final = frozenset(
    "area base br col embed hr img input link meta param source track wbr basefont bgsound frame keygen".split()
)
_SCOPES: Final = frozenset("td th caption table html template object marquee button".split())  # §13.2.4.2
_TABLE_PARTS: Final = frozenset("td th tr tbody thead tfoot caption table".split())
# A start tag ends what is open of these, up to the nearest limit (§13.2.6.4.7, .13-15).
_ENDS: Final = (
    dict.fromkeys("p div table ul ol dl pre blockquote form h1 h2 h3 h4 h5 h6 hr center address".split(), ("p",))
    | {"li": ("li",), "dt": ("dt", "dd"), "dd": ("dt", "dd"), "option": ("option",)}
    | {"td": ("td", "th"), "th": ("td", "th"), "tr": ("tr",), "tbody": ("tbody", "thead"), "tfoot": ("tbody",)}
)
_ENDS_WITHIN: Final = {"li": ("ul", "ol"), "td": ("table",), "th": ("table",), "tr": ("table",), "tbody": ("table",)}
_HINT: Final = re.compile(r"hidden|none|font-size|opacity|max-height|visib", re.IGNORECASE)
_NOT_SHOWN: Final = re.compile(
    r"(?:^|;)\s*+(?:display\s*+:\s*+none|opacity\s*+:\s*+0*+\.?0*+\s*+(?:;|!|$))",
    re.IGNORECASE,
)
_ZERO: Final = r"0*+\.?0*+\s*+(?:px|pt|em|rem|ex|%|cm|mm|in|vw|vh)?+\s*+(?:;|!|$)"
_NO_HEIGHT: Final = re.compile(rf"(?:^|;)\s*+max-height\s*+:\s*+{_ZERO}", re.IGNORECASE)
_CLIPPED: Final = re.compile(r"overflow\s*+:\s*+hidden", re.IGNORECASE)
_FONT_SIZE: Final = re.compile(r"(?:^|;)\s*+font-size\s*+:\s*+([^;]*+)", re.IGNORECASE)
_NOTHING: Final = re.compile(_ZERO)
_VISIBILITY: Final = re.compile(r"(?:^|;)\s*+visibility\s*+:\s*+([a-z]++)", re.IGNORECASE)


@dataclass(slots=True)
class _Look:
    """How the text directly inside an element is shown."""

    gone: bool = False
    """display:none and the like: nothing inside can undo it."""
    tiny: bool = False
    """font-size 0: an element inside may set another size."""
    invisible: bool = False
    """visibility:hidden: an element inside may be visible again."""
    preformatted: bool = False


class OpenElements:
    """A bounded stack of open elements; what is nested deeper is not followed (flagged)."""

    __slots__ = ("_at", "_looks", "_names", "_odd", "_quotes", "_scopes", "hidden", "preformatted")

    def __init__(self, odd: set[str]) -> None:
        self._odd = odd
        self._names: list[str] = []
        self._looks: list[_Look] = [_Look()]
        self._quotes: list[bool] = []
        self._at: dict[str, list[int]] = {}
        self._scopes: list[int] = []
        self.hidden = False
        """Whether text here is not shown."""
        self.preformatted = False

    def open(self, name: str, values: dict[str, str], *, quote: bool) -> list[tuple[str, bool]]:
        """Open an element. Returns the visible elements this closed: name, and whether it was a quotation."""
        closed = self._end_implied(name) if name in _ENDS else []
        if name in _VOID:
            return closed
        if len(self._names) >= limits.HTML_DEPTH:
            self._odd.add(flags.TOO_DEEP)
            return closed
        self._at.setdefault(name, []).append(len(self._names))
        if name in _SCOPES:
            self._scopes.append(len(self._names))
        self._names.append(name)
        self._quotes.append(quote)
        look = self._looks[-1]
        self._looks.append(_look(look, name, values) if values or name in ("pre", "template", "noscript") else look)
        self._see()
        return closed

    def close(self, name: str) -> list[tuple[str, bool]]:
        """Close an element and all inside it; a close tag that fits nothing in scope is ignored."""
        places = self._at.get(name)
        if not places:
            return []
        if self._scopes and places[-1] < self._scopes[-1] and name not in _TABLE_PARTS:
            return []
        return self._cut(places[-1])

    def _end_implied(self, name: str) -> list[tuple[str, bool]]:
        floor = self._scopes[-1] if self._scopes and name not in _TABLE_PARTS else -1
        for limit in _ENDS_WITHIN.get(name, ()):
            places = self._at.get(limit)
            if places:
                floor = max(floor, places[-1])
        ended = [places[-1] for other in _ENDS[name] if (places := self._at.get(other)) and places[-1] > floor]
        return self._cut(min(ended)) if ended else []

    def _cut(self, size: int) -> list[tuple[str, bool]]:
        closed: list[tuple[str, bool]] = []
        while len(self._names) > size:
            name, look, quote = self._names.pop(), self._looks.pop(), self._quotes.pop()
            self._at[name].pop()
            if self._scopes and self._scopes[-1] == len(self._names):
                self._scopes.pop()
            if not look.gone:
                closed.append((name, quote))
        self._see()
        return closed

    def _see(self) -> None:
        look = self._looks[-1]
        self.hidden = look.gone or look.tiny or look.invisible
        self.preformatted = look.preformatted


def _look(outer: _Look, name: str, values: dict[str, str]) -> _Look:
    style = values.get("style", "")
    look = _Look(outer.gone, outer.tiny, outer.invisible, outer.preformatted or name == "pre")
    if "hidden" in values or name == "template":
        look.gone = True
    if style and _HINT.search(style):
        if _NOT_SHOWN.search(style) or (_NO_HEIGHT.search(style) and _CLIPPED.search(style)):
            look.gone = True
        if size := _FONT_SIZE.search(style):
            look.tiny = _NOTHING.match(size[1]) is not None
        if visibility := _VISIBILITY.search(style):
            look.invisible = visibility[1].lower() in ("hidden", "collapse")
    return look
