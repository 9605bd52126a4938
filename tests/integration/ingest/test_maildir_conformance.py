"""The Maildir source is a source, for every layout that it reads."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from agents.sources.base import Source
from agents.sources.maildir import Maildir
from tests.integration.source_conformance import BATCH_BYTES, BATCH_MAILS, FIRST_CONTACT_DAYS, SourceConformance


@dataclass
class Folder:
    """Files are written elsewhere and renamed into place, as mail servers do."""

    root: Path
    into: str
    numbers: count[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        for part in ("cur", "new", "tmp") if self.into else ():
            (self.root / part).mkdir(parents=True)

    async def deliver(self, raw: bytes, age: timedelta = timedelta()) -> None:
        written = self.root.parent / "written"
        written.write_bytes(raw)
        moment = time.time() - age.total_seconds()
        os.utime(written, (moment, moment))
        written.rename(self.root / self.into / f"{next(self.numbers):05d}.host")

    def source(self) -> Source:
        return Maildir(
            "box", self.root, max_bytes=512 * 1024, since_days=FIRST_CONTACT_DAYS,
            batch_mails=BATCH_MAILS, batch_bytes=BATCH_BYTES,
        )  # fmt: skip

    async def break_off(self) -> None:
        shutil.rmtree(self.root)


class TestMaildir(SourceConformance):
    @pytest.fixture(params=["new", "cur"])
    def mailbox(self, tmp_path: Path, request: pytest.FixtureRequest) -> Folder:
        return Folder(root=tmp_path / "box", into=request.param)


class TestPlainFolder(SourceConformance):
    @pytest.fixture
    def mailbox(self, tmp_path: Path) -> Folder:
        (tmp_path / "box").mkdir()
        return Folder(root=tmp_path / "box", into="")
