"""Content-Transfer-Encoding (RFC 2045 §6), lenient: what can be decoded is, and what was wrong is flagged."""

import binascii
import re
from typing import Final

from streams.mail import flags

_NOT_BASE64_OR_PAD: Final = bytes(c for c in range(256) if not ((c < 128 and chr(c).isalnum()) or c in b"+/="))
_PADDING: Final = re.compile(rb"=+")
_BASE64_RUNS: Final = 100
_BAD_ESCAPE: Final = re.compile(rb"=(?![0-9A-Fa-f]{2}|[ \t]*\r?\n|[ \t]*\Z)")
_IDENTITY: Final = frozenset({"", "7bit", "8bit", "binary"})
_UUENCODED: Final = frozenset({"x-uuencode", "uuencode", "x-uue", "uue"})


def base64_bytes(raw: bytes) -> tuple[bytes, bool]:
    """Decoded bytes and whether the input was sound. Foreign bytes are skipped (RFC 2045 §6.8), padding is optional."""
    packed = raw.translate(None, _NOT_BASE64_OR_PAD)
    sound = len(packed) + sum(map(raw.count, b"\r\n \t")) == len(raw)
    bare = packed.rstrip(b"=")
    if b"=" not in bare:
        content, whole = _base64_run(bare)
        return content, sound and whole
    runs = _PADDING.split(packed, maxsplit=_BASE64_RUNS)  # several padded runs in a row: old mailers joined them
    if len(runs) > 2 or (len(runs) == 2 and runs[1]):
        sound = False
    contents, wholes = zip(*map(_base64_run, runs), strict=True)
    return b"".join(contents), sound and all(wholes)


def _base64_run(packed: bytes) -> tuple[bytes, bool]:
    packed = packed.replace(b"=", b"")
    whole = len(packed) % 4 != 1
    if not whole:
        packed = packed[:-1]
    return binascii.a2b_base64(packed + b"=" * (-len(packed) % 4)), whole


def decode_transfer(raw: bytes, encoding: str, odd: set[str]) -> bytes:
    """The bytes of a part after transfer decoding; an unknown encoding leaves them as they are."""
    if encoding in _IDENTITY:
        return raw
    encoding = encoding.partition(";")[0].strip("\"' ").lower()
    if encoding in _IDENTITY:
        return raw
    if encoding == "quoted-printable":
        if _BAD_ESCAPE.search(raw):
            odd.add(flags.BAD_TRANSFER_ENCODING)
        return binascii.a2b_qp(raw)
    if encoding == "base64":
        content, sound = base64_bytes(raw)
        if not sound:
            odd.add(flags.BAD_TRANSFER_ENCODING)
        return content
    if encoding in _UUENCODED:
        return _uudecode(raw, odd)
    odd.add(flags.BAD_TRANSFER_ENCODING)
    return raw


def _uudecode(raw: bytes, odd: set[str]) -> bytes:
    begin = re.search(rb"^begin [0-7]{3,4} [^\n]*\n", raw, re.MULTILINE)
    if not begin:
        odd.add(flags.BAD_TRANSFER_ENCODING)
        return raw
    out: list[bytes] = []
    for line in raw[begin.end() :].split(b"\n"):
        if line.strip() in (b"end", b"`", b""):
            break
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            odd.add(flags.BAD_TRANSFER_ENCODING)
            break
    return b"".join(out)
