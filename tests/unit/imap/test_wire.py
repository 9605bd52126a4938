"""The protocol under hostile bytes, and its silence."""

from __future__ import annotations

import asyncio
import logging
from unittest.mock import Mock

import pytest
from aioimaplib import aioimaplib
from hypothesis import example, given
from hypothesis import strategies as st

from agents.sources.base import ProviderTransient
from agents.sources.imap.wire import Wire

PIECES = st.lists(
    st.sampled_from(
        [
            b"* ",
            b"OK",
            b"A1 ",
            b" ",
            b"\r\n",
            b"+",
            b"BYE",
            b"EXISTS",
            b"9",
            b"9" * 5000,
            b"{2}",
            b"[CAPABILITY",
            b"]",
            b"FETCH",
            b"EXPUNGE",
        ]
    )
    | st.binary(max_size=20),
    max_size=60,
)


@given(PIECES)
@example([b"* ", b"EXISTS", b"\r\n"])
def test_no_bytes_from_a_server_raise_into_the_event_loop(pieces):
    """What is not IMAP ends the connection, and whoever waits is told."""

    async def feed() -> None:
        wire = Wire(100)
        wire.connection_made(Mock())
        wire.data_received(b"* OK hi\r\n")
        call = wire.begin("NOOP")
        for piece in pieces:
            wire.data_received(piece)
        wire.connection_lost(None)
        if not call.status or call.status == "KO":
            with pytest.raises(ProviderTransient):
                await call.wait()

    asyncio.run(feed())


def test_ten_thousand_lines_in_one_segment_are_taken():
    """aioimaplib's own reader recurses once per line: the first assertion says when this is no longer so."""

    async def feed() -> None:
        lines = b"* OK [CAPABILITY IDLE] hi\r\n" + b"* 1 EXISTS\r\n" * 10_000
        theirs = aioimaplib.IMAP4ClientProtocol(asyncio.get_running_loop())
        theirs.state = aioimaplib.SELECTED
        with pytest.raises(RecursionError):
            theirs.data_received(lines)
        wire = Wire(100)
        wire.connection_made(Mock())
        wire.data_received(lines)
        assert wire.capabilities == {"IDLE"}

    asyncio.run(feed())


def test_point_10_aioimaplib_logs_nothing_at_any_level(caplog):
    """It would log passwords and mail: at DEBUG what is sent and received, at INFO what it ignores."""
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="aioimaplib.aioimaplib"):
        for level in (logging.DEBUG, logging.INFO, logging.CRITICAL):
            aioimaplib.log.log(level, "planted")
    assert caplog.records == []
