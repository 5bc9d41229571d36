"""Training jobs: the request, the way, the end, the lists."""

from __future__ import annotations

import io
import itertools
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stack import BUCKET, Stack, fresh, until

WAIT = "import time\ntime.sleep(600)\n"


def refused(stack: Stack, **members: Any) -> str:
    """The message with which a request is refused; nothing may be left of it."""
    request = stack.training_request(**members)
    with pytest.raises(ClientError) as caught:
        stack.sagemaker.create_training_job(**request)
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    with pytest.raises(ClientError):
        stack.sagemaker.describe_training_job(TrainingJobName=request["TrainingJobName"])
    return caught.value.response["Error"]["Message"]


def members_of(stack: Stack, uri: str) -> dict[str, bytes]:
    """The files of a tar.gz."""
    with tarfile.open(fileobj=io.BytesIO(stack.get(uri)), mode="r:gz") as archive:
        files = {member.name.removeprefix("./"): archive.extractfile(member) for member in archive}
        return {name: file.read() for name, file in files.items() if file is not None}


def channel(name: str, uri: str, **source: Any) -> dict[str, Any]:
    return {
        "ChannelName": name,
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri, **source}},
    }


def running(stack: Stack, name: str) -> None:
    until(lambda: "up" in log_of(stack, name), f"{name} running")


def log_of(stack: Stack, name: str) -> str:
    try:
        return stack.log("training-job", name)
    except FileNotFoundError:
        return ""


class TestTheWay:
    def test_an_empty_script_completes(self, stack: Stack) -> None:
        job = stack.trained(stack.train())
        assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Completed"
        assert job["BillableTimeInSeconds"] >= 1
        assert job["TrainingStartTime"] <= job["TrainingEndTime"]

    def test_the_secondary_statuses_come_in_awss_order(self, stack: Stack) -> None:
        job = stack.trained(stack.train())
        transitions = job["SecondaryStatusTransitions"]
        assert [each["Status"] for each in transitions] == [
            *["Starting", "Downloading", "Training", "Uploading", "Completed"],
        ]
        for before, after in itertools.pairwise(transitions):
            assert before["StartTime"] <= before["EndTime"] == after["StartTime"]

    def test_the_request_comes_back_with_awss_defaults(self, stack: Stack) -> None:
        name = stack.train(HyperParameters={"a": "1"}, Environment={"X": "y"})
        job = stack.sagemaker.describe_training_job(TrainingJobName=name)
        assert job["HyperParameters"] == {"a": "1"}
        assert job["Environment"] == {"X": "y"}
        assert job["EnableNetworkIsolation"] is job["EnableManagedSpotTraining"] is False
        assert "Tags" not in job

    def test_the_model_and_the_output_are_kept(self, stack: Stack) -> None:
        script = (
            "from pathlib import Path\n"
            "Path('/opt/ml/model/m.txt').write_text('model')\n"
            "Path('/opt/ml/output/data/o.txt').write_text('output')\n"
        )
        model = stack.trained(stack.train(script))["ModelArtifacts"]["S3ModelArtifacts"]
        assert members_of(stack, model)["m.txt"] == b"model"
        assert members_of(stack, model.replace("model.tar.gz", "output.tar.gz"))["o.txt"] == b"output"

    def test_an_uncompressed_model_is_a_prefix(self, stack: Stack) -> None:
        script = "from pathlib import Path\nPath('/opt/ml/model/m.txt').write_text('model')\n"
        output = {"S3OutputPath": f"s3://{BUCKET}/output/", "CompressionType": "NONE"}
        job = stack.trained(stack.train(script, OutputDataConfig=output))
        assert stack.get(job["ModelArtifacts"]["S3ModelArtifacts"] + "m.txt") == b"model"

    def test_a_script_that_fails_says_why(self, stack: Stack) -> None:
        job = stack.trained(stack.train("print('so it is')\nraise SystemExit(3)\n"))
        assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Failed"
        assert job["FailureReason"] == "AlgorithmError: so it is, exit code: 3"

    def test_the_failure_file_is_the_reason(self, stack: Stack) -> None:
        script = "open('/opt/ml/output/failure', 'w').write('the table is empty')\nraise SystemExit(1)\n"
        assert "the table is empty" in stack.trained(stack.train(script))["FailureReason"]

    def test_a_killed_process_is_told_by_its_signal(self, stack: Stack) -> None:
        job = stack.trained(stack.train("import os\nos.kill(os.getpid(), 9)\n"))
        assert "killed by signal 9" in job["FailureReason"]

    def test_metrics_are_read_from_the_log_as_32_bit_floats(self, stack: Stack) -> None:
        request = stack.training_request("print('auc=0.5;')\nprint('auc=0.1;')\n")
        request["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "auc", "Regex": "auc=([0-9.]+);"}]
        stack.sagemaker.create_training_job(**request)
        (metric,) = stack.trained(request["TrainingJobName"])["FinalMetricDataList"]
        assert metric["MetricName"] == "auc"
        assert metric["Value"] == pytest.approx(0.1, abs=1e-7)

    def test_a_metric_that_is_never_printed_is_absent(self, stack: Stack) -> None:
        request = stack.training_request()
        request["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "auc", "Regex": "auc=([0-9.]+);"}]
        stack.sagemaker.create_training_job(**request)
        assert "FinalMetricDataList" not in stack.trained(request["TrainingJobName"])

    def test_a_job_that_runs_too_long_is_stopped(self, stack: Stack) -> None:
        job = stack.trained(stack.train(WAIT, StoppingCondition={"MaxRuntimeInSeconds": 1}))
        assert job["TrainingJobStatus"] == "Stopped"
        assert job["SecondaryStatus"] == "MaxRuntimeExceeded"


class TestTheContainer:
    def contract(self, stack: Stack, **members: Any) -> dict[str, Any]:
        """What a job sees, told by itself."""
        script = (
            "import json, os\nfrom pathlib import Path\n"
            "root = Path('/opt/ml')\n"
            "files = {str(p.relative_to(root)): p.read_text() for p in root.rglob('*') if p.is_file()}\n"
            "json.dump({'files': files, 'env': dict(os.environ)}, open('/opt/ml/model/seen.json', 'w'))\n"
        )
        job = stack.trained(stack.train(script, **members))
        assert job["TrainingJobStatus"] == "Completed", job["FailureReason"]
        return json.loads(members_of(stack, job["ModelArtifacts"]["S3ModelArtifacts"])["seen.json"])

    def test_hyperparameters_are_text_in_a_file(self, stack: Stack) -> None:
        seen = self.contract(stack, HyperParameters={"depth": "3", "learning-rate": "0.1"})
        assert json.loads(seen["files"]["input/config/hyperparameters.json"]) == {"depth": "3", "learning-rate": "0.1"}
        assert seen["env"]["SM_HP_LEARNING-RATE"] == "0.1"
        assert json.loads(seen["env"]["SM_HPS"]) == {"depth": 3, "learning-rate": 0.1}

    def test_resourceconfig_names_the_one_host(self, stack: Stack) -> None:
        config = json.loads(self.contract(stack)["files"]["input/config/resourceconfig.json"])
        assert config["hosts"] == ["algo-1"]
        assert config["current_instance_type"] == "ml.m5.large"

    def test_channels_are_folders_with_variables(self, stack: Stack) -> None:
        uri = stack.put(f"data/{fresh()}/a/b.csv", "1,2").removesuffix("a/b.csv")
        seen = self.contract(stack, InputDataConfig=[{**channel("train", uri), "ContentType": "text/csv"}])
        assert seen["files"]["input/data/train/a/b.csv"] == "1,2"
        assert seen["env"]["SM_CHANNEL_TRAIN"] == "/opt/ml/input/data/train"
        config = json.loads(seen["files"]["input/config/inputdataconfig.json"])["train"]
        assert config == {
            **{"ContentType": "text/csv", "TrainingInputMode": "File"},
            **{"S3DistributionType": "FullyReplicated", "RecordWrapperType": "None"},
        }

    @pytest.mark.parametrize("distribution", ["FullyReplicated", "ShardedByS3Key"])
    def test_one_machine_gets_all_of_a_channel(self, stack: Stack, distribution: str) -> None:
        folder = f"data/{fresh()}"
        for key in "abc":
            uri = stack.put(f"{folder}/{key}", key).rpartition("/")[0] + "/"
        seen = self.contract(stack, InputDataConfig=[channel("train", uri, S3DataDistributionType=distribution)])
        assert {path for path in seen["files"] if "data/train" in path} == {f"input/data/train/{key}" for key in "abc"}

    def test_a_prefix_is_text_and_not_a_folder(self, stack: Stack) -> None:
        folder = f"data/{fresh()}"
        for key in ("fold-1/x", "fold-10/x", "fold-2/x"):
            stack.put(f"{folder}/{key}", key)
        seen = self.contract(stack, InputDataConfig=[channel("train", f"s3://{BUCKET}/{folder}/fold-1")])
        found = {path for path in seen["files"] if "data/train" in path}
        assert found == {"input/data/train/x", "input/data/train/fold-10/x"}

    def test_a_manifest_names_its_objects(self, stack: Stack) -> None:
        folder = f"data/{fresh()}"
        for key in "abc":
            stack.put(f"{folder}/{key}.csv", key)
        manifest = stack.put(
            f"{folder}/manifest", json.dumps([{"prefix": f"s3://{BUCKET}/{folder}/"}, "a.csv", "c.csv"])
        )
        seen = self.contract(stack, InputDataConfig=[channel("train", manifest, S3DataType="ManifestFile")])
        assert {path for path in seen["files"] if "data/train" in path} == {
            *["input/data/train/a.csv", "input/data/train/c.csv"],
        }

    def test_fast_file_mode_is_files(self, stack: Stack) -> None:
        uri = stack.put(f"data/{fresh()}/x", "1").removesuffix("x")
        seen = self.contract(stack, InputDataConfig=[{**channel("train", uri), "InputMode": "FastFile"}])
        assert seen["files"]["input/data/train/x"] == "1"

    def test_nothing_of_the_host_is_in_the_environment(self, stack: Stack) -> None:
        env = self.contract(stack)["env"]
        secrets = {stack.variables["AWS_SECRET_ACCESS_KEY"], stack.variables["AWS_ACCESS_KEY_ID"]}
        assert not secrets & set(env.values())
        assert "AWS_SECRET_ACCESS_KEY" not in env

    def test_environment_variables_of_the_request(self, stack: Stack) -> None:
        assert self.contract(stack, Environment={"MODE": "a=b c"})["env"]["MODE"] == "a=b c"

    def test_a_channel_with_nothing_in_it_fails_the_job(self, stack: Stack) -> None:
        job = stack.trained(stack.train(InputDataConfig=[channel("train", f"s3://{BUCKET}/nothing/{fresh()}/")]))
        assert job["TrainingJobStatus"] == "Failed"
        assert "ClientError: Data download failed: No S3 objects found" in job["FailureReason"]


class TestIsolation:
    def told(self, stack: Stack, script: str, **members: Any) -> str:
        name = stack.train(script, **members)
        stack.trained(name)
        return log_of(stack, name)

    def test_a_job_does_not_see_what_others_have(self, stack: Stack) -> None:
        other = stack.train("open('/opt/ml/model/secret', 'w').write('s')\nprint('up', flush=True)\n" + WAIT)
        running(stack, other)
        script = f"import os\nprint(os.listdir({str(stack.home)!r}))\n"
        assert self.told(stack, script).strip() == "[]"
        stack.sagemaker.stop_training_job(TrainingJobName=other)

    def test_a_job_cannot_undo_its_mounts(self, stack: Stack) -> None:
        script = f"import ctypes\nprint(ctypes.CDLL(None).umount(b'{stack.home}'))\n"
        assert self.told(stack, script).strip() == "-1"

    def test_a_job_cannot_look_around_its_mounts(self, stack: Stack) -> None:
        script = f"import os\nprint(os.access('/proc/{stack.pid}/root/opt', os.R_OK))\n"
        assert self.told(stack, script).strip() == "False"

    def test_network_isolation_leaves_no_network(self, stack: Stack) -> None:
        port = stack.url.rpartition(":")[2]
        script = f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 5)\n"
        assert self.told(stack, script) == ""
        assert "unreachable" in self.told(stack, script, EnableNetworkIsolation=True)

    def test_a_job_has_a_group_of_its_own_that_ends_with_it(self, stack: Stack) -> None:
        script = "import os, subprocess\nprint(os.getpgrp() == os.getpid(), subprocess.Popen(['sleep', '600']).pid)\n"
        own, pid = self.told(stack, script).split()
        assert own == "True"
        until(lambda: not _is_running(int(pid)), "the end of what a job left")


def _is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class TestStopping:
    def test_a_running_job_is_stopped_and_its_model_kept(self, stack: Stack) -> None:
        name = stack.train("open('/opt/ml/model/part', 'w').write('x')\nprint('up', flush=True)\n" + WAIT)
        running(stack, name)
        stack.sagemaker.stop_training_job(TrainingJobName=name)
        job = stack.trained(name)
        assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Stopped"
        assert [each["Status"] for each in job["SecondaryStatusTransitions"]][-2:] == ["Stopping", "Stopped"]
        assert members_of(stack, job["ModelArtifacts"]["S3ModelArtifacts"])["part"] == b"x"

    def test_a_job_gets_sigterm_first(self, stack: Stack) -> None:
        script = (
            "import signal, sys, time\n"
            "signal.signal(signal.SIGTERM, lambda *_: (print('asked'), sys.exit(0)))\n"
            "print('up', flush=True)\ntime.sleep(600)\n"
        )
        name = stack.train(script)
        running(stack, name)
        stack.sagemaker.stop_training_job(TrainingJobName=name)
        assert stack.trained(name)["TrainingJobStatus"] == "Stopped"
        assert "asked" in log_of(stack, name)

    def test_a_job_that_is_over_cannot_be_stopped(self, stack: Stack) -> None:
        name = stack.train()
        stack.trained(name)
        with pytest.raises(ClientError, match="rejected because the training job is in status Completed"):
            stack.sagemaker.stop_training_job(TrainingJobName=name)

    def test_a_job_that_waits_is_stopped_without_having_run(self, stack: Stack) -> None:
        blockers = [stack.train("print('up', flush=True)\n" + WAIT) for _ in range(8)]
        name = stack.train()
        assert stack.sagemaker.describe_training_job(TrainingJobName=name)["SecondaryStatus"] == "Starting"
        stack.sagemaker.stop_training_job(TrainingJobName=name)
        job = stack.trained(name)
        assert job["TrainingJobStatus"] == "Stopped"
        assert "TrainingStartTime" not in job
        for blocker in reversed(blockers):
            stack.sagemaker.stop_training_job(TrainingJobName=blocker)
        for blocker in blockers:
            assert stack.trained(blocker)["TrainingJobStatus"] == "Stopped"

    def test_an_unknown_job_is_not_found(self, stack: Stack) -> None:
        for call in (stack.sagemaker.describe_training_job, stack.sagemaker.stop_training_job):
            with pytest.raises(ClientError, match=r"ValidationException.*Requested resource not found\."):
                call(TrainingJobName="there-is-none")


class TestRefusals:
    def test_a_name_that_is_taken(self, stack: Stack) -> None:
        name = stack.train()
        with pytest.raises(ClientError, match=r"ResourceInUse.*Training job names must be unique"):
            stack.train(TrainingJobName=name)

    def test_an_image_that_nothing_here_runs(self, stack: Stack) -> None:
        specification = {
            "TrainingImage": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/mine:1",
            "TrainingInputMode": "File",
        }
        assert "images.yaml" in refused(stack, AlgorithmSpecification=specification)

    def test_pipe_mode(self, stack: Stack) -> None:
        uri = f"s3://{BUCKET}/x/"
        assert "Pipe is not supported" in refused(stack, InputDataConfig=[{**channel("a", uri), "InputMode": "Pipe"}])

    def test_more_than_one_machine(self, stack: Stack) -> None:
        resources = {"InstanceType": "ml.m5.large", "InstanceCount": 2, "VolumeSizeInGB": 1}
        assert "one machine is here" in refused(stack, ResourceConfig=resources)

    def test_two_channels_of_one_name(self, stack: Stack) -> None:
        assert "Duplicate channel name" in refused(stack, InputDataConfig=[channel("code", f"s3://{BUCKET}/x/")])

    def test_a_metric_whose_expression_is_none(self, stack: Stack) -> None:
        specification = stack.training_request()["AlgorithmSpecification"]
        bad = {**specification, "MetricDefinitions": [{"Name": "auc", "Regex": "auc=("}]}
        assert 'metric "auc"' in refused(stack, AlgorithmSpecification=bad)

    def test_a_wait_without_spot(self, stack: Stack) -> None:
        condition = {"MaxRuntimeInSeconds": 10, "MaxWaitTimeInSeconds": 20}
        assert "EnableManagedSpotTraining" in refused(stack, StoppingCondition=condition)

    def test_spot_without_a_wait(self, stack: Stack) -> None:
        assert "MaxWaitTimeInSeconds must be specified" in refused(stack, EnableManagedSpotTraining=True)

    def test_a_wait_that_is_shorter_than_the_run(self, stack: Stack) -> None:
        condition = {"MaxRuntimeInSeconds": 20, "MaxWaitTimeInSeconds": 10}
        message = refused(stack, EnableManagedSpotTraining=True, StoppingCondition=condition)
        assert "greater than or equal to MaxRuntimeInSeconds" in message


class TestLists:
    @pytest.fixture(scope="class")
    @classmethod
    def names(cls, stack: Stack) -> list[str]:
        prefix = fresh("listed")
        names = [stack.train(TrainingJobName=f"{prefix}-{letter}") for letter in "bca"]
        for name in names:
            stack.trained(name)
        return names

    def listed(self, stack: Stack, names: list[str], **filters: Any) -> list[str]:
        prefix = names[0].rpartition("-")[0]
        pages = stack.sagemaker.get_paginator("list_training_jobs").paginate(NameContains=prefix, **filters)
        return [job["TrainingJobName"] for page in pages for job in page["TrainingJobSummaries"]]

    def test_the_newest_comes_first(self, stack: Stack, names: list[str]) -> None:
        assert self.listed(stack, names) == names[::-1]

    def test_sorted_by_name(self, stack: Stack, names: list[str]) -> None:
        assert self.listed(stack, names, SortBy="Name", SortOrder="Ascending") == sorted(names)

    def test_in_pages_of_one(self, stack: Stack, names: list[str]) -> None:
        assert self.listed(stack, names, PaginationConfig={"PageSize": 1}) == names[::-1]

    def test_by_status(self, stack: Stack, names: list[str]) -> None:
        assert len(self.listed(stack, names, StatusEquals="Completed")) == 3
        assert self.listed(stack, names, StatusEquals="Failed") == []

    def test_by_time_of_creation(self, stack: Stack, names: list[str]) -> None:
        middle = stack.sagemaker.describe_training_job(TrainingJobName=names[1])["CreationTime"]
        assert self.listed(stack, names, CreationTimeAfter=middle)[:1] == names[2:]
        assert names[0] in self.listed(stack, names, CreationTimeBefore=middle)

    def test_a_token_of_another_request_is_refused(self, stack: Stack, names: list[str]) -> None:
        page = stack.sagemaker.list_training_jobs(NameContains=names[0].rpartition("-")[0], MaxResults=1)
        with pytest.raises(ClientError, match="NextToken"):
            stack.sagemaker.list_training_jobs(NextToken=page["NextToken"], NameContains="else")


class TestDeleting:
    def test_a_job_that_is_over_is_gone_and_its_name_free(self, stack: Stack) -> None:
        name = stack.train()
        stack.trained(name)
        stack.sagemaker.delete_training_job(TrainingJobName=name)
        with pytest.raises(ClientError, match="Requested resource not found"):
            stack.sagemaker.describe_training_job(TrainingJobName=name)
        assert stack.trained(stack.train(TrainingJobName=name))["TrainingJobStatus"] == "Completed"

    def test_a_job_that_runs_stays(self, stack: Stack) -> None:
        name = stack.train(WAIT)
        with pytest.raises(ClientError, match="ResourceInUse"):
            stack.sagemaker.delete_training_job(TrainingJobName=name)
        stack.sagemaker.stop_training_job(TrainingJobName=name)
        stack.trained(name)


class TestWarmPools:
    def pooled(self, stack: Stack, seconds: int = 60, volume: int = 7) -> dict[str, Any]:
        resources = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": volume}
        return stack.trained(stack.train(ResourceConfig={**resources, "KeepAlivePeriodInSeconds": seconds}))

    def status(self, stack: Stack, name: str) -> dict[str, Any]:
        return stack.sagemaker.describe_training_job(TrainingJobName=name)["WarmPoolStatus"]

    def test_a_pool_is_available_and_then_reused_by_a_job_that_fits(self, stack: Stack) -> None:
        first = self.pooled(stack, volume=11)["TrainingJobName"]
        assert self.status(stack, first)["Status"] == "Available"
        other = self.pooled(stack, volume=12)["TrainingJobName"]
        assert self.status(stack, first)["Status"] == "Available"
        second = self.pooled(stack, volume=11)["TrainingJobName"]
        assert self.status(stack, first) == {
            **{"Status": "Reused", "ReusedByJob": second},
            "ResourceRetainedBillableTimeInSeconds": self.status(stack, first)["ResourceRetainedBillableTimeInSeconds"],
        }
        assert self.status(stack, other)["Status"] == self.status(stack, second)["Status"] == "Available"

    def test_a_pool_ends_after_its_period(self, stack: Stack) -> None:
        name = self.pooled(stack, seconds=1, volume=13)["TrainingJobName"]
        until(lambda: self.status(stack, name)["Status"] == "Terminated", "the end of the pool")

    def test_the_period_can_be_changed_while_the_pool_is_available(self, stack: Stack) -> None:
        name = self.pooled(stack, volume=14)["TrainingJobName"]
        stack.sagemaker.update_training_job(TrainingJobName=name, ResourceConfig={"KeepAlivePeriodInSeconds": 0})
        assert self.status(stack, name)["Status"] == "Terminated"
        with pytest.raises(ClientError, match="no warm pool that is Available"):
            stack.sagemaker.update_training_job(TrainingJobName=name, ResourceConfig={"KeepAlivePeriodInSeconds": 9})

    def test_a_job_with_an_available_pool_cannot_be_deleted(self, stack: Stack) -> None:
        name = self.pooled(stack, volume=15)["TrainingJobName"]
        with pytest.raises(ClientError, match="ResourceInUse"):
            stack.sagemaker.delete_training_job(TrainingJobName=name)

    def test_lists_find_pools_by_status(self, stack: Stack) -> None:
        name = self.pooled(stack, volume=16)["TrainingJobName"]
        found = stack.sagemaker.list_training_jobs(WarmPoolStatusEquals="Available", MaxResults=100)
        summary = next(job for job in found["TrainingJobSummaries"] if job["TrainingJobName"] == name)
        assert summary["WarmPoolStatus"]["Status"] == "Available"

    def test_no_pool_without_a_period(self, stack: Stack) -> None:
        assert "WarmPoolStatus" not in stack.trained(stack.train())


class TestCheckpoints:
    def test_checkpoints_are_kept_while_the_job_runs(self, stack: Stack) -> None:
        prefix = f"checkpoints/{fresh()}"
        script = "open('/opt/ml/checkpoints/one', 'w').write('1')\nprint('up', flush=True)\n" + WAIT
        name = stack.train(script, CheckpointConfig={"S3Uri": f"s3://{BUCKET}/{prefix}"})
        until(lambda: stack.keys(prefix) == [f"{prefix}/one"], "the checkpoint in S3")
        stack.sagemaker.stop_training_job(TrainingJobName=name)
        stack.trained(name)

    def test_checkpoints_of_before_are_there_at_the_start(self, stack: Stack) -> None:
        uri = stack.put(f"checkpoints/{fresh()}/step", "41").removesuffix("/step")
        script = (
            "import json\nfolder = json.load(open('/opt/ml/input/config/checkpointconfig.json'))['LocalPath']\n"
            "step = int(open(folder + '/step').read())\nopen(folder + '/step', 'w').write(str(step + 1))\n"
        )
        config = {"S3Uri": uri, "LocalPath": "/opt/ml/saved"}
        assert stack.trained(stack.train(script, CheckpointConfig=config))["TrainingJobStatus"] == "Completed"
        assert stack.get(f"{uri}/step") == b"42"

    def test_a_path_outside_of_opt_ml_is_refused(self, stack: Stack) -> None:
        config = {"S3Uri": f"s3://{BUCKET}/c", "LocalPath": "/etc"}
        assert "must be below /opt/ml" in refused(stack, CheckpointConfig=config)


def test_debugger_rules_are_taken_and_said_not_to_be_evaluated(stack: Stack) -> None:
    rule = {"RuleConfigurationName": "LossNotDecreasing", "RuleEvaluatorImage": "local/rules:1"}
    job = stack.trained(stack.train(DebugRuleConfigurations=[rule]))
    (status,) = job["DebugRuleEvaluationStatuses"]
    assert status["RuleConfigurationName"] == "LossNotDecreasing"
    assert status["RuleEvaluationStatus"] == "Error"
    assert "not evaluated" in status["StatusDetails"]
