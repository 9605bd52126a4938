"""Authentication-Results (RFC 8601): what the receiving server found out about SPF, DKIM and DMARC."""

import re
from typing import Final

from streams.mail.model import Authentication

_COMMENT: Final = re.compile(r"\([^()]*+\)")
_QUOTED: Final = re.compile(r'"[^"]*+"')
# RFC 8601 §2.2: methodspec = [CFWS] method [/ version] [CFWS] "=" [CFWS] result
_RESULT: Final = re.compile(r"\s*+(spf|dkim|dmarc)(?:\s*+/\s*+\d{1,3}+)?+\s*+=\s*+([a-z]{1,20})", re.IGNORECASE)
_CHARS: Final = 4096
_NOTHING: Final = Authentication()


def authentication(value: str) -> Authentication:
    """The results of one header value. Of several DKIM signatures one that passes is enough (RFC 6376 §6.1)."""
    if not value:
        return _NOTHING
    value = _QUOTED.sub('""', _COMMENT.sub(" ", _COMMENT.sub(" ", value[:_CHARS])))
    found: dict[str, str] = {}
    for segment in value.split(";"):
        result = _RESULT.match(segment)
        if result:
            method, outcome = result[1].lower(), result[2].lower()
            if method not in found or (method == "dkim" and outcome == "pass"):
                found[method] = outcome
    return Authentication(spf=found.get("spf"), dkim=found.get("dkim"), dmarc=found.get("dmarc"))
