"""Leaving at once when SageMaker stops the job.

SageMaker sends SIGTERM and kills 120 s later. As the container's first process a script has no
default action for signals, and a Python handler would wait for a long fit in C to return. So the
signal is noted in a pipe, by C, and a thread of its own reads the pipe.
"""

from __future__ import annotations

import os
import signal
import threading

EXIT_CODE = 128 + signal.SIGTERM


def exit_on_sigterm() -> None:
    """From now on SIGTERM ends the process at once, with exit code 143. For the main thread."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.signal(signal.SIGTERM, lambda number, frame: os._exit(EXIT_CODE))
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    threading.Thread(target=_wait, args=(reader,), name="sigterm", daemon=True).start()


def _wait(reader: int) -> None:
    while signal.SIGTERM not in os.read(reader, 64):
        pass
    os._exit(EXIT_CODE)
