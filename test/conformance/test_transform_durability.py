"""What of a transform job outlives a `kill -9` of the endpoint."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

from stack import BUCKET, Stack, until
from transforms import SHOUTS, asked, model, transform, transformed


def started(own: Stack, gate: Path) -> str:
    """A job that has answered its first record of three; it holds the second one until there is a file."""
    held = f"    import os, time\n    while text == 'b' and not os.path.exists('{gate}'): time.sleep(0.01)\n    print("
    waits = model(own, SHOUTS.replace("    print(", held))
    name = transform(own, {"x": "a\nb\nc"}, ModelName=waits, BatchStrategy="SingleRecord")
    log = own.home / "sagemaker/jobs/transform-job" / name / "log.txt"
    until(lambda: log.exists() and asked(own, name), "the first record")
    return name


def require_whole(own: Stack, name: str) -> None:
    assert transformed(own, name)["TransformJobStatus"] == "Completed"
    assert own.keys(f"out/{name}/") == [f"out/{name}/x.out"]
    assert own.get(f"s3://{BUCKET}/out/{name}/x.out") == b"A\nB\nC\n"


def test_a_job_goes_on_while_the_endpoint_is_dead(own: Stack, tmp_path: Path) -> None:
    name = started(own, tmp_path / "gate")
    os.kill(own.pid, signal.SIGKILL)
    (tmp_path / "gate").touch()
    own.up()
    require_whole(own, name)
    assert len(asked(own, name)) == 3


def test_a_job_that_died_with_all_that_watched_it_begins_again(own: Stack, tmp_path: Path) -> None:
    name = started(own, tmp_path / "gate")
    os.kill(own.pid, signal.SIGKILL)
    os.kill(int((own.home / "sagemaker/fork-server.pid").read_text()), signal.SIGKILL)
    pid = json.loads((own.home / "sagemaker/jobs/transform-job" / name / "pid.json").read_text())["pid"]
    os.killpg(int(pid), signal.SIGKILL)
    (tmp_path / "gate").touch()
    own.up()
    require_whole(own, name)
    assert len(asked(own, name)) == 4


def test_a_stop_that_the_endpoint_did_not_live_to_carry_out_is_carried_out(own: Stack, tmp_path: Path) -> None:
    name = started(own, tmp_path / "gate")
    own.sagemaker.stop_transform_job(TransformJobName=name)
    os.kill(own.pid, signal.SIGKILL)
    own.up()
    assert transformed(own, name)["TransformJobStatus"] == "Stopped"
    assert own.keys(f"out/{name}/") == []
