"""How a process ends: told by SIGTERM or SIGINT, and gone within a bounded time whatever holds it up."""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import NoReturn

log = logging.getLogger(__name__)
TELL_S = 0.4
"""Longest wait for the last words."""


def on_stop_signal(call: Callable[[], None]) -> None:
    """Have the running event loop call `call` at SIGTERM and SIGINT."""
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, call)


def stop_signal() -> asyncio.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = asyncio.Event()
    on_stop_signal(stop.set)
    return stop


def end_within(seconds: float, *, code: int) -> None:
    """See to it that the process is gone after `seconds`: with `code`, and with word of where its threads stood.

    Until then it may end by itself. By a thread, not by the event loop: a library may keep a cancellation to itself, or
    the loop."""
    last = threading.Timer(seconds, _end, (seconds, code))
    last.daemon = True
    last.start()


def _end(seconds: float, code: int) -> NoReturn:
    telling = threading.Thread(target=_tell, args=(seconds,), daemon=True)
    telling.start()
    telling.join(TELL_S)  # a log that nobody reads holds up for ever whoever writes to it
    os._exit(code)


def _tell(seconds: float) -> None:
    log.error("did not end within %.1f s, ended at once: what was not committed is taken again", seconds)
    faulthandler.dump_traceback(sys.__stderr__ or 2, all_threads=True)
    logging.shutdown()
