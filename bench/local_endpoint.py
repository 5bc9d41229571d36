"""Speed of the local SageMaker endpoint: a job's cost over its script, a full queue, and moto's server beside it.

Usage: python bench/local_endpoint.py [--moto PYTHON]
PYTHON is an interpreter with `moto[server]`, where its control calls are to be measured as well.
"""

from __future__ import annotations

import argparse
import multiprocessing
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "test/conformance"))

import boto3

from stack import Stack, until

SLOTS = 2
FIT = """
import numpy as np
from sklearn.ensemble import RandomForestClassifier
x = np.random.default_rng(0).normal(size=(600, 20))
y = (x[:, 0] * x[:, 1] + x[:, 2] > 0).astype(int)
RandomForestClassifier(n_estimators=200, n_jobs=1, random_state=0).fit(x, y)
"""


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def spread(values: list[float]) -> str:
    """Milliseconds: median, 95th percentile, extremes."""
    found = [statistics.median(values), percentile(values, 0.95), min(values), max(values)]
    p50, p95, least, most = (f"{value * 1000:.0f}" for value in found)
    return f"p50 {p50} ms, p95 {p95} ms, from {least} to {most} ms"


def timed(act: Any) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def one_job(stack: Stack, count: int = 60) -> None:
    """Create to Completed of a job whose script is empty, one after the other."""

    def job(request: dict[str, Any]) -> None:
        stack.sagemaker.create_training_job(**request)
        name = request["TrainingJobName"]
        until(lambda: status_of(stack, name) == "Completed", name)

    requests = [stack.training_request() for _ in range(count)]
    job(stack.training_request())
    print(f"an empty job, create to Completed ({count}): {spread([timed(lambda r=r: job(r)) for r in requests])}")


def status_of(stack: Stack, name: str) -> str:
    return stack.sagemaker.describe_training_job(TrainingJobName=name)["TrainingJobStatus"]


def fit(_: int) -> None:
    exec(FIT, {})


def many_jobs(stack: Stack, count: int = 100) -> None:
    """So many fits as jobs on the slots, and the same fits called directly by as many warm processes; three times."""
    ratios = []
    with multiprocessing.get_context("fork").Pool(SLOTS) as pool:
        pool.map(fit, range(SLOTS))
        for _ in range(3):
            requests = [stack.training_request(FIT) for _ in range(count)]
            direct = timed(lambda: pool.map(fit, range(count), chunksize=1))
            jobs = timed(lambda requests=requests: run_all(stack, requests))
            ratios.append(jobs / direct)
            print(f"{count} fits on {SLOTS} slots: {jobs:.2f} s as jobs, {direct:.2f} s called directly")
    print(f"ratio: median {statistics.median(ratios):.2f}, from {min(ratios):.2f} to {max(ratios):.2f}")


def run_all(stack: Stack, requests: list[dict[str, Any]]) -> None:
    for request in requests:
        stack.sagemaker.create_training_job(**request)
    # Looked at seldom: the looks run on the same cores.
    wanted = {request["TrainingJobName"] for request in requests}
    while wanted:
        time.sleep(0.1)
        found = stack.sagemaker.list_training_jobs(StatusEquals="Completed", MaxResults=len(requests))
        wanted -= {job["TrainingJobName"] for job in found["TrainingJobSummaries"]}


def full_queue(stack: Stack, count: int = 2000) -> None:
    """So many jobs queued at once: what each Create takes, and the endpoint's memory."""
    request = stack.training_request("import time\ntime.sleep(0.01)\n")
    creates = [
        timed(lambda i=i: stack.sagemaker.create_training_job(**{**request, "TrainingJobName": f"queued-{i}"}))
        for i in range(count)
    ]
    print(f"Create with up to {count} jobs queued: {spread(creates)}")
    lists = [timed(lambda: stack.sagemaker.list_training_jobs(MaxResults=100)) for _ in range(20)]
    print(f"ListTrainingJobs of 100 with {count} jobs there: {spread(lists)}")
    status = Path(f"/proc/{stack.pid}/status").read_text()
    memory = {line.split(":")[0]: int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("Vm")}
    print(f"memory of the endpoint: {memory['VmRSS']} MB, at most {memory['VmHWM']} MB")


def control_calls(name: str, client: Any, request: dict[str, Any], count: int = 200) -> None:
    """Describe and list calls, the same on any server that speaks SageMaker's protocol."""
    client.create_training_job(**request)
    job = request["TrainingJobName"]
    describes = [timed(lambda: client.describe_training_job(TrainingJobName=job)) for _ in range(count)]
    lists = [timed(lambda: client.list_training_jobs(MaxResults=10)) for _ in range(count)]
    print(f"{name}: DescribeTrainingJob {spread(describes)}; ListTrainingJobs {spread(lists)}")


def moto(python: str, stack: Stack) -> None:
    """moto's server, which answers the control calls and runs nothing."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [python, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x", "region_name": "us-east-1"}
        client = boto3.client("sagemaker", endpoint_url=f"http://127.0.0.1:{port}", **keys)
        until(lambda: _answers(client), "moto's server")
        control_calls("moto's server", client, stack.training_request())
    finally:
        server.terminate()
        server.wait()


def _answers(client: Any) -> bool:
    try:
        client.list_models()
    except Exception:
        return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moto", help="an interpreter that has moto[server]")
    arguments = parser.parse_args()
    stack = Stack()
    try:
        one_job(stack)
        many_jobs(stack)
        control_calls("crossfold's endpoint", stack.sagemaker, stack.training_request())
        if arguments.moto is not None:
            moto(arguments.moto, stack)
        full_queue(stack)
    finally:
        stack.down()


if __name__ == "__main__":
    main()
