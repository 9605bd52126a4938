"""`kill -USR1 PID`: a process writes where each of its threads and asyncio tasks stands to standard error.

File names, lines and function names only; no values, so no mail content and no secrets."""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import signal
import sys

log = logging.getLogger(__name__)


def show_on_signal() -> None:
    """Answer SIGUSR1 in the running event loop's process: the threads at once, also while the loop hangs; the tasks
    when it turns."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, _show_tasks)
    # In C, before the handler above: what Python itself does at a signal waits for the main thread.
    faulthandler.register(signal.SIGUSR1, sys.stderr, all_threads=True, chain=True)


def _show_tasks() -> None:
    for task in asyncio.all_tasks():
        frames = [f"{frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name}" for frame in task.get_stack()]
        coroutine = task.get_coro()
        while (inner := getattr(coroutine, "cr_await", None)) is not None and hasattr(inner, "cr_code"):
            coroutine = inner
            frame = coroutine.cr_frame
            if frame is not None:
                frames.append(f"{frame.f_code.co_filename}:{frame.f_lineno} {frame.f_code.co_name}")
        log.info("task %s: %s", task.get_name(), " < ".join(reversed(frames)))
