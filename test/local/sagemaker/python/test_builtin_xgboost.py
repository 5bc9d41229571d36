"""The built-in XGBoost algorithm as a job of the fork server, and what serves its models."""

from __future__ import annotations

import http.client
import json
import os
import pickle
import re
import signal
import socket
import warnings
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy
import pandas
import pytest
import xgboost
from forked import SOURCES, TIMEOUT_S, Forked, Server, until

# Two columns, a label that follows the first, and a file of them in each format.
ROWS = [(float(i % 2 == 0), float(i % 2), float(i % 5)) for i in range(40)]
CSV = "".join(f"{label:g},{a:g},{b:g}\n" for label, a, b in ROWS)
LIBSVM = "".join(f"{label:g} 0:{a:g} 1:{b:g}\n" for label, a, b in ROWS)
DEFAULTS = {"num_round": "3", "objective": "binary:logistic", "eval_metric": "logloss"}


class Job:
    """A training job's folder, and how it ends."""

    def __init__(self, server: Server, folder: Path, content_type: str | None = "text/csv", **values: str) -> None:
        self._server = server
        self.folder = folder
        self.channels: dict[str, dict[str, str]] = {}
        self.values = {**DEFAULTS, **values}
        self.content_type = content_type
        for name in ("model", "output", "input/config", "checkpoints"):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def put(self, channel: str, name: str, body: str | bytes) -> None:
        file = self.folder / "input/data" / channel / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body.encode() if isinstance(body, str) else body)
        self.channels[channel] = {} if self.content_type is None else {"ContentType": self.content_type}

    def start(self) -> Forked:
        config = self.folder / "input/config"
        (config / "hyperparameters.json").write_text(json.dumps(self.values))
        (config / "inputdataconfig.json").write_text(json.dumps(self.channels))
        env = {
            "SM_MODEL_DIR": str(self.folder / "model"),
            "SM_OUTPUT_DIR": str(self.folder / "output"),
            "SM_INPUT_CONFIG_DIR": str(config),
            **{f"SM_CHANNEL_{name.upper()}": str(self.folder / "input/data" / name) for name in self.channels},
        }
        return self._server.fork("", argv=[str(SOURCES / "train_xgboost.py")], env=env)

    def completed(self) -> str:
        job = self.start()
        assert job.end() == (0, None), job.log
        return job.log

    def refused(self) -> str:
        job = self.start()
        assert job.end() == (1, None), job.log
        return (self.folder / "output/failure").read_text()

    @property
    def model(self) -> xgboost.Booster:
        with warnings.catch_warnings():
            # The name that the container gives it has no extension.
            warnings.simplefilter("ignore")
            return xgboost.Booster(model_file=str(self.folder / "model/xgboost-model"))


@pytest.fixture
def job(server: Server, tmp_path: Path) -> Job:
    """A job with rows to train on."""
    job = Job(server, tmp_path / "ml")
    job.put("train", "rows.csv", CSV)
    return job


def rounds(log: str) -> list[str]:
    return [line for line in log.splitlines() if line.startswith("[0]") or re.match(r"\[\d+\]#011", line)]


class TestTraining:
    def test_the_log_tells_each_round_as_the_container_does(self, job: Job) -> None:
        job.put("validation", "held-out.csv", CSV)
        found = rounds(job.completed())
        assert len(found) == 3
        number = r"\d\.\d{5}"
        assert all(
            re.fullmatch(rf"\[{i}\]#011train-logloss:{number}#011validation-logloss:{number}", line)
            for i, line in enumerate(found)
        )

    def test_the_model_is_the_librarys_own(self, job: Job) -> None:
        job.completed()
        data = numpy.array(ROWS, dtype=numpy.float32)
        matrix = xgboost.DMatrix(data[:, 1:], label=data[:, 0])
        direct = xgboost.train({"objective": "binary:logistic"}, matrix, 3)
        assert numpy.array_equal(job.model.predict(matrix), direct.predict(matrix))

    @pytest.mark.parametrize("content_type", [None, "libsvm", "text/libsvm", "text/x-libsvm"])
    def test_libsvm_is_what_a_channel_holds_unless_it_says_otherwise(
        self, server: Server, tmp_path: Path, content_type: str | None
    ) -> None:
        job = Job(server, tmp_path / "ml", content_type)
        job.put("train", "rows.libsvm", LIBSVM)
        assert "40 rows and 2 columns" in job.completed()

    def test_a_held_out_table_may_end_before_the_last_column(self, server: Server, tmp_path: Path) -> None:
        job = Job(server, tmp_path / "ml", "libsvm")
        job.put("train", "rows", LIBSVM)
        job.put("validation", "rows", "1 0:0\n0 0:1\n")
        assert "validation-logloss" in job.completed()

    def test_weights_of_libsvm_rows_count(self, server: Server, tmp_path: Path) -> None:
        job = Job(server, tmp_path / "ml", "libsvm", num_round="1", max_depth="1", base_score="0.5", eta="1")
        job.put("train", "rows", "1:3 0:1\n0:1 0:1\n1:1 0:0\n0:3 0:0\n")
        job.completed()
        low, high = job.model.predict(xgboost.DMatrix(numpy.array([[0.0], [1.0]])))
        assert low < 0.5 < high

    def test_parquet(self, server: Server, tmp_path: Path) -> None:
        job = Job(server, tmp_path / "ml", "application/x-parquet")
        frame = pandas.DataFrame(ROWS, columns=["y", "a", "b"])
        frame.to_parquet(tmp_path / "t.parquet")
        job.put("train", "rows.parquet", (tmp_path / "t.parquet").read_bytes())
        assert "40 rows and 2 columns" in job.completed()

    def test_all_files_of_a_channel_are_one_table(self, job: Job) -> None:
        job.put("train", "deeper/more.csv", CSV)
        job.put("train", "_SUCCESS", "")
        assert "80 rows" in job.completed()

    def test_a_csv_value_that_is_empty_is_missing(self, job: Job) -> None:
        job.values["num_round"] = "1"
        job.put("train", "rows.csv", "1,,1\n0,1,1\n" * 20)
        job.completed()
        (tree,) = job.model.get_dump()
        assert "missing=" in tree

    def test_weights_are_the_second_column_where_that_is_asked(self, job: Job) -> None:
        job.values["csv_weights"] = "1"
        assert "40 rows and 1 columns" in job.completed()

    def test_no_improvement_ends_the_rounds_early(self, job: Job) -> None:
        job.values.update(num_round="500", early_stopping_rounds="2", eval_metric="error")
        job.put("validation", "rows.csv", CSV)
        assert len(rounds(job.completed())) < 10
        assert job.model.num_boosted_rounds() == 1

    @pytest.mark.parametrize("metric", ["accuracy", "f1", "f1_binary", "balanced_accuracy", "precision", "recall"])
    def test_metrics_that_the_library_lacks(self, job: Job, metric: str) -> None:
        job.values["eval_metric"] = metric
        assert f"train-{metric}:1.00000" in job.completed()

    def test_the_objective_of_a_tuning_job_is_evaluated(self, job: Job) -> None:
        job.values["_tuning_objective_metric"] = "validation:auc"
        job.put("validation", "rows.csv", CSV)
        log = job.completed()
        assert "validation-auc:1.00000" in log
        assert "validation-logloss" in log

    def test_several_classes(self, job: Job) -> None:
        job.values.update(objective="multi:softprob", num_class="3", eval_metric="mlogloss,merror")
        job.put("train", "rows.csv", "0,1\n1,2\n2,3\n" * 10)
        log = job.completed()
        assert "train-mlogloss" in log
        assert "train-merror" in log

    def test_checkpoints_are_kept_and_gone_on_from(self, job: Job) -> None:
        checkpoints = job.folder / "checkpoints"
        (job.folder / "input/config/checkpointconfig.json").write_text(json.dumps({"LocalPath": str(checkpoints)}))
        job.values["num_round"] = "7"
        job.completed()
        assert sorted(file.name for file in checkpoints.iterdir()) == [f"xgboost-checkpoint.{i}" for i in range(2, 7)]
        (checkpoints / "xgboost-checkpoint.6").write_text("half of a mod")
        log = job.completed()
        assert "Resuming from iteration 6" in log
        assert len(rounds(log)) == 1
        assert job.model.num_boosted_rounds() == 7

    def test_a_stopped_job_leaves_its_model_where_that_is_asked(self, job: Job) -> None:
        job.values.update(num_round="1000000", save_model_on_termination="true")
        started = job.start()
        started.says("[3]")
        os.killpg(started.pid, signal.SIGTERM)
        assert started.end() == (0, None)
        assert job.model.num_boosted_rounds() >= 3
        assert [file.name for file in (job.folder / "model").glob("*")] == ["xgboost-model"]


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("depth", "3", "Extraneous hyperparameter found: depth"),
            ("eta", "1.5", "Hyperparameter eta: 1.5 is not in [0, 1]"),
            ("learning_rate", "-1", "Hyperparameter eta: -1.0 is not in [0, 1]"),
            ("subsample", "0", "Hyperparameter subsample: 0.0 is not in (0, 1]"),
            ("max_depth", "deep", "Hyperparameter max_depth: could not parse value (caused by ValueError)"),
            ("num_round", "0", "Hyperparameter num_round: 0 is not in [1, +inf)"),
            ("booster", "tree", "Hyperparameter booster: tree is not in ['gbtree', 'gblinear', 'dart']"),
            ("objective", "multi:softmax", "Require input for parameter 'num_class' for multi-classification"),
            ("eval_metric", "best", "Hyperparameter eval_metric: value ['best'] not in range ['accuracy', 'auc'"),
            ("eval_metric", "rmse@1", "Metric 'rmse@1' is not supported. Parameter 'eval_metric' with customized"),
            ("eval_metric", "error@x", "Threshold value 't' in 'error@t' expects float input."),
            ("eval_metric", "aft-nloglik", "Metric 'aft-nloglik' can only be applied for 'survival:aft' objective."),
            ("updater", "shotgun", "Tree updater should be selected from these options"),
            ("monotone_constraints", "(1,0)", "monotone_constraints can be used only when the tree_method"),
            ("_tuning_objective_metric", "auc", "Hyperparameter _tuning_objective_metric: auc is not in"),
        ],
    )
    def test_a_hyperparameter_that_is_wrong(self, job: Job, name: str, value: str, words: str) -> None:
        job.values[name] = value
        assert words in job.refused()

    def test_a_hyperparameter_that_is_missing(self, job: Job) -> None:
        del job.values["num_round"]
        assert job.refused() == "framework error: \nUserError: Missing required hyperparameter: num_round"

    def test_a_metric_that_does_not_go_with_the_objective(self, job: Job) -> None:
        job.values.update(objective="reg:squarederror", eval_metric="auc")
        assert "Metric 'auc' can only be applied for classification" in job.refused()

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ("y,a,b\n1,2,3\n", "the label is the first column, and there is no header"),
            ("1,2,3\n1,2,3,4\n", "Failed to load csv data with exception"),
            ("", "No data in training channel path"),
        ],
    )
    def test_a_csv_file_that_is_none(self, job: Job, body: str, words: str) -> None:
        job.put("train", "rows.csv", body)
        assert words in job.refused()

    def test_a_csv_file_in_a_libsvm_channel(self, job: Job) -> None:
        job.channels["train"] = {}
        assert "of file 'rows.csv' is not 'LIBSVM' format" in job.refused()

    def test_a_hidden_file(self, job: Job) -> None:
        job.put("train", ".rows.swp", "x")
        assert "Hidden file found in the data path!" in job.refused()

    @pytest.mark.parametrize("content_type", ["image/png", "text/csv;label_size=2"])
    def test_a_content_type_of_another_algorithm(self, job: Job, content_type: str) -> None:
        job.channels["train"] = {"ContentType": content_type}
        assert f"{content_type} is not an accepted" in job.refused()

    def test_labels_that_the_objective_does_not_take(self, job: Job) -> None:
        job.put("train", "rows.csv", "7,1\n8,2\n" * 9)
        reason = job.refused()
        assert "UserError" in reason
        assert "for the logistic loss" in reason
        assert "Stack trace" not in reason

    def test_a_metric_for_two_classes_where_there_are_three(self, job: Job) -> None:
        job.values.update(objective="multi:softmax", num_class="3", eval_metric="f1_binary")
        job.put("train", "rows.csv", "0,1\n1,2\n2,3\n" * 10)
        assert "Target is multiclass but average='binary'" in job.refused()

    def test_what_the_library_itself_refuses(self, job: Job) -> None:
        job.values.update(booster="gblinear", updater="coord_descent", early_stopping_rounds="3")
        job.put("train", "rows.csv", "1,2\n0,3\n" * 10)
        job.put("validation", "rows.csv", "1,2,3\n0,3,3\n")
        assert "XGB train call failed with exception" in job.refused()


class TestServing:
    @contextmanager
    def served(self, server: Server, job: Job, **env: str) -> Iterator[int]:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        variables = {"SM_BASE_DIR": str(job.folder), "SAGEMAKER_BIND_TO_PORT": str(port), **env}
        running = server.fork("", argv=[str(SOURCES / "serve.py")], env=variables)

        def answers() -> bool:
            assert not (running.folder / "exit.json").exists(), running.log
            with suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port)).close()
                return True
            return False

        until(answers, "the server")
        try:
            yield port
        finally:
            os.kill(running.pid, signal.SIGTERM)
            running.end()

    def ask(self, port: int, body: str, **headers: str) -> tuple[int, str, str]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)) as asking:
            asking.request("POST", "/invocations", body, {"Content-Type": "text/csv", **named})
            answer = asking.getresponse()
            return answer.status, answer.headers["Content-Type"], answer.read().decode()

    @pytest.fixture
    def port(self, server: Server, job: Job) -> Iterator[int]:
        job.completed()
        with self.served(server, job) as port:
            yield port

    def expected(self, job: Job) -> list[float]:
        return job.model.predict(xgboost.DMatrix(numpy.array([[0.0, 1.0], [1.0, 2.0]]))).tolist()

    def test_rows_of_csv_get_a_line_each(self, job: Job, port: int) -> None:
        status, kind, text = self.ask(port, "0,1\n1,2\n")
        assert (status, kind) == (200, "text/csv")
        assert [float(line) for line in text.splitlines()] == self.expected(job)

    def test_rows_of_libsvm_with_a_label_or_without(self, job: Job, port: int) -> None:
        for body in ("0:0 1:1\n0:1 1:2", "1 0:0 1:1\n0 0:1 1:2", "1:1\n0:1 1:2"):
            _, _, text = self.ask(port, body, Content_Type="text/libsvm")
            answered = [float(line) for line in text.splitlines()]
            assert len(answered) == 2
            assert answered[1] == self.expected(job)[1]

    def test_json_and_lines_of_it(self, job: Job, port: int) -> None:
        text = self.ask(port, "0,1", Accept="application/json")[2]
        assert json.loads(text) == {"predictions": [{"score": self.expected(job)[0]}]}
        assert float(self.ask(port, "0,1", Accept="application/jsonlines")[2]) == self.expected(job)[0]

    @pytest.mark.parametrize(
        ("body", "headers", "status", "words"),
        [
            (
                "0,1,2",
                {},
                400,
                "Feature size of inference data 3 is not consistent with feature size of trained model 2",
            ),
            ("a,b", {}, 415, "Loading csv data failed with Exception"),
            ("0,1\n2", {}, 415, "Loading csv data failed with Exception"),
            ("a:b", {"Content_Type": "text/libsvm"}, 415, "Loading libsvm data failed"),
            ("0,1", {"Content_Type": "application/x-npy"}, 415, "is not an accepted ContentType"),
            ("0,1", {"Content_Type": "application/x-parquet"}, 415, "is not supported"),
            ("0,1", {"Accept": "image/png"}, 406, "Accept type image/png is not supported"),
        ],
    )
    def test_what_is_not_answered(self, port: int, body: str, headers: dict[str, str], status: int, words: str) -> None:
        found, _, text = self.ask(port, body, **headers)
        assert found == status
        assert words in text

    def test_several_classes_are_one_line_a_row(self, server: Server, job: Job) -> None:
        job.values.update(objective="multi:softprob", num_class="3", eval_metric="mlogloss")
        job.put("train", "rows.csv", "0,1\n1,2\n2,3\n" * 10)
        job.completed()
        with self.served(server, job) as port:
            lines = self.ask(port, "1\n2\n")[2].splitlines()
        probabilities: list[list[float]] = [[float(value) for value in line.split(",")] for line in lines]
        assert [row.index(max(row)) for row in probabilities] == [0, 1]

    def test_a_model_that_was_pickled(self, server: Server, job: Job) -> None:
        job.completed()
        expected: Any = self.expected(job)
        (job.folder / "model/xgboost-model").write_bytes(pickle.dumps(job.model))
        with self.served(server, job) as port:
            assert float(self.ask(port, "0,1")[2]) == expected[0]

    def test_the_default_answer_can_be_set(self, server: Server, job: Job) -> None:
        job.completed()
        with self.served(server, job, SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT="application/json") as port:
            assert "predictions" in self.ask(port, "0,1")[2]

    def test_selected_output_is_refused_at_the_start(self, server: Server, job: Job) -> None:
        job.completed()
        variables = {"SM_BASE_DIR": str(job.folder), "SAGEMAKER_INFERENCE_OUTPUT": "probability"}
        running = server.fork("", argv=[str(SOURCES / "serve.py")], env=variables)
        assert running.end() == (1, None)
        assert "SAGEMAKER_INFERENCE_OUTPUT is not supported here" in running.log
