"""Commands that are no Python scripts."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from forked import SOURCES, TIMEOUT_S, Forked, until


def detach(folder: Path, command: list[str], **fields: Any) -> tuple[Forked, subprocess.Popen[bytes]]:
    job = Forked(folder)
    (folder / "job.json").write_text(json.dumps({**job.fields, "command": command, **fields}))
    wrapper = subprocess.Popen([sys.executable, str(SOURCES / "run_detached.py"), str(folder / "job.json")])
    return job, wrapper


def test_command_sees_its_environment_alone(tmp_path: Path) -> None:
    job, wrapper = detach(tmp_path, ["/usr/bin/env", "-0"], env={"SM_HP_LEARNING-RATE": "0.1", "A": "$HOME; x"})
    assert job.end() == (0, None)
    assert sorted(job.log.rstrip("\0").split("\0")) == ["A=$HOME; x", "SM_HP_LEARNING-RATE=0.1"]
    assert wrapper.wait(TIMEOUT_S) == 0


def test_command_is_found_on_the_jobs_path(tmp_path: Path) -> None:
    tool = tmp_path / "tool"
    tool.write_text('#!/bin/sh\necho "ran $1"\nexit 5\n')
    tool.chmod(0o755)
    job, _ = detach(tmp_path, ["tool", "two words"], env={"PATH": f"{tmp_path}:/usr/bin:/bin"})
    assert job.end() == (5, None)
    assert job.log == "ran two words\n"


@pytest.mark.parametrize(("command", "code"), [("absent-command", 127), ("/etc/hostname", 126)])
def test_command_that_cannot_be_executed(tmp_path: Path, command: str, code: int) -> None:
    job, _ = detach(tmp_path, [command])
    assert job.end() == (code, None)
    assert command in job.log


def test_opt_ml(tmp_path: Path, mounts: None) -> None:
    (tmp_path / "ml").mkdir()
    job, _ = detach(tmp_path, ["sh", "-c", "echo here > /opt/ml/mine"], optMl=str(tmp_path / "ml"))
    assert job.end() == (0, None)
    assert (tmp_path / "ml" / "mine").read_text() == "here\n"
    assert not Path("/opt/ml/mine").exists()


def test_kill_of_the_command_is_noted(tmp_path: Path) -> None:
    job, _ = detach(tmp_path, ["sh", "-c", "echo up; while :; do sleep 600; done"])
    assert job.says("up")
    os.killpg(job.pid, signal.SIGKILL)
    assert job.end() == (None, signal.SIGKILL)


def test_it_survives_whoever_started_it(tmp_path: Path) -> None:
    starter = os.fork()
    if starter == 0:
        os.setsid()
        detach(tmp_path, ["sh", "-c", "echo up; read line < gate; exit 3"])
        until((tmp_path / "pid.json").exists, "the pid file")
        os.killpg(0, signal.SIGKILL)
    os.mkfifo(tmp_path / "gate")
    os.waitpid(starter, 0)
    job = Forked(tmp_path)
    assert job.says("up")
    (tmp_path / "gate").write_text("go\n")
    assert job.end() == (3, None)


def test_sigterm_is_passed_on(tmp_path: Path) -> None:
    job, wrapper = detach(tmp_path, ["sh", "-c", "trap 'exit 4' TERM; echo up; while :; do sleep 0.01; done"])
    assert job.says("up")
    wrapper.terminate()
    assert job.end() == (4, None)
    assert wrapper.wait(TIMEOUT_S) == 0


def test_a_job_that_makes_no_sense(tmp_path: Path) -> None:
    (tmp_path / "job.json").write_text('{"command": "not a list"}')
    given = subprocess.run(
        [sys.executable, str(SOURCES / "run_detached.py"), str(tmp_path / "job.json")], capture_output=True, text=True
    )
    assert given.returncode == 2
    assert "command must be a list" in given.stderr
