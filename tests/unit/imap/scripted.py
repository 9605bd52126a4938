"""An IMAP server that plays a script: for what no Dovecot says. One dictionary from command to answer."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from typing import Any, Self

from agents.sources.imap import ImapAccount, ImapLimits

Answers = dict[str, Any]
"""From a command to bytes, or to a function of its line. Lines; `TAG` stands for the command's tag. Without a tagged line, OK is added; HANG: nothing is answered."""

HANG = b"HANG"
CLOSE = b"CLOSE"

GREETING = b"* OK [CAPABILITY IMAP4rev1 IDLE SASL-IR AUTH=PLAIN AUTH=XOAUTH2] hello\r\n"
ONE_MAIL: Answers = {
    "EXAMINE": b"* 1 EXISTS\r\n* OK [UIDVALIDITY 5] ok\r\n* OK [UIDNEXT 8] ok\r\n",
    "UID SEARCH": b"* SEARCH 7\r\n",
    "UID FETCH META": b'* 1 FETCH (UID 7 RFC822.SIZE 5 INTERNALDATE "24-Nov-2099 10:00:00 +0000")\r\n',
    "UID FETCH BODY": b"* 1 FETCH (UID 7 BODY[] {5}\r\nA: b\n)\r\n",
}
"""A folder with one mail."""


class ScriptedServer:
    """Answers each command by its name ("UID FETCH" is told apart by whether it asks for bodies)."""

    def __init__(self, answers: Answers, greeting: bytes = GREETING) -> None:
        self.answers = dict(answers)
        self.greeting = greeting
        self.heard: list[bytes] = []
        """Every line of every client."""
        self.port = 0
        self.writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self.writers:
            writer.transport.abort()  # also when a client did not take all that was said
        await asyncio.sleep(0)

    def account(self, **changes: Any) -> ImapAccount:
        given: dict[str, Any] = {"account": "a", "host": "127.0.0.1", "port": self.port, "security": "plain"}
        return ImapAccount(**given | {"username": "u", "secret": lambda: "s3cret"} | changes)

    def say(self, line: bytes) -> None:
        """To every client, unasked."""
        for writer in self.writers:
            writer.write(line)

    def commands(self, name: str) -> list[bytes]:
        return [line for line in self.heard if name.encode() in line]

    async def until_heard(self, name: str) -> None:
        """Wait for a command; a moment longer, for the client to hear the answer."""
        async with asyncio.timeout(60):
            while not self.commands(name):  # noqa: ASYNC110 - what is watched has no event
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        writer.write(self.greeting)
        with suppress(ConnectionError):
            while line := (await reader.readline()).rstrip(b"\r\n"):
                self.heard.append(line)
                answer = self._answer(line)
                if answer == CLOSE:
                    break
                writer.write(answer)
        writer.close()

    def _answer(self, line: bytes) -> bytes:
        tag, _, rest = line.partition(b" ")
        words = rest.upper().split()
        name = " ".join(word.decode() for word in words[: 2 if words[:1] == [b"UID"] else 1])
        if name == "UID FETCH":
            name += " BODY" if b"BODY" in rest else " LAST" if b"FETCH *" in rest else " META"
        if name == "IDLE" and name not in self.answers:
            self._idle_tag = tag
            return b"+ idling\r\n"
        if tag == b"DONE":
            return self._idle_tag + b" OK done\r\n"
        answer = self.answers.get(name, self._capability() if name == "CAPABILITY" else b"")
        said: bytes = answer(line) if callable(answer) else answer
        if said == CLOSE:
            return CLOSE
        if said == HANG:
            return b""
        said = said.replace(b"TAG", tag)
        return said if tag + b" " in said else said + tag + b" OK done\r\n"

    def _capability(self) -> bytes:
        """What the greeting says."""
        found = re.search(rb"\[(CAPABILITY [^\]]*)\]", self.greeting)
        return b"* " + found[1] + b"\r\n" if found else b""


LIMITS = ImapLimits(idle_s=5, poll_s=0.2, timeout_s=20)
