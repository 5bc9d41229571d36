"""A warm Python interpreter that jobs are forked from: `fork_server.py SOCKET PID_FILE`.

It imports what jobs need once, and never computes anything itself: a parallel region before a fork would hang the
children. It knows nothing of who asks, and goes on when they go; it ends on SIGTERM, or when its socket file is gone
and no job runs.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from job_process import Job, JobError, parse_job, reap, signal_group, start
from pid_file import PidFile
from script_run import run_script

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController as ThreadPools

ALREADY_RUNNING = 3
STOP_GRACE_S = 2.0
LOOK_S = 1.0
REQUEST_LIMIT = 8 * 1024 * 1024

LIBRARIES = (
    "numpy",
    "pandas",
    "pyarrow.parquet",
    "scipy.stats",
    "sklearn.compose",
    "sklearn.ensemble",
    "sklearn.impute",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "xgboost",
    "joblib",
    "threadpoolctl",
)

# Threads do not survive a fork, and these libraries start theirs at import unless told not to. A job gets its back.
NO_THREADS = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}


def import_libraries() -> None:
    """Loads what jobs import anyway, without a thread of their own."""
    os.environ.update(NO_THREADS)
    for name in LIBRARIES:
        importlib.import_module(name)
    # Each job calls this; the first call of a process imports the finders' own modules.
    importlib.invalidate_caches()


class ForkServer:
    """Answers requests one at a time, and notes how each job ended."""

    def __init__(self, path: Path, pid_file: PidFile, library_path: list[str]) -> None:
        self._path = path
        self._pid_file = pid_file
        self._library_path = library_path
        self._pools = find_thread_pools()
        self._jobs: dict[int, Job] = {}
        self._received: dict[socket.socket, bytes] = {}
        self._stopping = False
        self._selector = selectors.DefaultSelector()
        self._wakeup, wakeup = socket.socketpair()
        for end in (self._wakeup, wakeup):
            end.setblocking(False)
        self._wakeup_end = wakeup
        signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._listener = socket.socket(socket.AF_UNIX)
        self._bind()

    def serve(self) -> None:
        """Forks jobs until it is told to stop, or nobody can reach it any more and none runs."""
        self._selector.register(self._wakeup, selectors.EVENT_READ)
        self._selector.register(self._listener, selectors.EVENT_READ)
        while not self._stopping and (self._reachable() or self._jobs):
            self._turn(LOOK_S)
            if not self._reachable():
                # Another server may take the place while this one sees its jobs through.
                self._pid_file.release()
        self._end_jobs()
        if self._reachable():
            self._path.unlink(missing_ok=True)
        self._pid_file.release()

    def _bind(self) -> None:
        self._path.unlink(missing_ok=True)
        mask = os.umask(0o177)
        try:
            self._listener.bind(str(self._path))
        finally:
            os.umask(mask)
        self._listener.listen(128)
        self._listener.setblocking(False)
        self._file = self._path.stat().st_ino

    def _reachable(self) -> bool:
        try:
            return self._path.stat().st_ino == self._file
        except FileNotFoundError:
            return False

    def _stop(self, number: int, frame: object) -> None:
        self._stopping = True

    def _turn(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            channel = key.fileobj
            if channel is self._wakeup:
                with contextlib.suppress(BlockingIOError):
                    self._wakeup.recv(4096)
            elif channel is self._listener:
                self._accept()
            elif isinstance(channel, socket.socket):
                self._receive(channel)
        for pid in [pid for pid, job in self._jobs.items() if self._ended(pid, job)]:
            del self._jobs[pid]

    def _ended(self, pid: int, job: Job) -> bool:
        try:
            return reap(pid, job)
        except OSError as error:
            # The job's folder may have been deleted while it ran.
            print(f"the end of process {pid} could not be noted in {job.exit_file}: {error}", file=sys.stderr)
            return True

    def _accept(self) -> None:
        # The client may be gone again.
        with contextlib.suppress(OSError):
            client, _ = self._listener.accept()
            client.setblocking(False)
            self._received[client] = b""
            self._selector.register(client, selectors.EVENT_READ)

    def _receive(self, client: socket.socket) -> None:
        try:
            part = client.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            part = b""
        text = self._received[client] + part
        self._received[client] = text
        if b"\n" in text:
            self._reply(client, self._answer(text.partition(b"\n")[0]))
        elif part == b"":
            self._forget(client)
        elif len(text) > REQUEST_LIMIT:
            self._reply(client, {"error": f"a request is longer than {REQUEST_LIMIT} bytes"})

    def _reply(self, client: socket.socket, answer: dict[str, object]) -> None:
        # Whoever asked may be gone; the job goes on.
        with contextlib.suppress(OSError):
            client.sendall(json.dumps(answer).encode() + b"\n")
        self._forget(client)

    def _forget(self, client: socket.socket) -> None:
        self._selector.unregister(client)
        del self._received[client]
        client.close()

    def _answer(self, line: bytes) -> dict[str, object]:
        try:
            request = json.loads(line)
            if isinstance(request, dict) and request.get("ping") is True:
                return {"ready": True, "pid": os.getpid()}
            job = parse_job(request, "argv")
            pid = start(job, self._run)
        except (JobError, OSError, ValueError) as error:
            return {"error": str(error)}
        self._jobs[pid] = job
        return {"pid": pid}

    def _run(self, job: Job) -> NoReturn:
        prepare_libraries(job.env, self._pools)
        run_script(job, self._library_path)

    def _end_jobs(self) -> None:
        # Whoever connects now waits until this process is gone: then all of its jobs are, too.
        self._selector.unregister(self._listener)
        for pid in self._jobs:
            signal_group(pid, signal.SIGTERM)
        end = time.monotonic() + STOP_GRACE_S
        while self._jobs and time.monotonic() < end:
            self._turn(max(0.0, end - time.monotonic()))
        for pid, job in self._jobs.items():
            signal_group(pid, signal.SIGKILL)
            reap(pid, job, block=True)


def find_thread_pools() -> ThreadPools:
    """The thread pools of the libraries. They are only looked at: finding them takes longer than a fork."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()


def prepare_libraries(env: dict[str, str], pools: ThreadPools) -> None:
    """Gives a job its threads, and randomness of its own: numpy's state would be the same in each fork."""
    import numpy

    asked = env.get("OMP_NUM_THREADS", "")
    pools.limit(limits=int(asked) if asked.isdecimal() and int(asked) > 0 else os.cpu_count())
    numpy.random.seed()


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        print("usage: fork_server.py SOCKET PID_FILE", file=sys.stderr)
        return 2
    path, pid_path = (Path(argument).absolute() for argument in arguments)
    pid_file = PidFile.take(pid_path)
    if pid_file is None:
        print(f"another fork server runs already; its pid is in {pid_path}", file=sys.stderr)
        return ALREADY_RUNNING
    before = os.environ.get("PYTHONPATH", "")
    given = {str(Path(entry).absolute()) for entry in before.split(os.pathsep)} if before else set()
    library_path = [entry for entry in sys.path[1:] if entry not in given]
    import_libraries()
    server = ForkServer(path, pid_file, library_path)
    # The objects of the imports are left out of garbage collection, and so stay shared with the jobs.
    gc.collect()
    gc.freeze()
    print("ready", flush=True)
    server.serve()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
