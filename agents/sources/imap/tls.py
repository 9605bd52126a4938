"""TLS as clients of mail servers need it: always verified, one context per authority, small buffers."""

from __future__ import annotations

import ssl
from asyncio import sslproto
from functools import lru_cache
from pathlib import Path

READ_BUFFER_BYTES = 16 * 1024
"""One TLS record (RFC 8446 §5.1). asyncio would keep 256 KiB for every connection, idle or not."""


def context(cafile: Path | None) -> ssl.SSLContext:
    """A verifying context; connections with the same authorities share it (the system's take 1 MB to load).

    Raises:
        OSError, ssl.SSLError: the file cannot be read or holds no certificate.
    """
    return _context(cafile, cafile.stat().st_mtime_ns if cafile else 0)


@lru_cache(maxsize=16)
def _context(cafile: Path | None, _changed: int) -> ssl.SSLContext:
    sslproto.SSLProtocol.max_size = READ_BUFFER_BYTES
    made = ssl.create_default_context(cafile=str(cafile) if cafile else None)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    return made
