"""aiokafka on uvloop: a connection that the broker resets is a lost connection, whenever something is sent over it."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import uvloop
from aiokafka.conn import create_conn
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.metadata import MetadataRequest

from infra import loops

METADATA, API_VERSIONS = 3, 18


async def broker(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers ApiVersions (KIP-35) and resets the connection at the next request, as a killed process's kernel does."""
    (size,) = struct.unpack(">i", await reader.readexactly(4))
    correlation = (await reader.readexactly(size))[4:8]
    versions = struct.pack(">hi hhh hhh", 0, 2, METADATA, 0, 5, API_VERSIONS, 0, 1)
    writer.write(struct.pack(">i", len(correlation + versions)) + correlation + versions)
    await reader.read(1)
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    writer.transport.abort()


async def sent_until_lost() -> list[BaseException | None]:
    """How each send ended, one in every turn of the loop until the connection says that it is lost."""
    server = await asyncio.start_server(broker, "127.0.0.1", 0)
    connection = await create_conn("127.0.0.1", server.sockets[0].getsockname()[1])
    sent: list[asyncio.Future[None]] = []
    while connection.connected():
        try:
            sent.append(asyncio.ensure_future(connection.send(MetadataRequest([]))))
        except Exception as error:
            failed = asyncio.get_running_loop().create_future()
            failed.set_exception(error)
            sent.append(failed)
        await asyncio.sleep(0)
    server.close()
    return await asyncio.gather(*sent, return_exceptions=True)


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_what_is_sent_while_the_broker_resets_the_connection_is_lost_with_it(
    run: Callable[[Coroutine[Any, Any, list[BaseException | None]]], list[BaseException | None]],
) -> None:
    loops.expect_closed_transports()
    ended = run(sent_until_lost())
    assert {type(error) for error in ended} == {KafkaConnectionError}
