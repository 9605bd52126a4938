"""How much of a mail is looked at. Each bound keeps one kind of hostile mail from costing more than its share."""

from typing import Final

RAW_BYTES: Final = 1 << 20
"""Bytes of one message; ingest cuts earlier (512 KiB), this is the last line."""
HEAD_BYTES: Final = 128 << 10
"""Bytes of a header section."""
FIELDS: Final = 512
"""Header fields kept of one header section."""
VALUE_CHARS: Final = 16 << 10
"""Characters of one header value, before and after decoding."""
PARAMETER_CHARS: Final = 4 << 10
"""Characters of a Content-Type or Content-Disposition value."""
MIME_DEPTH: Final = 16
"""Levels of nested multiparts."""
MIME_PARTS: Final = 300
"""Delimiter lines ("--...") after which the rest of a multipart is not split any more."""
MIME_LINES: Final = 20_000
"""Lines that the slow path (standard library) is given."""
ENCODED_WORD_MARKS: Final = 500
""""=?" in a multipart body: the Rust parser is quadratic in them, so with more the slow path reads the mail."""
NAME_CHARS: Final = 255
"""Characters of an attachment's name."""
ATTACHMENTS: Final = 100
PART_TEXT_BYTES: Final = 256 << 10
"""Decoded bytes of one text part that are read."""
TEXT_CHARS: Final = 64 << 10
"""Characters of the visible text."""
TEXT_PARTS: Final = 16
"""Text parts that are joined into the visible text."""
HTML_TAGS: Final = 20_000
"""Tags and stretches of text in all HTML parts together."""
HTML_DEPTH: Final = 200
LINKS: Final = 200
LINK_CHARS: Final = 2048
LINK_TEXT_CHARS: Final = 300
QUOTE_LINES: Final = 5_000
"""Lines searched for quotations; the rest counts as unread."""
ADDRESSES: Final = 200
"""Mailboxes of one header."""
ADDRESS_TOKENS: Final = 2_500
"""Words, commas, comments, ... of one address header."""
ADDRESS_HEADERS: Final = 4
"""Headers of one name: To occurs twice in real mail, not more."""
MESSAGE_IDS: Final = 100
"""Ids of one References header: the first and the last ones are kept."""
MESSAGE_ID_CHARS: Final = 998
"""RFC 5322 §2.1.1: the longest line there can be."""
