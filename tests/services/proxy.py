"""A TCP proxy on a free port that can go silent, reset, close and refuse, to show what a client does then."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress

LOOPBACK = "127.0.0.1"
LINGER_ZERO = struct.pack("ii", 1, 0)  # closing sends RST instead of FIN


class TcpProxy:
    """Passes bytes between its port and a target's, until told otherwise."""

    def __init__(self, target_port: int, target_host: str = LOOPBACK) -> None:
        self.target = (target_host, target_port)
        self.port = 0
        self.accepted = 0
        """Connections accepted since the start."""
        self._open = asyncio.Event()
        self._open.set()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def connections(self) -> int:
        """Client connections that are open now."""
        return len(self._writers) // 2

    async def start(self) -> None:
        """Listen; again on the same port after `refuse`."""
        self._server = await asyncio.start_server(self._serve, LOOPBACK, self.port)
        self.port = int(self._server.sockets[0].getsockname()[1])

    def blackhole(self) -> None:
        """From now on no byte passes in either direction, on old and new connections. Nothing is closed."""
        self._open.clear()

    async def refuse(self) -> None:
        """Close every connection and refuse new ones."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.drop_all()

    async def restore(self) -> None:
        """Pass again, also what was held back; listen again."""
        self._open.set()
        if self._server is None:
            await self.start()

    async def reset(self) -> None:
        """RST to every open connection, both sides."""
        for writer in list(self._writers):
            sock: socket.socket = writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
            writer.transport.abort()
        await self._settle()

    async def drop_all(self) -> None:
        """FIN to every open connection, both sides."""
        for writer in list(self._writers):
            writer.close()
        await self._settle()

    async def close(self) -> None:
        """Stop listening and end everything."""
        await self.refuse()

    async def _settle(self) -> None:
        """Wait until the forwarding tasks are gone, so that the caller sees the effect."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        try:
            upstream_reader, upstream_writer = await asyncio.open_connection(*self.target)
        except OSError:
            writer.close()
            return
        pair = {writer, upstream_writer}
        self._writers |= pair
        both = [
            asyncio.create_task(self._forward(reader, upstream_writer)),
            asyncio.create_task(self._forward(upstream_reader, writer)),
        ]
        self._tasks.update(both)
        await asyncio.wait(both)
        self._tasks.difference_update(both)
        self._writers -= pair
        for one in pair:
            one.close()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                await self._open.wait()
                writer.write(data)
                await writer.drain()
            await self._open.wait()
            if writer.can_write_eof() and not writer.is_closing():
                writer.write_eof()
