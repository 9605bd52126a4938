"""By what a mail is recognised after its folder was rebuilt: Message-ID and content, not what the server says of it."""

from __future__ import annotations

import hashlib
import re

HASHED_BYTES = 64 * 1024
"""So much of a mail counts, so that another bound on fetched bytes does not change the fingerprint."""

_HEADER_BYTES = 256 * 1024
MESSAGE_ID = re.compile(rb"^message-id[ \t]*:\s*(<[^>\s]{1,998}>)", re.IGNORECASE | re.MULTILINE)
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")


def fingerprint(raw: bytes) -> str:
    """32 hex digits; "" for no bytes at all. CRLF and LF count alike: a migration may change them."""
    if not raw:
        return ""
    end = _END_OF_HEADER.search(raw, 0, _HEADER_BYTES)
    found = MESSAGE_ID.search(raw, 0, end.start() if end else min(len(raw), _HEADER_BYTES))
    content = raw[: 2 * HASHED_BYTES].replace(b"\r\n", b"\n")[:HASHED_BYTES]
    identity = found[1] if found else b""
    return hashlib.blake2b(identity + b"\x00" + content, digest_size=16).hexdigest()
