"""Labelled mail for `triage evaluate`: a CSV file of labels, and the mails in a folder or in .tar.gz archives."""

from __future__ import annotations

import csv
import io
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from infra.errors import ConfigError, Permanent
from streams.mail.limits import RAW_BYTES
from streams.triage.verdict import Category

_LABELS_BYTES = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one annotator said of a mail."""

    priority: int
    category: Category
    needs_reply: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A mail's path within the corpus, its labels, and the owner where the labels name one."""

    path: str
    first: Judgement
    second: Judgement | None
    owner: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """The folder that it comes from, without numbered folders."""
        folders = [part for part in PurePosixPath(self.path).parts[:-1] if not part.isdigit() and part != "data"]
        return "/".join(folders) or "."


_WANTED = "give a .csv with the columns file, priority, category, needs_reply, or what holds a labels.csv"


class MailsMissing(Permanent):
    """Some labelled mails are not in the corpus."""


def read_labels(source: Path) -> list[Labelled]:
    """The labels of a CSV file, or of the `labels.csv` in a .tar.gz archive or a folder. Raises ConfigError."""
    text, folder = _labels_text(source)
    rows = csv.DictReader(io.StringIO(text))
    try:
        labels = [_labelled(row, folder) for row in rows]
    except (KeyError, ValueError, csv.Error) as error:
        raise ConfigError(f"{source}, line {rows.line_num}: no label that can be read ({error})") from error
    if not labels:
        raise ConfigError(f"{source}: no labelled mail in it; {_WANTED}")
    return labels


def read_mails(labels: list[Labelled], corpus: Path) -> Iterator[tuple[Labelled, bytes]]:
    """The bytes of each labelled mail, from files of the corpus or its archives. Raises MailsMissing at the end."""
    wanted = {each.path: each for each in labels}
    if corpus.is_dir():
        for path in [path for path in wanted if (corpus / path).is_file()]:
            with (corpus / path).open("rb") as file:
                yield wanted.pop(path), file.read(RAW_BYTES)
    for archive in _archives(corpus, wanted):
        yield from _from_archive(archive, wanted)
        if not wanted:
            return
    if wanted:
        raise MailsMissing(
            f"{len(wanted)} of {len(labels)} labelled mails are not in {corpus}, the first: {min(wanted)}"
        )


def _archives(corpus: Path, wanted: dict[str, Labelled]) -> list[Path]:
    """Archives that can hold what is wanted: those named like the first folder of a path, else all."""
    if corpus.is_file():
        return [corpus]
    tops = {PurePosixPath(path).parts[0] for path in wanted}
    found = sorted(corpus.glob("*.tar.gz"))
    return sorted(found, key=lambda archive: archive.name.removesuffix(".tar.gz") not in tops)


def _from_archive(archive: Path, wanted: dict[str, Labelled]) -> Iterator[tuple[Labelled, bytes]]:
    try:
        with tarfile.open(archive, "r|gz") as members:
            for member in members:
                name = member.name.removeprefix("./")
                source = members.extractfile(member) if name in wanted and member.isfile() else None
                if source is not None:
                    yield wanted.pop(name), source.read(RAW_BYTES)
                if not wanted:
                    return
    except (tarfile.TarError, EOFError, OSError, zlib.error) as error:
        raise ConfigError(f"{archive}: not an archive that can be read ({error})") from error


def _labels_text(source: Path) -> tuple[str, str]:
    """The CSV text, and the folder of the corpus that its paths are relative to."""
    try:
        if source.is_dir():
            source = source / "labels.csv"
        if source.suffix == ".csv":
            return source.read_text("utf-8-sig"), ""
        with tarfile.open(source, "r:gz") as members:
            for member in members:
                file = members.extractfile(member) if PurePosixPath(member.name).name == "labels.csv" else None
                if file is not None:
                    parent = str(PurePosixPath(member.name.removeprefix("./")).parent)
                    return file.read(_LABELS_BYTES).decode("utf-8-sig"), "" if parent == "." else parent
    except (tarfile.TarError, EOFError, OSError, zlib.error, UnicodeDecodeError) as error:
        raise ConfigError(f"{source}: no labels that can be read ({error}); {_WANTED}") from error
    raise ConfigError(f"{source}: holds no labels.csv; {_WANTED}")


def _labelled(row: dict[str, str], folder: str) -> Labelled:
    name = row.get("message") or _cell(row, "file")
    if not PurePosixPath(name).parts:
        raise ValueError("no file is named")
    owner = tuple((row.get("owner") or "").lower().replace(";", " ").split())
    second = _judgement(row, "_2") if row.get("priority_2") else None
    first = _judgement(row, "_1" if "priority_1" in row else "")
    return Labelled(path=f"{folder}/{name}" if folder else name, first=first, second=second, owner=owner)


def _judgement(row: dict[str, str], suffix: str) -> Judgement:
    priority = int(_cell(row, f"priority{suffix}"))
    if not 0 <= priority <= 10:
        raise ValueError(f"priority {priority} is not within 0..10")
    category, reply = Category(_cell(row, f"category{suffix}")), _cell(row, f"needs_reply{suffix}").strip().lower()
    return Judgement(priority=priority, category=category, needs_reply=reply in {"1", "true", "yes"})


def _cell(row: Mapping[str, str | None], name: str) -> str:
    """What stands in a column. Raises KeyError: there is none; ValueError: the row is too short."""
    found = row[name]
    if found is None:
        raise ValueError(f"nothing in the column {name}")
    return found
