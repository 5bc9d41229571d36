"""Script mode: how the training toolkit runs a user's program."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stack import IMAGE, Stack

TELL = "import json, os, sys\nprint(json.dumps({'argv': sys.argv[1:], 'env': dict(os.environ)}))\n"


def run(stack: Stack, hyperparameters: dict[str, str], **members: Any) -> tuple[dict[str, Any], str]:
    """A job without an entry point: how it ended, and what it wrote."""
    request = stack.training_request(HyperParameters=hyperparameters, **members)
    request["AlgorithmSpecification"] = {"TrainingImage": IMAGE, "TrainingInputMode": "File"}
    del request["InputDataConfig"]
    stack.sagemaker.create_training_job(**request)
    job = stack.trained(request["TrainingJobName"])
    ran = job["TrainingJobStatus"] == "Completed"
    return job, stack.log("training-job", request["TrainingJobName"]) if ran else ""


def told(stack: Stack, **hyperparameters: str) -> dict[str, Any]:
    job, log = run(stack, {**stack.scripts(main__py=TELL), **hyperparameters})
    assert job["TrainingJobStatus"] == "Completed", job
    return json.loads(log)


@pytest.mark.parametrize(
    ("value", "argument", "variable"),
    [
        ("3", "3", "3"),
        ('"text"', "text", "text"),
        ("text", "text", "text"),
        ("0.1", "0.1", "0.1"),
        ("true", "True", "true"),
        ("null", "", ""),
        ("[1, 2]", "[1, 2]", "[1,2]"),
        ('["a"]', "['a']", '["a"]'),
        ('{"b": 1, "a": "x"}', "a=x,b=1", '{"b":1,"a":"x"}'),
        ("a b $HOME", "a b $HOME", "a b $HOME"),
    ],
)
def test_values_as_arguments_and_as_variables(stack: Stack, value: str, argument: str, variable: str) -> None:
    seen = told(stack, value=value)
    assert seen["argv"] == ["--value", argument]
    assert seen["env"]["SM_HP_VALUE"] == variable


def test_arguments_come_in_the_order_of_their_names(stack: Stack) -> None:
    assert told(stack, b="1", a="2", C="3")["argv"] == ["-C", "3", "-a", "2", "-b", "1"]


def test_scripts_may_come_in_a_channel(stack: Stack) -> None:
    scripts = {"sagemaker_program": "main.py", "sagemaker_submit_directory": "/opt/ml/input/data/code"}
    request = stack.training_request(TELL, HyperParameters={**scripts, "a": "1"})
    request["AlgorithmSpecification"] = {"TrainingImage": IMAGE, "TrainingInputMode": "File"}
    stack.sagemaker.create_training_job(**request)
    job = stack.trained(request["TrainingJobName"])
    assert job["TrainingJobStatus"] == "Completed", job
    assert json.loads(stack.log("training-job", request["TrainingJobName"]))["argv"] == ["-a", "1"]


def test_reserved_hyperparameters_are_not_the_scripts(stack: Stack) -> None:
    seen = told(stack, depth="3", sagemaker_region='"us-east-1"')
    assert seen["argv"] == ["--depth", "3"]
    assert json.loads(seen["env"]["SM_HPS"]) == {"depth": 3}
    assert json.loads(seen["env"]["SM_FRAMEWORK_PARAMS"])["sagemaker_program"] == "main.py"


def test_the_toolkits_variables(stack: Stack) -> None:
    env = told(stack, depth="3")["env"]
    assert env["SM_USER_ENTRY_POINT"] == "main.py"
    assert env["SM_MODULE_NAME"] == "main"
    assert json.loads(env["SM_USER_ARGS"]) == ["--depth", "3"]
    training = json.loads(env["SM_TRAINING_ENV"])
    assert training["hyperparameters"] == {"depth": 3}
    assert training["model_dir"] == "/opt/ml/model"
    assert json.loads(env["SM_HOSTS"]) == ["algo-1"]


def test_its_home_is_its_own(stack: Stack) -> None:
    program = "from pathlib import Path\n(Path.home() / 'x').write_text('x' * 9999)\nprint(Path.home())\n"
    assert run(stack, stack.scripts(main__py=program))[1].strip() == "/opt/ml"


def test_modules_beside_the_program_are_found(stack: Stack) -> None:
    scripts = stack.scripts(main__py="import helper\nprint(helper.WORD)\n", helper__py="WORD = 'found'\n")
    assert run(stack, scripts)[1].strip() == "found"


def test_a_shell_script_is_a_program_too(stack: Stack) -> None:
    scripts = stack.scripts(main__sh='#!/bin/sh\necho "$@"\n')
    assert run(stack, {**scripts, "sagemaker_program": '"main.sh"', "a": "1"})[1].strip() == "-a 1"


def test_a_program_that_is_not_among_the_files(stack: Stack) -> None:
    scripts = {**stack.scripts(main__py=""), "sagemaker_program": '"other.py"'}
    job, _ = run(stack, scripts)
    assert job["TrainingJobStatus"] == "Failed"
    assert "other.py is not among the files" in job["FailureReason"]


def test_scripts_that_are_not_there(stack: Stack) -> None:
    job, _ = run(stack, {"sagemaker_program": '"a.py"', "sagemaker_submit_directory": '"s3://crossfold/none.tar.gz"'})
    assert "No S3 objects found" in job["FailureReason"]


def test_a_job_that_names_no_command(stack: Stack) -> None:
    job, _ = run(stack, {"depth": "3"})
    assert job["TrainingJobStatus"] == "Failed"
    assert "sagemaker_program" in job["FailureReason"]


def test_an_unknown_training_image_is_refused_before_anything_runs(stack: Stack) -> None:
    request = stack.training_request()
    request["AlgorithmSpecification"] = {"TrainingImage": "mine:1", "TrainingInputMode": "File"}
    with pytest.raises(ClientError, match=r"images\.yaml"):
        stack.sagemaker.create_training_job(**request)


def test_the_program_runs_in_the_folder_of_the_scripts(stack: Stack) -> None:
    program = "import sys\nprint(sys.argv[0], open('words.txt').read())\n"
    assert run(stack, stack.scripts(main__py=program, words__txt="beside"))[1].strip() == "main.py beside"


def test_a_program_in_a_folder(stack: Stack) -> None:
    scripts = stack.scripts(**{"deep/main.py": "import near\nprint(near.WORD)\n", "deep/near.py": "WORD = 'near'\n"})
    assert run(stack, {**scripts, "sagemaker_program": '"deep/main.py"'})[1].strip() == "near"


def test_a_module_by_its_name(stack: Stack) -> None:
    scripts = stack.scripts(main__py="print('by its name')\n")
    assert run(stack, {**scripts, "sagemaker_program": '"main"'})[1].strip() == "by its name"


def test_a_shell_script_that_does_not_say_so(stack: Stack) -> None:
    scripts = stack.scripts(main__sh='echo "$SM_HP_A" "$1" "$2"\n')
    assert run(stack, {**scripts, "sagemaker_program": '"main.sh"', "a": "1"})[1].strip() == "1 -a 1"


def test_a_command_gets_variables_that_no_shell_would_pass_on(stack: Stack) -> None:
    command = "#!/usr/bin/env python3\nimport os\nprint(os.environ['SM_HP_LEARNING-RATE'])\n"
    hyperparameters = {**stack.scripts(main=command), "sagemaker_program": '"main"', "learning-rate": "0.1"}
    assert run(stack, hyperparameters)[1].strip() == "0.1"


def wheel(name: str, version: str = "1.0") -> dict[str, bytes]:
    """A wheel of one module, which tells its version; with it the requirements that name it."""
    content, info = io.BytesIO(), f"{name}-{version}.dist-info"
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(f"{name}.py", f"__version__ = '{version}'\n")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    file = f"{name}-{version}-py3-none-any.whl"
    return {file: content.getvalue(), "requirements.txt": f"./{file}\n".encode()}


INSTALLING = "Installing dependencies from requirements.txt"


class TestRequirements:
    def test_requirements_are_installed_once_for_all_jobs(self, stack: Stack) -> None:
        scripts = stack.scripts(**wheel("tinything"), main__py="import tinything\nprint(tinything.__version__)\n")
        first, second = run(stack, scripts)[1], run(stack, scripts)[1]
        assert INSTALLING in first
        assert first.splitlines()[-1] == second.strip() == "1.0"

    def test_another_version_than_the_one_that_is_there(self, stack: Stack) -> None:
        scripts = stack.scripts(**wheel("joblib", "999.0"), main__py="import joblib\nprint(joblib.__version__)\n")
        assert run(stack, scripts)[1].splitlines()[-1] == "999.0"
        plain = stack.scripts(main__py="import joblib\nprint(joblib.__version__)\n")
        assert run(stack, plain)[1].strip() != "999.0"

    def test_what_is_there_is_not_installed_again(self, stack: Stack) -> None:
        program = "import pandas, sklearn\nprint(pandas.__file__)\n"
        log = run(stack, stack.scripts(requirements__txt="pandas\nscikit-learn\n", main__py=program))[1]
        assert "site-packages" in log.splitlines()[-1]

    def test_a_job_cannot_change_what_the_next_one_gets(self, stack: Stack) -> None:
        spoil = "import tinier\nopen(tinier.__file__, 'w').write('spoilt')\n"
        files = wheel("tinier")
        assert run(stack, stack.scripts(**files, main__py=spoil))[0]["TrainingJobStatus"] == "Completed"
        scripts = stack.scripts(**files, main__py=spoil)
        assert run(stack, scripts)[0]["TrainingJobStatus"] == "Completed"

    def test_requirements_that_cannot_be_met_fail_the_job(self, stack: Stack) -> None:
        job, _ = run(stack, stack.scripts(requirements__txt="./absent-1.0-py3-none-any.whl\n", main__py=""))
        assert job["TrainingJobStatus"] == "Failed"
        assert job["FailureReason"].startswith("AlgorithmError: InstallRequirementsError: ")
        assert "absent-1.0-py3-none-any.whl" in job["FailureReason"]
        assert INSTALLING in stack.log("training-job", job["TrainingJobName"])

    def test_an_isolated_job_reaches_no_index(self, stack: Stack) -> None:
        scripts = stack.scripts(requirements__txt="humanize\n", main__py="")
        job, _ = run(stack, scripts, EnableNetworkIsolation=True)
        assert job["TrainingJobStatus"] == "Failed"
        assert "InstallRequirementsError" in job["FailureReason"]

    def test_a_shell_script_has_its_requirements_to_itself(self, stack: Stack) -> None:
        scripts = stack.scripts(requirements__txt="./absent.whl\n", main__sh="echo ran\n")
        assert run(stack, {**scripts, "sagemaker_program": '"main.sh"'})[1].strip() == "ran"

    def test_a_package_is_installed_and_its_module_run(self, stack: Stack) -> None:
        setup = "setup(name='mine', py_modules=['mine'], package_dir={'': 'src'})\n"
        scripts = stack.scripts(
            setup__py=f"from setuptools import setup\n{setup}",
            **{"src/mine.py": "WORD = 'installed'\n"},
            program__py="import mine, sys\nprint(mine.WORD, sys.argv[1:])\n",
        )
        job, log = run(stack, {**scripts, "sagemaker_program": '"program.py"', "a": "1"})
        assert job["TrainingJobStatus"] == "Completed", job["FailureReason"]
        assert log.splitlines()[-1] == "installed ['-a', '1']"
