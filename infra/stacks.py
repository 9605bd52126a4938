"""`kill -USR1 PID`: a process writes where each of its asyncio tasks and threads stands to standard error.

File names, lines and function names only; no values, so no mail content and no secrets."""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import signal
import sys

log = logging.getLogger(__name__)


def show_on_signal() -> None:
    """Answer SIGUSR1 in the running event loop's process."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, _show)


def _show() -> None:
    for task in asyncio.all_tasks():
        frames = [f"{frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name}" for frame in task.get_stack()]
        coroutine = task.get_coro()
        while (inner := getattr(coroutine, "cr_await", None)) is not None and hasattr(inner, "cr_code"):
            coroutine = inner
            frame = coroutine.cr_frame
            if frame is not None:
                frames.append(f"{frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name}")
        log.info("task %s: %s", task.get_name(), " < ".join(reversed(frames)))
    faulthandler.dump_traceback(sys.stderr, all_threads=True)
