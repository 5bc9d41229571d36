"""A fork server and its jobs, for tests: started, asked and waited for as the endpoint does it."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

SOURCES = Path(__file__).resolve().parents[4] / "local" / "sagemaker" / "python"
TIMEOUT_S = 60.0

T = TypeVar("T")


def until(look: Callable[[], T | None], what: str) -> T:
    """What `look` finds as soon as it finds something. Fails after a time that only a fault takes."""
    end = time.monotonic() + TIMEOUT_S
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.005)
    raise AssertionError(f"{what} did not come about")


@dataclass
class Forked:
    """One job: its folder, and what it leaves there."""

    folder: Path
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, Any]:
        return {
            "cwd": str(self.folder),
            "env": {"PATH": os.environ["PATH"]},
            "optMl": None,
            "log": str(self.folder / "log.txt"),
            "pidFile": str(self.folder / "pid.json"),
            "exitFile": str(self.folder / "exit.json"),
        }

    @property
    def log(self) -> str:
        return (self.folder / "log.txt").read_text()

    @property
    def pid(self) -> int:
        return json.loads((self.folder / "pid.json").read_text())["pid"]

    def end(self) -> tuple[int | None, int | None]:
        """The exit code and the signal, once the job has ended."""
        until((self.folder / "exit.json").exists, "the end of the job")
        ended = json.loads((self.folder / "exit.json").read_text())
        assert set(ended) == {"code", "signal", "endedAt"}
        return ended["code"], ended["signal"]

    def says(self, text: str) -> bool:
        return until(lambda: (self.folder / "log.txt").exists() and text in self.log, f"{text!r} in the log")


class Server:
    """A fork server in a folder of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.socket = folder / "fork.sock"
        self.pid_file = folder / "fork-server.pid"
        self._count = 0
        self.process = self.start(**environment)

    def start(self, **environment: str) -> subprocess.Popen[str]:
        """Another process for the same socket and pid file, once it is ready or has given up."""
        process = subprocess.Popen(
            [sys.executable, str(SOURCES / "fork_server.py"), str(self.socket), str(self.pid_file)],
            env={"PATH": os.environ["PATH"], **environment},
            stdout=subprocess.PIPE,
            stderr=(self.folder / "server.log").open("a"),
            text=True,
        )
        assert process.stdout is not None
        process.stdout.readline()
        return process

    def ask(self, request: object) -> dict[str, Any]:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(TIMEOUT_S)
            client.connect(str(self.socket))
            client.sendall(json.dumps(request).encode() + b"\n")
            with client.makefile() as lines:
                return json.loads(lines.readline())

    def fork(self, source: str, *arguments: str, **fields: Any) -> Forked:
        """Starts a job with this source as its script, unless argv is among the fields."""
        self._count += 1
        job = Forked(self.folder / f"job-{self._count}")
        job.folder.mkdir()
        (job.folder / "script.py").write_text(source)
        job.answer = self.ask({**job.fields, "argv": ["script.py", *arguments], **fields})
        return job

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(TIMEOUT_S)


def is_running(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
