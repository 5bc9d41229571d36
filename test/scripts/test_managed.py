"""A training job of a tuning job: searched values arrive as text, the mean of the objective goes to the log."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from jobs import FOLDS, METRICS, ROOT, SEED, CrossValidation, JobFailed, Jobs, read, started, write_batch
from sklearn.model_selection import StratifiedKFold, cross_val_score
from sklearn.pipeline import Pipeline
from test_parity import plain_titanic
from xgboost import XGBClassifier

FIXED = {"n_estimators": 20}
TYPES = {
    "max_depth": "integer",
    "learning_rate": "continuous",
    "subsample": "continuous",
    "booster": "categorical",
    "base_score": "categorical",
}
GIVEN = {
    "max_depth": "3",
    "learning_rate": "0.1234567890123",
    "subsample": "1.0",
    "booster": '"gbtree"',
    "base_score": "null",
}
VALUES = {"max_depth": 3, "learning_rate": 0.1234567890123, "subsample": 1, "booster": "gbtree", "base_score": None}


def give(base: Path, values: dict[str, str]) -> None:
    """Add what SageMaker gives a training job of a tuning job."""
    file = base / "input" / "config" / "hyperparameters.json"
    reserved = {"_tuning_objective_metric": "mean_roc_auc", "sagemaker_program": "train.py"}
    file.write_text(json.dumps({**read(file), **reserved, **values}), encoding="utf-8")


def batch(algorithm: str = "xgboost", fixed: Any = FIXED, types: Any = TYPES) -> dict[str, Any]:
    return {
        "metrics": list(METRICS),
        "seed": SEED,
        "task": "classification",
        "search": {"objective": "roc_auc", "types": types},
        "settings": {"trial": {"algorithm": algorithm, "hyperparameters": fixed}},
        "fits": [{"setting": "trial", "fold": fold} for fold in range(FOLDS)],
    }


def job(done: CrossValidation, jobs: Jobs, script: str) -> Path:
    """The tree of a job that carries all folds, by the method of the script."""
    base = jobs.tree("input/data/code")
    channels = base / "input" / "data"
    if script == "train":
        for number, folder in enumerate(done.folds):
            shutil.copytree(folder, channels / f"fold-{number}")
        return base
    shutil.copytree(done.split / "train", channels / "table")
    (channels / "folds").mkdir()
    shutil.copy(done.split / "folds.json", channels / "folds")
    return base


def means(log: str) -> list[float]:
    """The objective as SageMaker reads it."""
    return [float(value) for value in re.findall(r"\bmean_roc_auc=([-+0-9.eE]+);", log)]


@pytest.mark.parametrize("script", ["train", "train_indices", "search"])
def test_the_scores_are_plain_scikit_learns(
    titanic: CrossValidation, jobs: Jobs, script: str, capsys: pytest.CaptureFixture[str]
) -> None:
    base = job(titanic, jobs, script)
    write_batch(base, batch())
    give(base, GIVEN)
    jobs.run(base, script)

    module, table, train, _ = plain_titanic()
    x, y = table[module.NUMERIC + module.CATEGORICAL].iloc[train], table["Survived"].iloc[train]
    model = Pipeline([("p", module.build_preprocessing()), ("e", XGBClassifier(**FIXED, **VALUES, random_state=SEED))])
    splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    expected = cross_val_score(model, x, y, cv=splitter, scoring="roc_auc")

    fits = read(base / "output" / "data" / "result.json")["fits"]
    assert [fit["metrics"]["roc_auc"] for fit in fits] == pytest.approx(expected.tolist(), abs=1e-9, rel=0)
    assert all(fit["hyperparameters"] == {**FIXED, **VALUES} for fit in fits)
    assert type(fits[0]["hyperparameters"]["subsample"]) is int
    so_far = [float(np.mean(expected[: number + 1])) for number in range(FOLDS)]
    assert means(capsys.readouterr().out) == pytest.approx(so_far, abs=1e-9, rel=0)
    predictions = pd.read_parquet(base / "output" / "data" / "predictions.parquet")
    assert len(predictions) == len(train)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "gave the hyperparameter max_depth no value"),
        ({**GIVEN, "max_depth": "3.5"}, "gave the hyperparameter max_depth the value '3.5', which is not integer"),
        ({**GIVEN, "booster": "gbtree"}, "the value 'gbtree', which is not categorical"),
    ],
)
def test_a_value_that_is_missing_or_of_another_type_is_refused(
    titanic: CrossValidation, jobs: Jobs, values: dict[str, str], message: str
) -> None:
    base = job(titanic, jobs, "train")
    write_batch(base, batch())
    give(base, values)
    with pytest.raises(JobFailed, match=re.escape(message)):
        jobs.run(base, "train")


SLOW = """
import time
from sklearn.linear_model import LogisticRegression

class Slow(LogisticRegression):
    def fit(self, X, y):
        time.sleep(3600 if len(X) == self.rows else 0)
        return super().fit(X, y)

def build(hyperparameters, seed):
    slow = Slow()
    slow.rows = hyperparameters["rows"]
    return slow
"""


def test_a_job_that_is_stopped_early_leaves_the_folds_that_it_has_scored(titanic: CrossValidation, jobs: Jobs) -> None:
    base = job(titanic, jobs, "train")
    rows = [len(pd.read_parquet(folder / "train.parquet")) for folder in titanic.folds]
    # 712 rows make folds of 569 and of 570 training rows; the first fold is of the smaller kind.
    hanging = max(rows)
    scored = rows.index(hanging)
    assert scored > 0
    code = base / "input" / "data" / "code"
    (code / "algorithms").mkdir()
    (code / "algorithms" / "slow.py").write_text(SLOW, encoding="utf-8")
    write_batch(base, batch("slow", {}, {"rows": "integer"}))
    give(base, {"rows": str(hanging)})
    result = base / "output" / "data" / "result.json"
    deadline = time.monotonic() + 120
    with started(base, "input/data/code/train.py") as process:
        while not (result.is_file() and len(read(result)["fits"]) == scored):
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 128 + signal.SIGTERM
    fits = read(result)["fits"]
    assert [fit["fold"] for fit in fits] == list(range(scored))
    assert set(pd.read_parquet(result.with_name("predictions.parquet"))["fold"]) == set(range(scored))


TRAIN = ROOT / "local" / "sagemaker" / "python" / "train.py"


def test_the_image_of_jobs_runs_the_program_that_the_hyperparameters_name(titanic: CrossValidation, jobs: Jobs) -> None:
    base = job(titanic, jobs, "train")
    write_batch(base, batch())
    give(base, {**GIVEN, "sagemaker_submit_directory": str(base / "input" / "data" / "code")})
    ended = subprocess.run([sys.executable, TRAIN], env={"SM_BASE_DIR": str(base)}, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert len(means(ended.stdout)) == FOLDS


@pytest.mark.parametrize(
    ("given", "message"),
    [({}, "sagemaker_submit_directory"), ({"sagemaker_submit_directory": "/nowhere"}, "train.py is not in /nowhere")],
)
def test_the_image_of_jobs_says_what_it_cannot_run(
    titanic: CrossValidation, jobs: Jobs, given: dict[str, str], message: str
) -> None:
    base = job(titanic, jobs, "train")
    write_batch(base, batch())
    give(base, given)
    ended = subprocess.run([sys.executable, TRAIN], env={"SM_BASE_DIR": str(base)}, capture_output=True, text=True)
    assert ended.returncode == 1
    assert message in ended.stderr
