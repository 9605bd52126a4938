"""The elements that are open while HTML is read, as far as it decides what is hidden (WHATWG HTML §13.2.4.2)."""

from dataclasses import replace
from typing import Final

from streams.mail import flags, limits
from streams.mail.html_elements import ELEMENTS, INLINE, QUOTE_ENDS, Element
from streams.mail.html_look import Change, Look, change

_UNREAD: Final = Change(gone=False, tiny=None, invisible=None)


class OpenElements:
    """A bounded stack of open elements; what is nested deeper is not followed (flagged)."""

    __slots__ = ("_at", "_changes", "_odd", "_out", "_scopes", "_stack", "hidden", "look", "plain")

    def __init__(self, odd: set[str], out: list[str]) -> None:
        """`out` takes the edges of visible elements that end."""
        self._odd = odd
        self._out = out
        self._stack: list[tuple[str, Look, str]] = [("", Look(), "")]
        """Name, look inside and edge; the first is the page itself."""
        self._at: dict[str, list[int]] = {}
        self._scopes: list[int] = [0]
        self._changes: dict[str, Change | None] = {"": None}
        """What a tag's attributes change: the same ones come again and again."""
        self.look = self._stack[0][1]
        self.hidden = False
        """Whether text here is not shown."""
        self.plain = True
        """Whether text here is neither hidden nor preformatted."""

    def open(self, name: str, element: Element, source: str, *, quote: bool) -> None:
        """Open an element with these attributes, after what it ends."""
        if element.ends:
            self._end_implied(element)
        if element.void:
            return
        size = len(self._stack)
        if size > limits.HTML_DEPTH:
            self._odd.add(flags.TOO_DEEP)
            return
        places = self._at.get(name)
        if places is None:
            self._at[name] = [size]
        else:
            places.append(size)
        if element.scope:
            self._scopes.append(size)
        changed = self._changes.get(source, _UNREAD)
        if changed is _UNREAD:
            changed = self._changes[source] = change(source)
        if changed is not None or element.gone or element.preformatted:
            self._see(_look(self.look, element, changed))
        self._stack.append((name, self.look, element.edge + QUOTE_ENDS if quote else element.edge))

    def close(self, name: str) -> None:
        """Close an element and all inside it; a close tag that fits nothing in scope is ignored."""
        places = self._at.get(name)
        if places and (places[-1] >= self._scopes[-1] or ELEMENTS.get(name, INLINE).of_table):
            self._cut(places[-1])

    def _end_implied(self, element: Element) -> None:
        floor = 0 if element.of_table else self._scopes[-1]
        for limit in element.within:
            places = self._at.get(limit)
            if places and places[-1] > floor:
                floor = places[-1]
        size = lowest = len(self._stack)
        for other in element.ends:
            places = self._at.get(other)
            if places and floor < places[-1] < lowest:
                lowest = places[-1]
        if lowest < size:
            self._cut(lowest)

    def _cut(self, size: int) -> None:
        stack, scopes = self._stack, self._scopes
        for at in range(len(stack) - 1, size - 1, -1):
            name, look, edge = stack.pop()
            self._at[name].pop()
            if scopes[-1] == at:
                scopes.pop()
            if edge and not look.gone:
                self._out.append(edge)
        if stack[-1][1] is not self.look:
            self._see(stack[-1][1])

    def _see(self, look: Look) -> None:
        self.look = look
        self.hidden = look.gone or look.tiny or look.invisible
        self.plain = not (self.hidden or look.preformatted)


def _look(outer: Look, element: Element, changed: Change | None) -> Look:
    look = changed.of(outer) if changed is not None else replace(outer)
    look.gone = look.gone or element.gone
    look.preformatted = look.preformatted or element.preformatted
    return look
