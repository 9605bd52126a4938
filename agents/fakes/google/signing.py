"""RSA keys: the server's own, which signs id tokens (OIDC), and service accounts', whose assertions it checks."""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID


class BadToken(Exception):
    """Not a JWT, or not signed by that key."""


class Key:
    """A fresh 2048-bit key and its id."""

    def __init__(self) -> None:
        self.id = secrets.token_hex(20)
        self._private = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def sign(self, claims: dict[str, Any]) -> str:
        """A JWT with these claims (RFC 7519), RS256."""
        header = {"alg": "RS256", "kid": self.id, "typ": "JWT"}
        signed = b".".join(_encode(json.dumps(part).encode()) for part in (header, claims))
        signature = self._private.sign(signed, padding.PKCS1v15(), hashes.SHA256())
        return b".".join((signed, _encode(signature))).decode()

    def verified(self, token: str) -> dict[str, Any]:
        """The claims of a JWT that this key signed, or BadToken."""
        try:
            signed, _, signature = token.rpartition(".")
            header, claims = (json.loads(_decode(part)) for part in signed.split("."))
            self._private.public_key().verify(_decode(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        except (ValueError, InvalidSignature) as error:
            raise BadToken(str(error)) from None
        if header.get("alg") != "RS256" or not isinstance(claims, dict):
            raise BadToken("not RS256")
        return claims

    def pem(self) -> str:
        """The private key, PKCS#8, as a service account's key file has it."""
        return self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()

    def jwk(self) -> dict[str, str]:
        """The public key (RFC 7517), as oauth2/v3/certs lists it."""
        numbers = self._private.public_key().public_numbers()
        n, e = (_encode(v.to_bytes((v.bit_length() + 7) // 8)).decode() for v in (numbers.n, numbers.e))
        return {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": self.id, "n": n, "e": e}

    def certificate(self) -> str:
        """The public key in a self-signed certificate, PEM, as oauth2/v1/certs lists it."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "federated-signon.system.gserviceaccount.com")])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(name, name, self._private.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=30))
        return builder.sign(self._private, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def claimed(token: str) -> dict[str, Any]:
    """The claims of a JWT, unchecked: to learn whose key to check it with. BadToken."""
    try:
        claims = json.loads(_decode(token.split(".")[1]))
    except (ValueError, IndexError) as error:
        raise BadToken(str(error)) from None
    if not isinstance(claims, dict):
        raise BadToken("no claims")
    return claims


def _encode(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
