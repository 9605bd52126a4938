"""What is installed here, and whether its files are still those that were installed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

OURS = ("infra", "streams", "agents", "monitoring")
BOM = {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1}


def distributions() -> list[metadata.Distribution]:
    """By name, each once."""
    found = {one.metadata["Name"].lower(): one for one in metadata.distributions()}
    return [found[name] for name in sorted(found)]


def bill_of_materials(moment: str) -> dict[str, Any]:
    """All installed distributions as a CycloneDX 1.6 document (SBOM).

    Args:
        moment: RFC 3339, when it was made.
    """
    return {
        **BOM,
        "metadata": {
            "timestamp": moment,
            "component": {"type": "application", "name": "crewai-email-triage", "version":
            metadata.version("crewai-email-triage")},
        },
        "components": [_component(one) for one in distributions()],
    }  # fmt: skip


def _component(one: metadata.Distribution) -> dict[str, Any]:
    name, version = one.metadata["Name"], one.version
    made: dict[str, Any] = {
        "type": "library", "name": name, "version": version, "bom-ref": f"{name}=={version}",
        "purl": f"pkg:pypi/{name.lower().replace('_', '-')}@{version}",
    }  # fmt: skip
    if "License-Expression" in one.metadata:
        made["licenses"] = [{"expression": one.metadata["License-Expression"]}]
    return made


def changed() -> Iterator[str]:
    """Installed files whose content is not what their distribution's RECORD says, and missing ones.

    Compiled files and what pip itself writes have no checksum there and are left out."""
    for one in distributions():
        for file in one.files or ():
            if file.hash is None or file.hash.mode != "sha256":
                continue
            path = Path(str(file.locate()))
            try:
                digest = hashlib.sha256(path.read_bytes()).digest()
            except OSError:
                yield f"{one.metadata['Name']}: {file} is missing"
                continue
            if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != file.hash.value:
                yield f"{one.metadata['Name']}: {file} was changed"


def own_checksums() -> Iterator[str]:
    """SHA-256 and name of each of this project's files, in the form of sha256sum."""
    root = Path(__file__).resolve().parents[2]
    for package in OURS:
        for path in sorted((root / package).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(root)}"
