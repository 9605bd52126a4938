"""The Gmail source is a source."""

from __future__ import annotations

from tests.integration.source_conformance import SourceConformance


class TestGmail(SourceConformance):
    """`mailbox` is in conftest."""
