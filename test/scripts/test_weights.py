"""Weights go into every fit and every score, as sample_weight does in plain scikit-learn."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bundled import as_text, bundled, cross_validate, scripts_for, transformer
from jobs import SEED, JobFailed, Jobs, as_csv, preprocessing, read, small_table
from sklearn import metrics
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import label_binarize
from xgboost import XGBClassifier

Scores = dict[str, Callable[..., float]]
LABELS: Scores = {
    "accuracy": metrics.accuracy_score,
    "balanced_accuracy": metrics.balanced_accuracy_score,
}
VALUES: Scores = {
    "rmse": metrics.root_mean_squared_error,
    "mae": metrics.mean_absolute_error,
    "r2": metrics.r2_score,
    "median_absolute_error": metrics.median_absolute_error,
    "mape": metrics.mean_absolute_percentage_error,
}


TWO: Scores = {
    "roc_auc": lambda y, p, sample_weight: metrics.roc_auc_score(y, p[:, 1], sample_weight=sample_weight),
    "average_precision": lambda y, p, sample_weight: metrics.average_precision_score(
        y, p[:, 1], sample_weight=sample_weight
    ),
    "log_loss": metrics.log_loss,
    "brier": lambda y, p, sample_weight: metrics.brier_score_loss(y, p[:, 1], sample_weight=sample_weight),
}
THREE: Scores = {
    "roc_auc": partial(metrics.roc_auc_score, multi_class="ovr"),
    "average_precision": lambda y, p, sample_weight: metrics.average_precision_score(
        label_binarize(y, classes=[0, 1, 2]), p, sample_weight=sample_weight
    ),
    "log_loss": metrics.log_loss,
    "brier": lambda y, p, sample_weight: np.average(
        ((p - label_binarize(y, classes=[0, 1, 2])) ** 2).sum(axis=1), weights=sample_weight
    ),
}


def weigh(frame: pd.DataFrame) -> pd.DataFrame:
    """Weights of 0 to 5, some of them 0."""
    return frame.assign(w=np.random.default_rng(5).integers(0, 11, len(frame)) / 2)


CASES: dict[str, tuple[Callable[..., Any], str, str, dict[str, Any], Any, Scores, dict[str, Callable[..., float]]]] = {
    "two classes": (
        load_breast_cancer,
        "classification",
        "logistic_regression",
        {"C": 0.5},
        LogisticRegression(C=0.5, max_iter=1000),
        TWO,
        {**LABELS, "f1": metrics.f1_score},
    ),
    "three classes": (
        load_wine,
        "classification",
        "xgboost",
        {"n_estimators": 5},
        XGBClassifier(n_estimators=5, random_state=SEED),
        THREE,
        {**LABELS, "f1": partial(metrics.f1_score, average="macro")},
    ),
    "numbers": (load_diabetes, "regression", "ridge", {"alpha": 0.5}, Ridge(alpha=0.5), {}, VALUES),
}


@pytest.mark.parametrize("case", CASES)
def test_weighted_scores_are_scikit_learns(jobs: Jobs, case: str) -> None:
    load, task, algorithm, values, estimator, of_shares, of_answers = CASES[case]
    frame = weigh(bundled(load))
    jobs.task = task
    scripts = scripts_for(frame, extra="WEIGHT = 'w'", apart=("w",))
    jobs.write_scripts(scripts)
    names = [*of_shares, *of_answers]
    scheme = "plain" if task == "regression" else "stratified"
    split = jobs.split(as_text(frame), scheme=scheme, folds=3, metrics=",".join(names))
    _, scores = cross_validate(jobs, split, {algorithm: values}, names, 3)

    def plain(train: list[int], test: list[int]) -> Any:
        model = Pipeline([("p", transformer(scripts)), ("e", estimator)])
        model.fit(frame.loc[train], frame["y"][train], e__sample_weight=frame["w"][train])
        rows, truth, weight = frame.loc[test], frame["y"][test], frame["w"][test]
        shares = model.predict_proba(rows) if of_shares else None
        expected = {name: score(truth, shares, sample_weight=weight) for name, score in of_shares.items()}
        answers = model.predict(rows)
        expected |= {name: score(truth, answers, sample_weight=weight) for name, score in of_answers.items()}
        return pytest.approx(expected, abs=1e-9, rel=1e-12)

    made = read(split / "folds.json")
    for fold in made["folds"]:
        assert scores[algorithm, fold["fold"]] == plain(fold["train"], fold["test"])
    model = jobs.final_fit(split, algorithm, values)
    train = sorted(set(range(len(frame))) - set(made["holdout"]))
    assert read(jobs.evaluate(split, model, names) / "result.json")["metrics"] == plain(train, made["holdout"])
    assert "w" not in read(model / "model.json")["numeric"]


def weighted_table(weights: list[str]) -> str:
    head, *body = small_table(len(weights))
    return as_csv([[*head, "w"], *([*row, weight] for row, weight in zip(body, weights, strict=True))])


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        (["1"] * 7 + ["-0.5"] + ["1"] * 32, r"Row 7 \(line 9\), column 'w' \(WEIGHT\): '-0.5' is no weight"),
        (["1"] * 7 + ["inf"] + ["1"] * 32, r"line 9.*'inf' is no weight"),
        (["1"] * 7 + ["heavy"] + ["1"] * 32, r"line 9.*'heavy' is no weight"),
        (["1"] * 7 + [""] + ["1"] * 32, r"'w' \(WEIGHT .*no value in 1 of 40 rows, first in row 7 \(line 9\)"),
        (["0"] * 39 + ["1"], r"All weights of the .* are 0"),
    ],
)
def test_what_is_no_weight_is_refused(jobs: Jobs, weights: list[str], expected: str) -> None:
    jobs.write_scripts({"preprocessing.py": preprocessing(extra="WEIGHT = 'w'")})
    with pytest.raises(JobFailed, match=expected):
        jobs.split(weighted_table(weights))


def test_an_algorithm_that_takes_no_weights_is_named(jobs: Jobs) -> None:
    own = (
        "from sklearn.neighbors import KNeighborsClassifier\n"
        "def build(hyperparameters, seed):\n    return KNeighborsClassifier(**hyperparameters)\n"
    )
    jobs.write_scripts({"preprocessing.py": preprocessing(extra="WEIGHT = 'w'"), "algorithms/neighbours.py": own})
    split = jobs.split(weighted_table(["1", "2"] * 20))
    with pytest.raises(JobFailed, match=r"KNeighborsClassifier takes no weights.*Take WEIGHT out"):
        cross_validate(jobs, split, {"neighbours": {}}, ["accuracy"], 1)
    with pytest.raises(JobFailed, match="KNeighborsClassifier takes no weights"):
        jobs.final_fit(split, "neighbours", {})
