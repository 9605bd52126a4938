"""promtool and amtool, as Debian's packages prometheus and prometheus-alertmanager bring them; and the rules as data."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
PROMETHEUS = ROOT / "monitoring" / "prometheus"
ALERTMANAGER = ROOT / "monitoring" / "alertmanager" / "alertmanager.yml"
RUNBOOK = ROOT / "monitoring" / "RUNBOOK.md"
RULES = tuple(sorted((PROMETHEUS / "rules").glob("*.yml")))
RECORDING = PROMETHEUS / "rules" / "recording.yml"


def run(program: str, *arguments: str | Path) -> str:
    """Run it to its end; what it printed."""
    if shutil.which(program) is None:
        missing = pytest.fail if os.environ.get("TRIAGE_TESTS_NEED_SERVICES") else pytest.skip
        missing(f"{program} is not installed: apt-get install prometheus prometheus-alertmanager")
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rules(files: Iterable[Path] = RULES) -> Iterator[dict[str, Any]]:
    """Every recording rule and alert."""
    for path in files:
        for group in yaml.safe_load(path.read_text())["groups"]:
            yield from group["rules"]


def alerts(files: Iterable[Path] = RULES) -> dict[str, dict[str, Any]]:
    """Every alert by its name."""
    return {rule["alert"]: rule for rule in rules(files) if "alert" in rule}
