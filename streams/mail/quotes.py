"""The newly written part of a text, apart from what it quotes, forwards and is signed with."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from streams.mail import limits
from streams.mail.clean import close_up
from streams.mail.quote_marks import (
    ANNOUNCED,
    ATTRIBUTION,
    ATTRIBUTION_ENDS,
    ATTRIBUTION_LAST,
    DATED,
    DIGIT,
    FORWARDED,
    LABEL,
    LOOSE_ATTRIBUTION,
    MARKED,
    MARKED_BLOCK,
    ORIGINAL,
    RULE,
    YEAR,
)
from streams.mail.signature import without_signature

_ATTRIBUTION_LINES: Final = 4
_ATTRIBUTION_CHARS: Final = 400
_BLOCK_LINES: Final = 7
_BLOCK_LABELS: Final = 3
_LABEL_CHARS: Final = 24
_RULE_STARTS: Final = frozenset("-_=* \t")
_RULE_CHARS: Final = frozenset("-_=*")
_CANDIDATES: Final = 100
_WRAPPED: Final = 60
"""A quoted line this long was probably wrapped by a mail program that forgot the mark on the next line."""
_MARKS: Final = re.compile(r"^[ \t]*(?:>[ \t]?)+")


@dataclass(slots=True)
class _Quoting:
    """What of a text is not newly written."""

    lines: list[str]
    end: int
    """From this line on all is quoted."""
    may_be_marked: bool
    """Whether there is anything that a marked line has."""
    dropped: set[int] = field(default_factory=set)
    """Lines of attributions above marked quotations."""
    forwarded: bool = False


def new_part(text: str) -> tuple[str, bool]:
    """The newly written part, and whether there is a quotation. A forward without a word of its own is read itself."""
    lines = text.split("\n", limits.QUOTE_LINES)[: limits.QUOTE_LINES]
    quoting = _Quoting(lines, len(lines), ">" in text or ("]" in text and "--]" in text))
    if ANNOUNCED.search("\n" + text):
        _find_blocks(quoting)
    _find_attributions(quoting)
    own, marked = lines[: quoting.end], False
    if quoting.may_be_marked or quoting.dropped:
        own, marked = _unmarked(quoting, text)
    if not (marked or quoting.dropped or quoting.end < len(lines)):
        return _joined(without_signature(own)), False
    written = _joined(without_signature(_without_rules(own)))
    if written or any(line.strip() for line in own):
        return written, True
    if quoting.forwarded:
        return _joined(_forwarded(quoting)), True
    if quoting.end < len(lines) or quoting.dropped:
        return "", True
    return _joined([_MARKS.sub("", line) for line in lines]), True


def _joined(lines: list[str]) -> str:
    return close_up("\n".join(lines).strip())


def _find_blocks(quoting: _Quoting) -> None:
    """Separators ("-----Original Message-----") and header blocks ("From: ... Sent: ... To: ...")."""
    labels: list[tuple[int, str]] = []
    for number, line in [
        (number, line)
        for number, line in enumerate(quoting.lines)
        if line and (":" in line[:_LABEL_CHARS] or line[0] in _RULE_STARTS or line[-1] == ":")
    ]:
        if (line[-1] == ":" or line.lstrip()[:1] in _RULE_CHARS) and (ORIGINAL.match(line) or FORWARDED.match(line)):
            quoting.end, quoting.forwarded = number, True
            return
        label = LABEL.match(line) if ":" in line[:_LABEL_CHARS] else None
        if label:
            labels = [one for one in labels[-_BLOCK_LINES:] if number - one[0] < _BLOCK_LINES]
            labels.append((number, label.lastgroup or ""))
            kinds = {kind for _, kind in labels}
            if len(kinds) >= _BLOCK_LABELS and "sender" in kinds:
                quoting.end, quoting.forwarded = labels[0][0], True
                return


def _find_attributions(quoting: _Quoting) -> None:
    lines = quoting.lines
    ending = [
        number
        for number, line in enumerate(lines[: quoting.end])
        if line[-1:] in ATTRIBUTION_LAST and line.endswith(ATTRIBUTION_ENDS)
    ]
    for last in ending[:_CANDIDATES]:
        first, marked = _attribution_start(lines, last), quoting.may_be_marked and _marked_below(lines, last)
        if first is None and marked and LOOSE_ATTRIBUTION.fullmatch(lines[last].strip()[:_ATTRIBUTION_CHARS]):
            first = last
        if first is None:
            continue
        if not marked and any(line.strip() for line in lines[:first]):
            quoting.end, quoting.forwarded = first, False
            return  # with nothing above it, the answer stands below: nobody answers with nothing
        quoting.dropped.update(range(first, last + 1))


def _attribution_start(lines: list[str], last: int) -> int | None:
    joined = ""
    for first in range(last, max(-1, last - _ATTRIBUTION_LINES), -1):
        line = lines[first].strip()
        if not line or (line[0] == ">" and first != last):
            return None
        joined = f"{line} {joined}" if joined else line
        if len(joined) > _ATTRIBUTION_CHARS:
            return None
        if DIGIT.search(joined) and (
            ATTRIBUTION.fullmatch(joined) or (YEAR.search(joined) and DATED.fullmatch(joined))
        ):
            return first
    return None


def _marked_below(lines: list[str], last: int) -> bool:
    for line in lines[last + 1 : last + 4]:
        if line and not line.isspace():
            return MARKED.match(line) is not None
    return False


def _unmarked(quoting: _Quoting, text: str) -> tuple[list[str], bool]:
    """The lines before the end that are not marked with ">", and whether there were marked ones."""
    lines = quoting.lines[: quoting.end]
    cuts = [(number, number + 1) for number in quoting.dropped]
    marked = False
    for first, behind in _marked(text) if quoting.may_be_marked else ():
        if first >= quoting.end:
            break
        marked = True
        wrapped = behind not in quoting.dropped and _goes_on(lines, behind)
        cuts.append((first, behind + 1 if wrapped else behind))
    if not cuts:
        return lines, False
    own: list[str] = []
    at = 0
    for first, behind in sorted(cuts):
        own += lines[at:first]
        at = max(at, behind)
    return own + lines[at:], marked


def _marked(text: str) -> Iterator[tuple[int, int]]:
    """Numbers of the first line of each marked block and of the line behind it."""
    text = "\n" + text
    number = at = 0
    for block in MARKED_BLOCK.finditer(text):
        first = number + text.count("\n", at, block.start())
        at = block.end()
        number = first + text.count("\n", block.start(), at)
        yield first, number


def _goes_on(lines: list[str], number: int) -> bool:
    """Whether the line is the rest of the quoted one above it: more of the quotation follows."""
    return (
        number + 1 < len(lines)
        and len(lines[number - 1]) >= _WRAPPED
        and lines[number][:1].islower()
        and lines[number + 1][:1] == ">"
    )


def _without_rules(own: list[str]) -> list[str]:
    """Without the rule that some programs draw above a quotation."""
    end = len(own)
    while end and (not own[end - 1].strip() or RULE.fullmatch(own[end - 1][:200])):
        end -= 1
    return own[:end]


def _forwarded(quoting: _Quoting) -> list[str]:
    """The forwarded text without its separator and header block."""
    lines = quoting.lines[quoting.end :]
    at = 0
    while at < min(len(lines), 2 * _BLOCK_LINES):
        line = lines[at]
        if line.strip() and not LABEL.match(line) and at > 1:
            break
        at += 1
    body = [_MARKS.sub("", line) for line in lines[at:]]
    return body if any(line.strip() for line in body) else lines
