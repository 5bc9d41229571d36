"""Runs one command as a job: `run_detached.py JOB.json`.

The command is executed directly, never through a shell, which would drop variables whose names have a dash. This
process stays to note how it ends, in a session of its own, so that it survives whoever started it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

from job_process import CANNOT_START, NOT_FOUND, Job, fail, parse_job, reap, signal_group, start


def execute(job: Job) -> NoReturn:
    """Becomes the command of a job."""
    try:
        os.execvpe(job.argv[0], job.argv, job.env)
    except FileNotFoundError:
        fail(f"there is no command {job.argv[0]!r}", NOT_FOUND)
    except OSError as error:
        fail(f"{job.argv[0]!r} cannot be executed: {error.strerror}", CANNOT_START)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: run_detached.py JOB.json", file=sys.stderr)
        return 2
    try:
        job = parse_job(json.loads(Path(arguments[0]).read_text()), "command")
        if os.getsid(0) != os.getpid():
            os.setsid()
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        pid = start(job, execute)
    except (OSError, ValueError) as error:
        print(f"the job cannot start: {error}", file=sys.stderr)
        return 2
    # Meant for the job; this process still has its end to note.
    signal.signal(signal.SIGTERM, lambda number, frame: signal_group(pid, signal.SIGTERM))
    reap(pid, job, block=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
