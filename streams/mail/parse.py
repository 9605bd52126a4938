"""Raw RFC 5322 bytes → `Mail`: within bounded time and memory, whatever the bytes are."""

from typing import Final

from streams.mail import flags, limits, structure
from streams.mail.addresses import addresses
from streams.mail.authentication import authentication
from streams.mail.body import Content, collect
from streams.mail.headers import Head, decoded, split_message
from streams.mail.model import Address, Mail
from streams.mail.node import Refused
from streams.mail.origin import content_id, date, message_id, message_ids
from streams.mail.quotes import new_part
from streams.mail.recognise import require_mail
from streams.mail.text import Visible, visible

_NOBODY: Final = Address()


def parse(raw: bytes, *, truncated: bool = False) -> Mail:
    """The mail in `raw`; `truncated` says that whoever read it cut its end.

    Raises only `MailError`: the bytes are not one mail (`streams.mail.recognise`). Anything else that is odd becomes
    a flag (`streams.mail.flags`), and everything in the result is bounded (`streams.mail.limits`) and valid UTF-8.
    """
    odd: set[str] = {flags.TRUNCATED} if truncated or len(raw) > limits.RAW_BYTES else set()
    raw = bytes(raw[: limits.RAW_BYTES])
    head, body = split_message(raw, odd)
    require_mail(raw, head, odd)
    content = _content(head, body, odd)
    seen = visible(content.passages, odd)
    if not seen.text and content.messages:
        seen = _nested(content.messages[0], odd)
    return _mail(head, body, content=content, seen=seen, size=len(raw), odd=odd)


def _content(head: Head, body: bytes, odd: set[str]) -> Content:
    """What the parts hold; read again by the standard library when the Rust parser cannot decode one of them."""
    root = structure.root(head, body, odd)
    found: set[str] = set()
    try:
        content = collect(root, found)
    except Refused:
        odd.add(flags.SLOW_PATH)
        return collect(structure.slow_tree(root.headers, body, odd), odd)
    odd |= found
    return content


def _nested(raw: bytes, odd: set[str]) -> Visible:
    """The text of an attached message that is all there is; a message inside that one stays an attachment."""
    inner: set[str] = set()
    head, body = split_message(raw[: limits.PART_TEXT_BYTES], inner)
    if not head.fields:
        return Visible()
    odd.add(flags.NESTED_MESSAGE)
    return visible(_content(head, body, inner).passages, odd)


def _mail(head: Head, body: bytes, *, content: Content, seen: Visible, size: int, odd: set[str]) -> Mail:
    headers = decoded(head, odd)
    first = head.first
    sender = _sender(head, odd)
    own_id = message_id(first("message-id"))
    replied, referred = message_ids(first("in-reply-to")), message_ids(first("references"))
    subject = headers.get("subject", ("",))[0]
    new_text, quoted = new_part(seen.text)
    return Mail(
        size=size,
        message_id=own_id,
        in_reply_to=replied,
        references=referred,
        thread_id=(*referred, *replied, own_id)[0] or content_id(sender.address, first("date"), subject, body),
        sender=sender,
        reply_to=_all(head, "reply-to", odd),
        to=_all(head, "to", odd),
        cc=_all(head, "cc", odd),
        subject=subject,
        date=date(first("date"), odd),
        headers=headers,
        list_id=_list_id(headers),
        list_unsubscribe=_value(headers, "list-unsubscribe"),
        auto_submitted=_auto_submitted(headers),
        precedence=_precedence(headers),
        authentication=authentication(first("authentication-results")),
        text=seen.text,
        new_text=new_text,
        quoted=quoted,
        is_html=seen.is_html,
        links=seen.links,
        attachments=tuple(content.attachments),
        calendar_method=content.calendar_method,
        flags=frozenset(odd),
    )


def _sender(head: Head, odd: set[str]) -> Address:
    """First mailbox of From that has an address; what else stands there is flagged."""
    senders = _all(head, "from", odd)
    if len(senders) > 1:
        odd.add(flags.MANY_FROM)
    for sender in senders:
        if sender.address:
            return sender
    odd.add(flags.NO_FROM)
    return senders[0] if senders else _NOBODY


def _all(head: Head, name: str, odd: set[str]) -> tuple[Address, ...]:
    """The mailboxes of every header of this name: To and Cc do occur twice, and all are meant."""
    values = head.fields.get(name)
    if not values:
        return ()
    if len(values) == 1:
        return addresses(values[0], odd)
    found = [one for value in values[: limits.ADDRESS_HEADERS] for one in addresses(value, odd)]
    return tuple(found[: limits.ADDRESSES])


def _value(headers: dict[str, tuple[str, ...]], name: str) -> str | None:
    values = headers.get(name)
    return values[0] or None if values else None


def _list_id(headers: dict[str, tuple[str, ...]]) -> str | None:
    """RFC 2919 §3: a phrase, then the identifier in angle brackets."""
    value = _value(headers, "list-id")
    if value is None:
        return None
    return value.rpartition("<")[2].partition(">")[0].strip() or value


def _auto_submitted(headers: dict[str, tuple[str, ...]]) -> str | None:
    """RFC 3834 §5: a keyword, then parameters; "no" says that a person sent it."""
    value = _value(headers, "auto-submitted")
    if value is None:
        return None
    keyword = value.partition(";")[0].partition("(")[0].strip().lower()
    return keyword if keyword not in ("", "no") else None


def _precedence(headers: dict[str, tuple[str, ...]]) -> str | None:
    value = _value(headers, "precedence")
    return value.lower() if value else None
