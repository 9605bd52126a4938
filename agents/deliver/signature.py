"""Standard Webhooks 1.0 (https://www.standardwebhooks.com), symmetric signatures: what a delivery is signed with, and
how a receiver checks it. Pure.

Written here because the scheme's own library brings an HTTP client and more for forty lines. Its vectors are tests."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence

from infra.errors import Permanent

ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
PREFIX = "whsec_"
LEAST_BYTES, MOST_BYTES = 24, 64
"""Of a secret (§Signature scheme)."""
TOLERANCE_S = 300
"""A receiver refuses what is older or newer: somebody may be replaying it."""


class InvalidSecret(Permanent):
    """Not a signing secret. The message never repeats it."""


class InvalidSignature(Permanent):
    """A message that was not signed with this secret, or not now."""


def new_secret() -> str:
    """A secret for an endpoint, as both sides keep it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def key(secret: str) -> bytes:
    """The bytes that sign.

    Raises:
        InvalidSecret
    """
    try:
        raw = base64.b64decode(secret.strip().removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if not LEAST_BYTES <= len(raw) <= MOST_BYTES:
        raise InvalidSecret(
            f"a signing secret is {PREFIX} and {LEAST_BYTES} to {MOST_BYTES} bytes in base64;"
            " `triage deliver secret` makes one"
        )
    return raw


def headers(message_id: str, at: int, body: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """Headers of one attempt at the Unix time `at`, seconds: a signature per key, so that secrets can be rotated."""
    signed = " ".join(_signature(message_id, at, body, one) for one in keys)
    return {ID: message_id, TIMESTAMP: str(at), SIGNATURE: signed}


def verify(found: Mapping[str, str], body: bytes, keys: Sequence[bytes], *, now: float) -> str:
    """The id of a message that was signed with one of the keys.

    Raises:
        InvalidSignature
    """
    given = {name.lower(): value for name, value in found.items()}
    try:
        message_id, at, signatures = given[ID], int(given[TIMESTAMP]), given[SIGNATURE].split()
    except (KeyError, ValueError):
        raise InvalidSignature(f"{ID}, {TIMESTAMP} or {SIGNATURE} is missing or unreadable") from None
    if not now - TOLERANCE_S <= at <= now + TOLERANCE_S:  # compared, for an integer of any length is no float
        raise InvalidSignature(f"{TIMESTAMP} is more than {TOLERANCE_S} s away from now")
    expected = [_signature(message_id, at, body, one).encode() for one in keys]
    given_bytes = [one.encode("utf-8", "replace") for one in signatures]
    if not any(hmac.compare_digest(one, other) for one in expected for other in given_bytes):
        raise InvalidSignature(f"no signature in {SIGNATURE} is of this secret")
    return message_id


def _signature(message_id: str, at: int, body: bytes, secret: bytes) -> str:
    signed = b".".join((message_id.encode("utf-8", "surrogatepass"), str(at).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
