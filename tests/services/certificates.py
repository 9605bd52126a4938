"""A certificate authority and a server certificate for 127.0.0.1, made fresh with the openssl program."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Certificates:
    """PEM files."""

    ca: Path
    certificate: Path
    key: Path


def make(directory: Path) -> Certificates:
    """Make both; valid for a week."""
    made = Certificates(ca=directory / "ca.pem", certificate=directory / "server.pem", key=directory / "server.key")
    ca_key = directory / "ca.key"
    new_key = ("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "7")
    # Python 3.13 checks strictly (RFC 5280): an authority needs keyCertSign.
    _openssl(
        *new_key, "-keyout", ca_key, "-out", made.ca, "-subj", "/CN=test authority",
        "-addext", "keyUsage=critical,keyCertSign,cRLSign",
    )  # fmt: skip
    _openssl(
        *new_key, "-keyout", made.key, "-out", made.certificate, "-subj", "/CN=localhost", "-CA", made.ca, "-CAkey", ca_key,
        "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE",
    )  # fmt: skip
    return made


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
