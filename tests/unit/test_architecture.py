"""ARCHITECTURE.md's promises about imports, checked against the code."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams import topics

ROOT = Path(__file__).resolve().parents[2]
LAYERS = ("infra", "monitoring.metrics", "streams", "agents", "monitoring")
"""Each may import itself and what stands before it."""
PURE = {"streams.mail": {"streams.mail"}, "streams.triage": {"streams.mail", "streams.triage"}}
IMPURE_MODULES = {
    "asyncio",
    "socket",
    "subprocess",
    "threading",
    "time",
    "aiokafka",
    "asyncpg",
    "faust",
    "confluent_kafka",
}


def modules() -> Iterator[tuple[str, Path]]:
    for package in ("infra", "monitoring", "streams", "agents"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            yield name.removesuffix(".__init__"), path


def imported(path: Path) -> set[str]:
    """Absolute names of everything a module imports, also inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: imports are absolute"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def layer(name: str) -> int | None:
    if name.startswith("monitoring.metrics"):
        return LAYERS.index("monitoring.metrics")
    top = name.partition(".")[0]
    return LAYERS.index(top) if top in LAYERS else None


def test_imports_go_one_way() -> None:
    wrong = [
        f"{name} imports {other}"
        for name, path in modules()
        for other in imported(path)
        if (above := layer(other)) is not None and above > (layer(name) or 0)
    ]
    assert wrong == []


@pytest.mark.parametrize("package", PURE)
def test_pure_packages_import_neither_io_nor_the_rest_of_the_project(package: str) -> None:
    ours = {name.partition(".")[0] for name in LAYERS}
    wrong = [
        f"{name} imports {other}"
        for name, path in modules()
        if name == package or name.startswith(package + ".")
        for other in imported(path)
        if other.partition(".")[0] in IMPURE_MODULES
        or (other.partition(".")[0] in ours and not any(other.startswith(allowed) for allowed in PURE[package]))
    ]
    assert wrong == []


def test_the_command_line_answers_without_importing_the_system() -> None:
    code = "import sys; import infra.cli; print(sorted(m for m in sys.modules if m in {'faust', 'aiokafka', 'asyncpg', 'rich'}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_only_the_panel_imports_crewai() -> None:
    heavy = {"crewai", "openai", "httpx", "litellm"}
    users = {name for name, path in modules() if {other.partition(".")[0] for other in imported(path)} & heavy}
    assert users == {"agents.crew.panel.panel", "agents.crew.panel.metering"}


def test_every_module_is_in_the_table_of_architecture_md() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text().split("## Modules")[1].split("## Decisions")[0]
    first_cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    named = {name.rstrip("/") for cell in first_cells for name in re.findall(r"`([\w/]+)`", cell)}
    units = {"/".join(name.split(".")[:2]) for name, _ in modules() if "." in name}
    assert units - named == set(), "not in the table"
    assert {name for name in named if name.count("/")} - units == set(), "in the table, not in the code"


def test_every_topic_is_in_the_table_of_architecture_md() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text().split("### Topics")[1].split("\n## ")[0]
    first_cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    assert sorted(re.findall(r"`([\w.-]+)`", " ".join(first_cells))) == sorted(topic.name for topic in topics.ALL)


def test_no_module_is_longer_than_300_lines() -> None:
    long = {name: lines for name, path in modules() if (lines := len(path.read_text().splitlines())) > 300}
    assert long == {}


def test_top_level_holds_what_the_layout_allows() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    top = {name.partition("/")[0] for name in tracked if not name.startswith(".")}
    folders = {"streams", "agents", "tests", "infra", "monitoring"}
    files = {
        "docker-compose.yml",
        "Dockerfile",
        "pyproject.toml",
        "README.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "LICENSE",
        "Makefile",
        "requirements.lock",
        "requirements-dev.lock",
        "requirements-build.lock",
        "requirements-bench.lock",
        "requirements-crew.lock",
    }
    assert top <= folders | files
