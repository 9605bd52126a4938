"""From the MIME tree to what a reader sees: the text, the attachments, the calendar method."""

import re
from dataclasses import dataclass, field
from typing import Final

from streams.mail import charsets, flags, limits
from streams.mail.clean import one_line
from streams.mail.flowed import unflow
from streams.mail.model import Attachment
from streams.mail.node import Node

_CALENDAR: Final = frozenset({"text/calendar", "application/ics"})
_METHOD: Final = re.compile(rb"^METHOD:[ \t]*([A-Za-z-]{1,40})", re.MULTILINE | re.IGNORECASE)  # RFC 5545 §3.7.2
_PLAIN: Final = frozenset({"text/plain", "text/enriched", "text/richtext", "text/markdown", "text/x-amp-html"})
_MARKUP: Final = re.compile(r"\s{0,99}<(?:!doctype html|html)[\s>]", re.IGNORECASE)


@dataclass(slots=True)
class Passage:
    """One stretch of the visible text, in the forms that the sender offered (RFC 2046 §5.1.4)."""

    plain: str = ""
    html: str = ""


@dataclass(slots=True)
class Content:
    """What the parts of a message hold."""

    passages: list[Passage] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    calendar_method: str | None = None
    messages: list[bytes] = field(default_factory=list)
    """Embedded messages (message/rfc822), raw."""


def collect(root: Node, odd: set[str]) -> Content:
    """Everything a reader is shown of a tree. Raises `Refused` when a part's content cannot be decoded this way."""
    content = Content()
    _walk(root, content, odd, inside="")
    return content


def _walk(node: Node, content: Content, odd: set[str], *, inside: str) -> None:
    if not node.children:
        _leaf(node, content, odd, inside)
    elif node.content_type == "multipart/alternative":
        _alternative(node, content, odd)
    else:
        if node.content_type == "multipart/signed":
            odd.add(flags.SIGNED)
        elif node.content_type == "multipart/encrypted":
            odd.add(flags.ENCRYPTED)
        for child in node.children:
            _walk(child, content, odd, inside=node.content_type)


def _alternative(node: Node, content: Content, odd: set[str]) -> None:
    """The same content in several forms: one passage, with the plain text and the HTML of any of them."""
    passage = Passage()
    for child in node.children:
        form = Content(attachments=content.attachments, messages=content.messages)
        _walk(child, form, odd, inside=node.content_type)
        passage.plain = passage.plain or "\n".join(one.plain for one in form.passages if one.plain)
        passage.html = passage.html or "\n".join(one.html for one in form.passages if one.html)
        content.calendar_method = content.calendar_method or form.calendar_method
    if passage.plain or passage.html:
        content.passages.append(passage)


def _leaf(node: Node, content: Content, odd: set[str], inside: str) -> None:
    kind = node.content_type
    raw = node.content(odd)
    if kind in _CALENDAR and content.calendar_method is None:
        content.calendar_method = _calendar_method(node, raw)
    if _is_text(node, content):
        content.passages.append(_passage(node, raw, odd))
        return
    if kind == "message/rfc822":
        content.messages.append(raw)
    elif kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):  # RFC 8551 §3.2.2
        odd.add(flags.SIGNED if node.parameters.get("smime-type", "").lower() == "signed-data" else flags.ENCRYPTED)
    if inside == "multipart/alternative" and kind.startswith("text/") and not node.name:
        return  # another form of the text (calendar, watch-html, ...): not a file
    if len(content.attachments) >= limits.ATTACHMENTS:
        odd.add(flags.TOO_MANY_PARTS)
        return
    name = one_line(node.name)[: limits.NAME_CHARS]
    content.attachments.append(Attachment(name=name, content_type=one_line(kind)[:127], size=len(raw)))


def _is_text(node: Node, content: Content) -> bool:
    """Whether a reader shows this leaf as text rather than as a file (RFC 2183 §2)."""
    if node.content_type != "text/html" and node.content_type not in _PLAIN:
        return False
    if node.disposition == "attachment" or len(content.passages) >= limits.TEXT_PARTS:
        return False
    return not (node.name and content.passages)  # a named text after the body: a file, whatever its disposition


def _passage(node: Node, raw: bytes, odd: set[str]) -> Passage:
    if len(raw) > limits.PART_TEXT_BYTES:
        odd.add(flags.TEXT_CUT)
        raw = raw[: limits.PART_TEXT_BYTES]
    text = charsets.decode(raw, node.parameters.get("charset", "").lower(), odd)
    if node.content_type in ("text/html", "text/enriched", "text/richtext") or _MARKUP.match(text):
        return Passage(html=text)
    if node.parameters.get("format", "").lower() == "flowed":
        text = unflow(text, delete_space=node.parameters.get("delsp", "").lower() == "yes")
    return Passage(plain=text)


def _calendar_method(node: Node, raw: bytes) -> str:
    """The `method` parameter (RFC 6047 §2.4), else the METHOD property inside; "" when neither names one."""
    named = one_line(node.parameters.get("method", ""))[:40].upper()
    if named:
        return named
    inside = _METHOD.search(raw[: limits.PART_TEXT_BYTES])
    return inside[1].decode("ascii").upper() if inside else ""
