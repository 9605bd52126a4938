"""What `triage doctor` finds, and the examinations that need no service."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from infra import open_files

DISTRIBUTION = "crewai-email-triage"
PYTHON = ((3, 11), (3, 14))
"""From, and before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was examined. A remedy where it is not as it should be."""

    area: str
    ok: bool
    found: str
    remedy: str = ""
    silent: bool = False
    """It could not be examined at all."""


def python() -> Finding:
    """The interpreter."""
    version = sys.version_info
    ok = PYTHON[0] <= version[:2] < PYTHON[1]
    return Finding(
        area="python", ok=ok, found=".".join(map(str, version[:3])),
        remedy="" if ok else "make the environment with Python 3.11, 3.12 or 3.13",
    )  # fmt: skip


def files() -> Finding:
    """How many may be open."""
    own = open_files.own()
    ok = own >= open_files.ENOUGH
    return Finding(area="files", ok=ok, found=f"{own} may be open", remedy="" if ok else open_files.REMEDY)


def packages() -> list[Finding]:
    """Installed versions against what this program requires."""
    required = requirements()
    if required is None:
        remedy = "install it (`make setup`), so that the versions it needs are known"
        return [Finding(area="packages", ok=False, found=f"{DISTRIBUTION} is not installed", remedy=remedy)]
    wrong = [finding for text in required if (finding := _package(text)) is not None]
    return wrong or [Finding(area="packages", ok=True, found=f"{len(required)} as required")]


def requirements() -> list[str] | None:
    """What the installed distribution, or the source tree we run from, declares; None when neither is there."""
    try:
        return [text for text in metadata.requires(DISTRIBUTION) or () if "extra ==" not in text]
    except metadata.PackageNotFoundError:
        import tomllib

        project = Path(__file__).parents[2] / "pyproject.toml"
        return list(tomllib.loads(project.read_text())["project"]["dependencies"]) if project.is_file() else None


def _package(text: str) -> Finding | None:
    from packaging.requirements import Requirement

    wanted = Requirement(text)
    if wanted.marker is not None and not wanted.marker.evaluate():
        return None
    try:
        found = metadata.version(wanted.name)
    except metadata.PackageNotFoundError:
        found = "missing"
    if found != "missing" and wanted.specifier.contains(found, prereleases=True):
        return None
    remedy = f"install {wanted.name}{wanted.specifier} (`make setup` installs the locked versions)"
    return Finding(area="packages", ok=False, found=f"{wanted.name} {found}", remedy=remedy)


def well(findings: Iterable[Finding]) -> bool:
    """Whether there is nothing to do."""
    return all(finding.ok for finding in findings)
