"""Content-Type and Content-Disposition with parameters (RFC 2045 §5.1, RFC 2183), also split and encoded (RFC 2231)."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

from streams.mail import charsets, limits
from streams.mail.encoded_words import decode_words

_PARAMETER: Final = re.compile(r';\s*+([^\s=;"]++)\s*+=\s*+(?:"((?:[^"\\]++|\\.)*+)"|([^;]*+))', re.DOTALL)
_ESCAPE: Final = re.compile(r'\\(["\\])')  # only these: Windows paths are written with single backslashes
_SECTION: Final = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_COMMENT: Final = re.compile(r"\([^()\"]*+\)")


@lru_cache(maxsize=2048)
def parameters(value: str) -> tuple[str, dict[str, str]]:
    """The value itself in lower case and its parameters by lower-case name. Not to be changed: it is shared."""
    token, semicolon, _ = value.partition(";")
    token = _COMMENT.sub("", token).strip("\"' \t").lower()
    if not semicolon:
        return token, {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, quoted, bare in _PARAMETER.findall(value[: limits.PARAMETER_CHARS]):
        text = _ESCAPE.sub(r"\1", quoted) if quoted else bare.strip("\"' \t\r\n")
        section = _SECTION.fullmatch(name.lower())
        if section:
            numbered = sections.setdefault(section[1], {})
            numbered.setdefault(int(section[2] or 0), (text, section[3] is not None))
    return token, {name: _joined(numbered) for name, numbered in sections.items()}


def _joined(numbered: dict[int, tuple[str, bool]]) -> str:
    """The sections of one parameter in order (RFC 2231 §3), percent-decoded where marked (§4)."""
    if not any(encoded for _, encoded in numbered.values()):
        text = "".join([numbered[number][0] for number in sorted(numbered)])
        return decode_words(text, set()) if "=?" in text else text  # RFC 2047 §5 forbids it, many mailers do it
    charset, raw = "", b""
    for number in sorted(numbered):
        text, encoded = numbered[number]
        if encoded and number == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        raw += unquote_to_bytes(text) if encoded else text.encode("utf-8", "replace")
    return charsets.decode(raw, charset.lower() or "utf-8", set())
