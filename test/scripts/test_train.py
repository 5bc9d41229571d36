"""The train job: batches of fits, the pipeline's own algorithms, failures that say where."""

from __future__ import annotations

import json
import re
import signal
from typing import Any

import numpy as np
import pandas as pd
import pytest
from jobs import ALGORITHMS, CrossValidation, JobFailed, Jobs, preprocessing, read, started, write_batch

from crossfold.batch import read_batch

OWN = """
from sklearn.dummy import DummyClassifier

class Prior(DummyClassifier):
    pass

def build(hyperparameters, seed):
    return Prior(strategy="prior", **hyperparameters)
"""
ONE_THREAD = """
import numpy as np
from sklearn.dummy import DummyClassifier
from threadpoolctl import threadpool_info

class OneThread(DummyClassifier):
    def fit(self, x, y):
        np.ones((2, 2)) @ np.ones((2, 2))
        pools = {pool["filepath"]: pool["num_threads"] for pool in threadpool_info()}
        if not pools or set(pools.values()) != {1}:
            raise RuntimeError(f"threads of a fit: {pools}")
        return super().fit(x, y)

def build(hyperparameters, seed):
    return OneThread()
"""
SLOW = """
import time
from sklearn.dummy import DummyClassifier

class Slow(DummyClassifier):
    def fit(self, x, y):
        print("fitting", flush=True)
        time.sleep(600)

def build(hyperparameters, seed):
    return Slow()
"""


def test_result_and_log_lines(titanic: CrossValidation, jobs: Jobs, capsys: pytest.CaptureFixture[str]) -> None:
    settings = {"base-xgboost": {"algorithm": "xgboost", "hyperparameters": ALGORITHMS["xgboost"]}}
    output = jobs.train(settings, [{"setting": "base-xgboost", "fold": 3}], {3: titanic.folds[3]}, ["log_loss", "f1"])
    (fit,) = read(output / "result.json")["fits"]
    assert (fit["setting"], fit["algorithm"], fit["fold"]) == ("base-xgboost", "xgboost", 3)
    assert fit["hyperparameters"] == ALGORITHMS["xgboost"]
    assert fit["fit_seconds"] > 0 and fit["score_seconds"] > 0
    evidence = read(titanic.folds[3] / "evidence.json")
    assert (fit["fitted_hash"], fit["test_hash"]) == (evidence["fitted_hash"], evidence["test_hash"])
    log = capsys.readouterr().out
    assert "setting=base-xgboost fold=3\nlog_loss=" in log
    assert float(re.findall(r"^f1=([0-9.]+);$", log, re.M)[0]) == fit["metrics"]["f1"]


def test_predictions_give_the_scores_again(titanic: CrossValidation) -> None:
    predictions = pd.read_parquet(titanic.output / "predictions.parquet")
    for fit in read(titanic.output / "result.json")["fits"]:
        part = predictions[(predictions["setting"] == fit["setting"]) & (predictions["fold"] == fit["fold"])]
        accuracy = (part[["p0", "p1"]].to_numpy().argmax(axis=1) == part["target"]).mean()
        assert accuracy == fit["metrics"]["accuracy"]


def test_the_same_fit_alone_and_in_a_batch_gives_the_same_bits(titanic: CrossValidation, jobs: Jobs) -> None:
    together = {(f["setting"], f["fold"]): f["metrics"] for f in read(titanic.output / "result.json")["fits"]}
    for name, values in ALGORITHMS.items():
        settings = {name: {"algorithm": name, "hyperparameters": values}}
        alone = jobs.train(settings, [{"setting": name, "fold": 4}], {4: titanic.folds[4]})
        assert read(alone / "result.json")["fits"][0]["metrics"] == together[name, 4]


@pytest.mark.parametrize("fits", [1, 2])
def test_a_fit_has_one_thread(titanic: CrossValidation, jobs: Jobs, fits: int) -> None:
    jobs.write_scripts(
        {"preprocessing.py": (jobs.scripts / "preprocessing.py").read_text(), "algorithms/one_thread.py": ONE_THREAD}
    )
    jobs.train(
        {"a": {"algorithm": "one_thread"}},
        [{"setting": "a", "fold": fold} for fold in range(fits)],
        {fold: titanic.folds[fold] for fold in range(fits)},
    )


def test_a_pipelines_own_algorithm(titanic: CrossValidation, jobs: Jobs) -> None:
    jobs.write_scripts(
        {"preprocessing.py": (jobs.scripts / "preprocessing.py").read_text(), "algorithms/prior.py": OWN}
    )
    output = jobs.train(
        {"a": {"algorithm": "prior"}}, [{"setting": "a", "fold": 0}], {0: titanic.folds[0]}, ["roc_auc"]
    )
    assert read(output / "result.json")["fits"][0]["metrics"]["roc_auc"] == 0.5
    model = jobs.final_fit(titanic.split, "prior", {})
    assert read(jobs.evaluate(titanic.split, model, ["roc_auc"]) / "result.json")["metrics"]["roc_auc"] == 0.5


@pytest.mark.parametrize(
    ("setting", "metrics", "expected"),
    [
        (
            {"algorithm": "xgbost"},
            ["roc_auc"],
            "no algorithm 'xgbost'. Did you mean 'xgboost'.*logistic_regression, random",
        ),
        ({"algorithm": "../train"}, ["roc_auc"], "no algorithm"),
        ({"algorithm": "xgboost"}, ["roc"], "no metric 'roc'"),
        (
            {"algorithm": "logistic_regression", "hyperparameters": {"depth": 3}},
            ["roc_auc"],
            "setting 'a' .*on fold 0 failed: .*'depth'",
        ),
        (
            {"algorithm": "logistic_regression", "hyperparameters": {"C": -1}},
            ["roc_auc"],
            "setting 'a' .*on fold 0 failed: .*'C' parameter",
        ),
        (
            {"algorithm": "random_forest", "hyperparameters": {"max_features": 1}},
            ["roc_auc"],
            "max_features: 1 .*null for all",
        ),
    ],
)
def test_what_cannot_be_fitted_is_named(
    titanic: CrossValidation, jobs: Jobs, setting: dict[str, Any], metrics: list[str], expected: str
) -> None:
    with pytest.raises(JobFailed, match=expected):
        jobs.train({"a": setting}, [{"setting": "a", "fold": 0}], {0: titanic.folds[0]}, metrics)


def test_an_error_in_an_own_algorithm_names_its_line(titanic: CrossValidation, jobs: Jobs) -> None:
    own = "def build(hyperparameters, seed):\n    return 1 / 0\n"
    jobs.write_scripts({"preprocessing.py": preprocessing(), "algorithms/broken.py": own})
    with pytest.raises(JobFailed, match=r"ZeroDivisionError.*algorithms/broken.py:2"):
        jobs.train({"a": {"algorithm": "broken"}}, [{"setting": "a", "fold": 0}], {0: titanic.folds[0]})


def test_a_fold_that_the_job_was_not_given_is_named(titanic: CrossValidation, jobs: Jobs) -> None:
    with pytest.raises(JobFailed, match=r"Fold 1 has no train\.parquet"):
        jobs.train({"a": {"algorithm": "xgboost"}}, [{"setting": "a", "fold": 1}], {0: titanic.folds[0]})


def test_a_batch_of_many_parts_is_joined_in_order_of_number(jobs: Jobs) -> None:
    settings = {f"trial-{n:03}": {"algorithm": "xgboost", "hyperparameters": {"max_depth": n}} for n in range(1, 60)}
    fits = [{"setting": name, "fold": fold} for name in settings for fold in range(5)]
    write_batch(
        jobs.folder,
        {"metrics": ["f1"], "seed": 1, "task": "classification", "settings": settings, "fits": fits},
        limit=900,
    )
    file = jobs.folder / "input" / "config" / "hyperparameters.json"
    assert "batch_10" in read(file)
    batch = read_batch(file)
    assert [(fit.setting.name, fit.fold) for fit in batch.fits] == [(fit["setting"], fit["fold"]) for fit in fits]
    assert batch.settings[7].hyperparameters == {"max_depth": 8}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "incomplete.*found: none"),
        ({"batch_0": "{", "batch_2": "}"}, "incomplete.*found: batch_0, batch_2"),
        ({"batch_0": "{"}, "cannot be read"),
        ({"batch_0": '{"seed": 1, "settings": {}, "fits": [{"setting": "a", "fold": 0}]}'}, "cannot be read"),
    ],
)
def test_a_broken_batch_is_refused(jobs: Jobs, given: dict[str, str], expected: str) -> None:
    base = jobs.tree("input/data/code")
    (base / "input" / "config").mkdir()
    (base / "input" / "config" / "hyperparameters.json").write_text(json.dumps(given))
    with pytest.raises(JobFailed, match=expected):
        jobs.run(base, "train")


def test_sigterm_ends_the_process_in_the_middle_of_a_fit(titanic: CrossValidation, jobs: Jobs) -> None:
    jobs.write_scripts({"preprocessing.py": preprocessing(), "algorithms/slow.py": SLOW})
    base = jobs.train_tree({"a": {"algorithm": "slow"}}, [{"setting": "a", "fold": 0}], {0: titanic.folds[0]})
    with started(base, "input/data/code/train.py") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "fitting\n"
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    assert process.returncode == 143
    assert not (base / "output" / "data" / "result.json").exists()


def test_as_a_process_it_gives_the_same_bits(titanic: CrossValidation, jobs: Jobs) -> None:
    settings = {name: {"algorithm": name, "hyperparameters": values} for name, values in ALGORITHMS.items()}
    base = jobs.train_tree(settings, [{"setting": name, "fold": 0} for name in settings], {0: titanic.folds[0]})
    with started(base, "input/data/code/train.py") as process:
        _, errors = process.communicate()
    assert process.returncode == 0, errors
    here = [fit["metrics"] for fit in read(titanic.output / "result.json")["fits"] if fit["fold"] == 0]
    there = [fit["metrics"] for fit in read(base / "output" / "data" / "result.json")["fits"]]
    assert np.array_equal([list(m.values()) for m in here], [list(m.values()) for m in there])
