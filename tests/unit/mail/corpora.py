"""The shared data beside the checkout: raw messages and fixtures, read from their archives into memory."""

import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
NOT_MAIL = (
    ".csv",
    ".cats",
    "categories.txt",
    ".DS_Store",
    "README.md",
    "LICENSE",
    ".html",
    "__init__.py",
    ".gitignore",
)

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"the shared data is not at {DATA}")


@cache
def files(archive: str) -> dict[str, bytes]:
    """Every file of an archive: name → content."""
    with tarfile.open(DATA / f"{archive}.tar.gz") as tar:
        return {member.name: tar.extractfile(member).read() for member in tar if member.isfile()}  # type: ignore[union-attr]


def messages(archive: str) -> Iterator[tuple[str, bytes]]:
    """The raw messages of an archive."""
    for name, content in files(archive).items():
        if not name.endswith(NOT_MAIL):
            yield name, content


def fixture(archive: str, ending: str) -> str:
    """The text of the one file whose name ends so."""
    (content,) = [content for name, content in files(archive).items() if name.endswith(ending)]
    return content.decode("utf-8")
