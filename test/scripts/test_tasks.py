"""Regression and more than two classes, end to end: every score is plain scikit-learn's on the same rows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bundled import as_text, bundled, cross_validate, scripts_for, transformer
from jobs import SEED, JobFailed, Jobs, as_csv, preprocessing, read, small_table
from sklearn.datasets import load_diabetes, load_wine
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.linear_model import ElasticNet, LogisticRegression, Ridge
from sklearn.metrics import (
    accuracy_score,
    log_loss,
    mean_absolute_error,
    mean_absolute_percentage_error,
    median_absolute_error,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)
from sklearn.pipeline import Pipeline
from xgboost import XGBClassifier, XGBRegressor

import inference

FOLDS = 3
REGRESSORS: dict[str, tuple[dict[str, Any], Any]] = {
    "ridge": ({"alpha": 0.5}, Ridge(alpha=0.5)),
    "elastic_net": ({"alpha": 0.1}, ElasticNet(alpha=0.1, max_iter=10_000)),
    "random_forest": ({"n_estimators": 30}, RandomForestRegressor(30, random_state=SEED)),
    "xgboost": ({"n_estimators": 30}, XGBRegressor(n_estimators=30, random_state=SEED)),
    "hist_gradient_boosting": ({"max_iter": 20}, HistGradientBoostingRegressor(max_iter=20, random_state=SEED)),
}
CLASSIFIERS: dict[str, tuple[dict[str, Any], Any]] = {
    "logistic_regression": ({"C": 0.5}, LogisticRegression(C=0.5, max_iter=1000)),
    "random_forest": ({"n_estimators": 30}, RandomForestClassifier(30, random_state=SEED)),
    "xgboost": ({"n_estimators": 10}, XGBClassifier(n_estimators=10, random_state=SEED)),
    "hist_gradient_boosting": ({"max_iter": 10}, HistGradientBoostingClassifier(max_iter=10, random_state=SEED)),
}
NUMBERS = {
    "rmse": root_mean_squared_error,
    "mae": mean_absolute_error,
    "r2": r2_score,
    "median_absolute_error": median_absolute_error,
    "mape": mean_absolute_percentage_error,
}


def hyperparameters(of: dict[str, tuple[dict[str, Any], Any]]) -> dict[str, dict[str, Any]]:
    return {name: values for name, (values, _) in of.items()}


@pytest.fixture(scope="module")
def diabetes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Jobs, pd.DataFrame, dict[str, str], Path]:
    """The diabetes table, its scripts and its split. Only to be read."""
    jobs = Jobs(tmp_path_factory.mktemp("diabetes"), task="regression")
    frame = bundled(load_diabetes)
    scripts = scripts_for(frame)
    jobs.write_scripts(scripts)
    split = jobs.split(
        as_text(frame), scheme="plain", folds=FOLDS, metrics=",".join(NUMBERS), algorithms="ridge,xgboost"
    )
    return jobs, frame, scripts, split


def test_every_score_of_a_regression_is_scikit_learns(
    diabetes: tuple[Jobs, pd.DataFrame, dict[str, str], Path],
) -> None:
    jobs, frame, scripts, split = diabetes
    output, scores = cross_validate(jobs, split, hyperparameters(REGRESSORS), list(NUMBERS), FOLDS)
    predictions = pd.read_parquet(output / "predictions.parquet")
    assert list(predictions.columns) == ["setting", "fold", "row", "target", "prediction"]
    for (algorithm, number), ours in scores.items():
        fold = read(split / "folds.json")["folds"][number]
        plain = Pipeline([("p", transformer(scripts)), ("e", REGRESSORS[algorithm][1])])
        plain.fit(frame.loc[fold["train"]], frame["y"][fold["train"]])
        expected, truth = plain.predict(frame.loc[fold["test"]]), frame["y"][fold["test"]]
        assert ours == pytest.approx({name: f(truth, expected) for name, f in NUMBERS.items()}, abs=1e-9, rel=1e-12)
        part = predictions[(predictions["setting"] == algorithm) & (predictions["fold"] == number)]
        assert part["row"].tolist() == fold["test"] and part["target"].tolist() == truth.tolist()
        assert part["prediction"].to_numpy() == pytest.approx(expected, abs=1e-9, rel=1e-12)


def test_a_regression_ends_in_a_model_that_answers_with_numbers(
    diabetes: tuple[Jobs, pd.DataFrame, dict[str, str], Path],
) -> None:
    jobs, frame, scripts, split = diabetes
    assert read(split / "result.json")["classes"] == []
    assert read(split / "result.json")["goals"]["rmse"] == "minimize"
    model = jobs.final_fit(split, "xgboost", REGRESSORS["xgboost"][0])
    card = read(model / "model.json")
    assert (card["task"], card["classes"]) == ("regression", [])
    evaluation = jobs.evaluate(split, model, list(NUMBERS))
    held = read(split / "folds.json")["holdout"]
    train = np.setdiff1d(np.arange(len(frame)), held)
    plain = Pipeline([("p", transformer(scripts)), ("e", REGRESSORS["xgboost"][1])]).fit(
        frame.loc[train], frame["y"][train]
    )
    expected = plain.predict(frame.loc[held])
    assert read(evaluation / "result.json")["metrics"] == pytest.approx(
        {name: f(frame["y"][held], expected) for name, f in NUMBERS.items()}, abs=1e-9, rel=1e-12
    )
    assert pd.read_parquet(evaluation / "predictions.parquet")["prediction"].tolist() == expected.tolist()

    smoke, served = read(evaluation / "smoke.json"), inference.model_fn(str(model))
    for body, kind in ((smoke["csv"], "text/csv"), (json.dumps(smoke["json"]), "application/json")):
        answer = inference.predict_fn(inference.input_fn(body, kind), served)
        text, _ = inference.output_fn(answer, "application/json")
        assert json.loads(text) == {"predictions": [{"value": value} for (value,) in smoke["expected"]]}
        lines, _ = inference.output_fn(answer, "text/csv")
        assert [[float(line)] for line in lines.splitlines()] == smoke["expected"]


def test_every_score_of_three_classes_is_scikit_learns(jobs: Jobs) -> None:
    frame = bundled(load_wine)
    scripts = scripts_for(frame)
    jobs.write_scripts(scripts)
    split = jobs.split(as_text(frame), folds=FOLDS)
    _, scores = cross_validate(jobs, split, hyperparameters(CLASSIFIERS), ["roc_auc", "accuracy", "log_loss"], FOLDS)
    assert len(scores) == len(CLASSIFIERS) * FOLDS
    for (algorithm, number), ours in scores.items():
        fold = read(split / "folds.json")["folds"][number]
        plain = Pipeline([("p", transformer(scripts)), ("e", CLASSIFIERS[algorithm][1])])
        plain.fit(frame.loc[fold["train"]], frame["y"][fold["train"]])
        given, truth = plain.predict_proba(frame.loc[fold["test"]]), frame["y"][fold["test"]]
        expected = {
            "roc_auc": roc_auc_score(truth, given, multi_class="ovr"),
            "accuracy": accuracy_score(truth, given.argmax(axis=1)),
            "log_loss": log_loss(truth, given),
        }
        assert ours == pytest.approx(expected, abs=1e-9, rel=0)


def numbers_table(**changed: str) -> str:
    """A table to predict numbers from; `changed` gives cells of the target by line, as line_9="x"."""
    head, *body = small_table(40)
    rows = [head, *([x, c, f"{position * 1.5}"] for position, (x, c, _) in enumerate(body))]
    for line, value in changed.items():
        rows[int(line.removeprefix("line_")) - 1][2] = value
    return as_csv(rows)


REGRESSION: dict[str, object] = {"scheme": "plain", "metrics": "rmse"}
REFUSED: dict[str, tuple[str, str, dict[str, object], str]] = {
    "a label": (
        "regression",
        numbers_table(line_9="high"),
        REGRESSION,
        r"Row 7 \(line 9\), target 'y': 'high'.*classification",
    ),
    "an infinite number": (
        "regression",
        numbers_table(line_9="inf"),
        REGRESSION,
        r"line 9.*'inf' is not a finite number",
    ),
    "a missing number": ("regression", numbers_table(line_9=""), REGRESSION, "missing in 1 of 40 rows .*line 9"),
    "stratification": ("regression", numbers_table(), {"metrics": "rmse"}, "`task: regression` has none.*plain, group"),
    "another task's metric": (
        "regression",
        numbers_table(),
        {**REGRESSION, "metrics": "rmse,roc_auc"},
        "'roc_auc' is for classification. For `task: regression` there are: rmse, mae, r2",
    ),
    "another task's algorithm": (
        "regression",
        numbers_table(),
        {**REGRESSION, "algorithms": "ridge,logistic_regression"},
        "'logistic_regression' is not for `task: regression`.*elastic_net, .*random_forest, ridge, xgboost",
    ),
    "an algorithm of numbers for classes": (
        "classification",
        numbers_table(),
        {"algorithms": "ridge"},
        "no build\\(hyp",
    ),
    "an unknown algorithm": (
        "classification",
        numbers_table(),
        {"algorithms": "lasso"},
        "There is no algorithm 'lasso'",
    ),
    "numbers as classes": ("classification", numbers_table(), {}, "to predict numbers, set `task: regression`"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_the_task_is_refused_by_the_split(jobs: Jobs, case: str) -> None:
    task, data, changed, expected = REFUSED[case]
    jobs.write_scripts({"preprocessing.py": preprocessing()})
    jobs.task = task
    with pytest.raises(JobFailed, match=expected):
        jobs.split(data, **changed)


def test_one_value_only_is_nothing_to_predict(jobs: Jobs) -> None:
    jobs.write_scripts({"preprocessing.py": preprocessing()})
    jobs.task = "regression"
    same = numbers_table(**{f"line_{line}": "7" for line in range(2, 42)})
    with pytest.raises(JobFailed, match=r"one value only \('7'\)"):
        jobs.split(same, **REGRESSION)
