"""`counting` that its group never lets in again once a file is there, and whose patience is then a second.

Run as `python -m tests.integration.transport.unheard PREFIX FILE`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

from aiokafka.client import AIOKafkaClient

from infra.settings import load
from streams import group_watch, process
from tests.integration.transport.counting import counting_agent


def main(prefix: str, file: Path) -> None:
    """Run until stopped."""
    ask = AIOKafkaClient.send

    async def unheard(client: Any, node: int, request: Any, **options: Any) -> Any:
        if type(request).__name__ == "JoinGroupRequest" and file.exists():
            await asyncio.Event().wait()
        return await ask(client, node, request, **options)

    class Patience(group_watch.Patience):
        def failed(self, now: float) -> bool:
            self._seconds = 1.0 if file.exists() else 600.0
            return super().failed(now)

    AIOKafkaClient.send = unheard
    group_watch.Patience = Patience  # type: ignore[misc]
    process.STOP_S = 1.0  # its client waits for its group also when it is closed
    process.run(load(), "counting", f"{prefix}counting", [counting_agent(prefix)])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
