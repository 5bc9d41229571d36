"""What outlives a `kill -9` of the endpoint: every job, its process, its way."""

from __future__ import annotations

import json
import os
import signal

import kills
from stack import Stack, until


def kill(stack: Stack) -> None:
    os.kill(stack.pid, signal.SIGKILL)


def started(stack: Stack, name: str) -> int:
    """The pid of a job's process, once it runs."""
    file = stack.home / "sagemaker/jobs/training-job" / name / "pid.json"
    until(file.exists, f"the start of {name}")
    return int(json.loads(file.read_text())["pid"])


def test_a_job_runs_on_while_the_endpoint_is_dead(own: Stack) -> None:
    name = own.train("import time\ntime.sleep(1)\nopen('/opt/ml/model/m', 'w').write('x')\nprint('end')\n")
    started(own, name)
    kill(own)
    until(lambda: "end" in own.log("training-job", name), "the end of the job")
    own.up()
    assert own.trained(name)["TrainingJobStatus"] == "Completed"


def test_a_job_whose_process_died_meanwhile_failed_by_its_signal(own: Stack) -> None:
    name = own.train("import time\ntime.sleep(600)\n")
    pid = started(own, name)
    kill(own)
    os.kill(pid, signal.SIGKILL)
    own.up()
    job = own.trained(name)
    assert job["TrainingJobStatus"] == "Failed"
    assert "signal 9" in job["FailureReason"]


def test_a_job_that_died_with_all_that_watched_it_failed_and_says_so(own: Stack) -> None:
    name = own.train("import time\ntime.sleep(600)\n")
    pid = started(own, name)
    kill(own)
    os.kill(int((own.home / "sagemaker/fork-server.pid").read_text()), signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)
    own.up()
    job = own.trained(name)
    assert job["TrainingJobStatus"] == "Failed"
    assert "InternalServerError: the job's process is gone" in job["FailureReason"]


def test_such_a_job_is_run_again_where_its_retry_strategy_allows(own: Stack) -> None:
    script = (
        "import pathlib, time\nmark = pathlib.Path('/opt/ml/checkpoints/mark')\n"
        "if not mark.exists():\n    mark.touch()\n    time.sleep(600)\n"
    )
    config = {"S3Uri": "s3://crossfold/checkpoints/retried"}
    name = own.train(script, RetryStrategy={"MaximumRetryAttempts": 1}, CheckpointConfig=config)
    pid = started(own, name)
    until(lambda: own.keys("checkpoints/retried"), "the checkpoint")
    kill(own)
    os.kill(int((own.home / "sagemaker/fork-server.pid").read_text()), signal.SIGKILL)
    os.kill(pid, signal.SIGKILL)
    own.up()
    job = own.trained(name)
    assert job["TrainingJobStatus"] == "Completed"
    assert "Restarting" in [each["Status"] for each in job["SecondaryStatusTransitions"]]


def test_jobs_that_wait_keep_their_order(own: Stack) -> None:
    blockers = [own.train("import time\ntime.sleep(600)\n") for _ in range(8)]
    waiting = [own.train() for _ in range(4)]
    kill(own)
    own.up()
    for blocker in reversed(blockers):
        own.sagemaker.stop_training_job(TrainingJobName=blocker)
    starts = [own.trained(name)["TrainingStartTime"] for name in waiting]
    assert starts == sorted(starts)


def test_a_stop_that_the_endpoint_did_not_live_to_carry_out_is_carried_out(own: Stack) -> None:
    name = own.train(
        "import signal, time\nsignal.signal(15, signal.SIG_IGN)\nprint('up', flush=True)\ntime.sleep(600)\n"
    )
    until(lambda: started(own, name) and "up" in own.log("training-job", name), "the job running")
    own.sagemaker.stop_training_job(TrainingJobName=name)
    kill(own)
    own.up()
    assert own.trained(name)["TrainingJobStatus"] == "Stopped"


def test_kills_at_random_moments_lose_no_job_and_run_none_twice() -> None:
    outcome = kills.run(kills=8, seed=1)
    assert outcome["statuses"] == {"Completed": outcome["jobs"]}
    assert outcome["started more than once"] == outcome["completed without a start"] == []
