"""Kills the endpoint at random moments under load, and looks what became of every job.

Usage: python test/conformance/kills.py [--kills 200] [--seed 1]
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import random
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from stack import Stack, until

# Jobs that are kept waiting or running while the endpoint is killed.
AT_ONCE = 6


class Load:
    """Jobs that note each of their starts in a file, which no kill of the endpoint can lose."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        self.stack = stack
        self.names: list[str] = []
        self.started = folder / "started"
        self.started.touch()

    def add(self) -> None:
        """Creates one more job, however often the endpoint dies meanwhile: a name that is taken is ours."""
        name = f"killed-{len(self.names)}"
        script = (
            "import os, time\n"
            f"with open({str(self.started)!r}, 'a') as file:\n"
            f"    file.write('{name}\\n')\n"
            "time.sleep(0.15)\n"
            "open('/opt/ml/model/done', 'w').write('x')\n"
        )
        request = self.stack.training_request(script, TrainingJobName=name)

        def made() -> bool:
            try:
                self.stack.sagemaker.create_training_job(**request)
            except ClientError as error:
                return error.response["Error"]["Code"] == "ResourceInUse"
            except BotoCoreError:
                return False
            return True

        until(made, f"{name} created")
        self.names.append(name)

    def open(self) -> int:
        """How many jobs are not over."""
        found = self.stack.sagemaker.list_training_jobs(StatusEquals="InProgress", MaxResults=100)
        return len(found["TrainingJobSummaries"])


def run(kills: int, seed: int) -> dict[str, Any]:
    """Kills the endpoint so often; what became of the jobs."""
    chance = random.Random(seed)
    stack = Stack()
    try:
        with tempfile.TemporaryDirectory() as folder:
            load = Load(stack, Path(folder))
            for _ in range(kills):
                for _ in range(AT_ONCE - load.open()):
                    load.add()
                time.sleep(chance.uniform(0, 0.4))
                os.kill(stack.pid, signal.SIGKILL)
                stack.up()
            jobs = [stack.trained(name) for name in load.names]
            starts = collections.Counter(load.started.read_text().split())
            return {
                "kills": kills,
                "jobs": len(jobs),
                "statuses": dict(collections.Counter(job["TrainingJobStatus"] for job in jobs)),
                "started more than once": [name for name, count in starts.items() if count > 1],
                "completed without a start": [
                    job["TrainingJobName"]
                    for job in jobs
                    if job["TrainingJobStatus"] == "Completed" and job["TrainingJobName"] not in starts
                ],
                "failures": sorted({job["FailureReason"] for job in jobs if "FailureReason" in job}),
            }
    finally:
        stack.down()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(json.dumps(run(arguments.kills, arguments.seed), indent=2))


if __name__ == "__main__":
    main()
