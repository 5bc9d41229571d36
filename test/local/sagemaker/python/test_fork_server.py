"""The life of the fork server itself."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

from forked import SOURCES, TIMEOUT_S, Forked, Server, is_running, until

WAITS = "import signal\nprint('up')\nwhile True: signal.pause()"
STAYS = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('up')\nwhile True: signal.pause()"


def test_ping_and_files(server: Server) -> None:
    assert server.ask({"ping": True}) == {"ready": True, "pid": server.process.pid}
    assert server.pid_file.read_text() == str(server.process.pid)
    assert stat.S_IMODE(server.socket.stat().st_mode) == 0o600


def test_it_has_no_threads_that_a_fork_would_lose(server: Server) -> None:
    assert len(list(Path(f"/proc/{server.process.pid}/task").iterdir())) == 1


def test_what_is_no_job_is_answered(server: Server) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(server.socket))
        client.sendall(b"not json\n")
        assert "error" in json.loads(client.makefile().readline())
    assert "object" in server.ask([])["error"]


def test_a_silent_client_holds_nobody_up(server: Server) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(str(server.socket))
        silent.sendall(b'{"argv"')
        assert server.fork("pass").end() == (0, None)


def test_jobs_run_at_once(server: Server) -> None:
    jobs = [server.fork(WAITS) for _ in range(5)]
    for job in jobs:
        job.says("up")
    for job in jobs:
        os.kill(job.pid, signal.SIGKILL)
    assert [job.end() for job in jobs] == [(None, signal.SIGKILL)] * 5


def test_it_outlives_its_client(own_server: Server) -> None:
    client = os.fork()
    if client == 0:
        own_server.fork("import signal\nprint('up')\nsignal.sigwait([signal.SIGUSR1])\nprint('done')")
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(client, 0)
    job = Forked(own_server.folder / "job-1")
    job.says("up")
    assert own_server.ask({"ping": True})["ready"]
    os.kill(job.pid, signal.SIGKILL)
    assert job.end() == (None, signal.SIGKILL)


def test_sigterm_stops_all_jobs(own_server: Server) -> None:
    jobs = [own_server.fork(WAITS), own_server.fork(STAYS)]
    for job in jobs:
        job.says("up")
    assert own_server.stop() == 0
    assert [job.end() for job in jobs] == [(None, signal.SIGTERM), (None, signal.SIGKILL)]
    assert not any(is_running(job.pid) for job in jobs)
    assert not own_server.socket.exists()
    assert not own_server.pid_file.exists()


def test_a_second_server_gives_way(own_server: Server) -> None:
    second = own_server.start()
    assert second.wait(TIMEOUT_S) == 3
    assert "another fork server runs already" in (own_server.folder / "server.log").read_text()
    assert own_server.ask({"ping": True})["pid"] == own_server.process.pid


def test_a_new_server_takes_over_from_one_that_was_killed(own_server: Server) -> None:
    own_server.process.kill()
    own_server.process.wait()
    assert own_server.pid_file.exists()
    own_server.process = own_server.start()
    assert own_server.ask({"ping": True})["pid"] == own_server.process.pid


def test_it_ends_when_nobody_can_reach_it(own_server: Server) -> None:
    job = own_server.fork(WAITS)
    job.says("up")
    own_server.socket.unlink()
    until(lambda: not own_server.pid_file.exists(), "a pid file that is free")
    successor = own_server.start()
    try:
        assert own_server.process.poll() is None, "it stays for its job"
        assert own_server.ask({"ping": True})["pid"] == successor.pid
        os.kill(job.pid, signal.SIGKILL)
        assert job.end() == (None, signal.SIGKILL)
        assert own_server.process.wait(TIMEOUT_S) == 0
        assert own_server.pid_file.read_text() == str(successor.pid), "its successor's files stay"
        assert own_server.socket.exists()
    finally:
        own_server.process = successor


def test_a_deleted_job_folder_does_not_end_it(own_server: Server) -> None:
    job = own_server.fork("import shutil, os\nshutil.rmtree(os.getcwd())")
    until(lambda: not is_running(job.answer["pid"]), "the end of the job")
    assert own_server.fork("pass").end() == (0, None)
    assert own_server.process.poll() is None


def test_usage() -> None:
    given = subprocess.run([sys.executable, str(SOURCES / "fork_server.py")], capture_output=True, text=True)
    assert given.returncode == 2
    assert "usage" in given.stderr
