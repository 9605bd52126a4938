"""Bytes → text by charset label. Labels are hostile: only real character encodings are looked up."""

import codecs
from functools import lru_cache
from typing import Final

from streams.mail import flags

# Supersets that readers use in place of the label (WHATWG Encoding §4.2), and labels Python does not know.
_ALIASES: Final = {
    "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252", "iso_8859-1": "cp1252",
    "x-ansi": "cp1252", "ansi": "cp1252", "ansi_x3.110-1983": "cp1252", "x-user-defined": "cp1252",
    "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "gb_2312-80": "gb18030", "x-euc-cn": "gb18030",
    "ks_c_5601-1987": "cp949", "ks_c_5601": "cp949", "euc-kr": "cp949", "ksc5601": "cp949", "x-windows-949": "cp949",
    "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932", "sjis": "cp932", "windows-31j": "cp932",
    "iso-8859-9": "cp1254", "iso-8859-11": "cp874", "tis-620": "cp874", "windows-874": "cp874",
    "iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8", "iso-8859-6-i": "iso8859-6",
    "unicode-1-1-utf-7": "utf-7", "unicode-1-1-utf-8": "utf-8", "utf8mb4": "utf-8", "cp-850": "cp850",
    "x-mac-roman": "mac-roman", "macintosh": "mac-roman", "x-mac-cyrillic": "mac-cyrillic", "koi8-ru": "koi8-u",
}  # fmt: skip
_NOT_MAIL_CHARSETS: Final = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs"})
_UNDECLARED: Final = "ascii"


@lru_cache(maxsize=512)
def _codec(label: str) -> str | None:
    """The Python codec for a charset label (RFC 2978), or None when there is no such character encoding."""
    name = _ALIASES.get(label, label)
    try:
        info = codecs.lookup(name)
        b"a".decode(name, "replace")  # refused by codecs that are no character encodings (zlib, hex, ...)
    except (LookupError, ValueError, UnicodeError):
        return None
    return None if info.name in _NOT_MAIL_CHARSETS else info.name


def guess(raw: bytes) -> str:
    """UTF-8 when the bytes are, else Windows-1252: the commonest undeclared charset."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def decode(raw: bytes, label: str, odd: set[str]) -> str:
    """`raw` as text in the charset named by `label` ("": not declared); flags what does not fit."""
    if raw.isascii() and (not label or label in ("us-ascii", "utf-8", "iso-8859-1", "windows-1252")):
        return raw.decode("ascii")
    codec = _codec(label.strip("\"' ").lower()[:40]) if label else _UNDECLARED
    if codec is None:
        odd.add(flags.UNKNOWN_CHARSET)
        return guess(raw)
    if codec == _UNDECLARED:
        if not raw.isascii():
            odd.add(flags.BAD_CHARSET)
        return guess(raw)
    try:
        return raw.decode(codec)
    except (UnicodeError, ValueError, LookupError):
        odd.add(flags.BAD_CHARSET)
        return _mostly(raw, codec)


def _mostly(raw: bytes, codec: str) -> str:
    """Text with replacement characters, or a guess when more is replaced than read (Latin-1 labelled UTF-8)."""
    try:
        text = raw.decode(codec, "replace")
    except (UnicodeError, ValueError, LookupError):
        return guess(raw)
    wrong = text.count("\ufffd")
    other = len(text) - wrong - sum(map(text.count, "\r\n ")) if wrong else 0
    if codec == "utf-8":
        other = len(raw) - len(raw.translate(None, bytes(range(128, 256)))) - wrong  # 8-bit bytes that did decode
    return guess(raw) if wrong > other else text
