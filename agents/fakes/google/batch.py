"""POST /batch/gmail/v1: up to 100 calls as parts of one multipart/mixed body (Gmail API, "Batch requests")."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from email.message import Message as Parsed
from email.parser import BytesParser, HeaderParser
from urllib.parse import parse_qsl, unquote, urlsplit

from multidict import MultiDict

from agents.fakes.google.call import Answer, Call, bearer
from agents.fakes.google.errors import invalid

MOST_PARTS = 100


def calls(content_type: str, body: bytes, token: str) -> list[tuple[str, Call]]:
    """The parts: Content-ID (as sent, brackets off; empty when missing) and call. A part may bring a token of its own.

    Raises:
        ApiError: 400; no multipart/mixed, no parts, too many of them, or a part that is no HTTP request.
    """
    whole = BytesParser().parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + body)
    if whole.get_content_type() != "multipart/mixed" or not whole.is_multipart():
        raise invalid("Failed to parse batch request, error: missing or invalid multipart/mixed body")
    parts = [part for part in whole.get_payload() if isinstance(part, Parsed)]
    if len(parts) > MOST_PARTS:
        raise invalid(f"The batch request contains too many calls: {len(parts)}, and at most {MOST_PARTS} are allowed")
    return [_call(part, token) for part in parts]


def _call(part: Parsed, token: str) -> tuple[str, Call]:
    payload = part.get_payload(decode=True)
    text = payload.decode("latin-1").replace("\r\n", "\n").lstrip("\n") if isinstance(payload, bytes) else ""
    request, _, rest = text.partition("\n")
    words = request.split()
    if part.get_content_type() != "application/http" or len(words) not in {2, 3}:
        raise invalid("Failed to parse batch request, error: a part is no application/http request")
    head, _, body = rest.partition("\n\n")
    own = bearer(HeaderParser().parsestr(head).get("Authorization", ""))
    url = urlsplit(words[1])
    query = MultiDict(parse_qsl(url.query, keep_blank_values=True))
    name = str(part.get("Content-ID", "")).strip().removeprefix("<").removesuffix(">")
    return name, Call(words[0].upper(), unquote(url.path), query, own or token, body.encode("latin-1"))


def render(answers: Iterable[tuple[str, Answer]]) -> tuple[str, bytes]:
    """Content-Type and body of the whole answer; `<x>` is answered as `<response-x>`."""
    boundary = f"batch_{secrets.token_urlsafe(24)}"
    parts = [_part(boundary, name, answer) for name, answer in answers]
    return f"multipart/mixed; boundary={boundary}", b"".join(parts) + f"--{boundary}--".encode()


def _part(boundary: str, name: str, answer: Answer) -> bytes:
    body = b"" if answer.body is None else json.dumps(answer.body).encode()
    head = [f"--{boundary}", "Content-Type: application/http"]
    if name:
        head.append(f"Content-ID: <response-{name}>")
    head += ["", f"HTTP/1.1 {answer.code} {PHRASES.get(answer.code, 'Error')}"]
    head += [f"{field}: {value}" for field, value in answer.headers.items()]
    head += ["Content-Type: application/json; charset=UTF-8", f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(head).encode() + body + b"\r\n"


PHRASES = {
    200: "OK",
    204: "No Content",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
