"""The labelled mail that the model learns from: gold labels, and what folders and files of public corpora say."""

from __future__ import annotations

import hashlib
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from agents.commands.labels import Judgement, Labelled, read_labels, read_mails
from agents.training import authored
from infra.errors import ConfigError
from streams.mail import Mail, MailError, parse
from streams.mail.limits import RAW_BYTES
from streams.moments import utc_text
from streams.triage.features import Features
from streams.triage.rule import hits_of
from streams.triage.text import tokens
from streams.triage.verdict import Category, Facts

NATURAL, MODERN = "gold-priority-dev.csv", "modern-inbox-dev.tar.gz"
WEAK = ("spamassassin", "enron-categories")
MORE_LABELS = Path(__file__).parent / "labels" / "enron-categories.csv"
"""Labels of one annotator: they teach, and nothing is judged by them (labels/README.md)."""
SENTENCES = "enron-intent-train.tsv"
FOLDS = 5
_PREFIX = re.compile(r"^(?:(?:re|fwd?|fw|aw|wg)\s*(?:\[\d+\])?:\s*|\[[^\]]{0,40}\]\s*)+")
_MAIL = re.compile(r"(?<!cmds)(?<!README)(?:\.eml|\.txt|/\d{5}\.[0-9a-f]{32}\S*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One mail, what the rules say of it, and what is known to be true."""

    path: str
    source: str
    """The corpus that it is of; figures are given for each, since a model may learn a corpus instead of mail."""
    mail: Mail
    features: Features
    hits: list[str]
    junk: bool
    label: Labelled | None = None
    """None: only known to be junk or not, but for what `hint` says."""
    hint: Judgement | None = None
    """One annotator's opinion of a mail without a label."""

    @property
    def taught(self) -> Judgement | None:
        """What there is to learn of it: its label, or one annotator's opinion."""
        return self.label.first if self.label else self.hint

    @property
    def is_modern(self) -> bool:
        """Whether it is one of the authored modern mails."""
        return self.source == MODERN.partition(".")[0]

    @property
    def is_authored(self) -> bool:
        """Whether it is of the project's own tables (`authored`), which no other mail is judged beside."""
        return self.source.startswith(f"{authored.NAME}/")

    @property
    def is_about_junk(self) -> bool:
        """Whether it was written to tell junk of today from its look-alikes, and teaches nothing else."""
        return self.source.startswith(f"{authored.NAME}/{authored.JUNK}/")

    @property
    def is_modern_junk(self) -> bool:
        """Whether it is spam or phishing of today, not of 2002."""
        return self.junk and (self.is_modern or self.is_authored)

    @property
    def fold(self) -> int:
        """0..`FOLDS` - 1: mails with the same subject, replies and forwards among them, are in one fold."""
        subject = _PREFIX.sub("", self.mail.subject.strip().lower()) or self.path
        return hashlib.blake2b(subject.encode("utf-8", "replace"), digest_size=4).digest()[0] % FOLDS


def examples(data: Path) -> list[Example]:
    """Every mail of the shared data that is labelled in one way or another. Raises ConfigError, MailsMissing."""
    found: dict[str, Example] = {}
    for labels, corpus in ((data / NATURAL, data), (data / MODERN, data / MODERN)):
        for label, raw in read_mails(read_labels(labels), corpus):
            junk = label.first.category in {Category.SPAM, Category.PHISHING}
            if one := _example(label.path, raw, junk=junk, label=label):
                found[label.path] = one
    hints = {label.path: label.first for label in read_labels(MORE_LABELS)}
    for name in WEAK:
        for path, raw in _messages(data / f"{name}.tar.gz"):
            if path not in found and (one := _example(path, raw, junk="/spam-" in path, hint=hints.get(path))):
                found[path] = one
    return [found[path] for path in sorted(found)]


def written(*tables: str) -> list[Example]:
    """The mails of these of the project's own tables. Raises ConfigError."""
    found = (
        _example(label.path, raw, junk=label.first.category in {Category.SPAM, Category.PHISHING}, label=label)
        for table in tables
        for label, raw in authored.labelled(table)
    )
    return [each for each in found if each]


def asking_sentences(data: Path) -> Iterator[tuple[list[str], bool]]:
    """Sentences as words, and whether each asks the reader for something. Raises ConfigError."""
    path = data / SENTENCES
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}; give the folder of the shared data") from error
    for line in lines:
        said, _, text = line.partition("\t")
        yield [word for word in tokens(text) if word != "."], said == "Yes"


def _example(
    path: str, raw: bytes, *, junk: bool, label: Labelled | None = None, hint: Judgement | None = None
) -> Example | None:
    try:
        mail = parse(raw)
    except MailError:
        return None
    owner = label.owner if label else ()
    features = Features(mail, Facts(owner=owner, received_at=utc_text(mail.date) if mail.date else ""))
    source = (
        label.source
        if label
        else "/".join(part for part in Path(path).parts[:-1] if part != "data" and not part.isdigit())
    )
    return Example(
        path=path,
        source=source,
        mail=mail,
        features=features,
        hits=hits_of(features),
        junk=junk,
        label=label,
        hint=hint,
    )


def _messages(archive: Path) -> Iterator[tuple[str, bytes]]:
    try:
        with tarfile.open(archive, "r|gz") as members:
            for member in members:
                name = member.name.removeprefix("./")
                file = members.extractfile(member) if member.isfile() and _MAIL.search(name) else None
                if file is not None and not name.endswith("categories.txt"):
                    yield name, file.read(RAW_BYTES)
    except (tarfile.TarError, OSError) as error:
        raise ConfigError(
            f"{archive}: no archive that can be read ({error}); give the folder of the shared data"
        ) from error
