"""The three methods give the same scores, fit by fold: where preprocessing happens changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bundled import as_text, bundled, scripts_for
from jobs import FOLDS, JobFailed, Jobs, read
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, ParameterSampler, RandomizedSearchCV

from crossfold.bundled import SEARCHES

Settings = dict[str, dict[str, Any]]

CLASSIFIERS: Settings = {
    "linear": {"algorithm": "logistic_regression", "hyperparameters": {"C": 0.5}},
    "trees": {"algorithm": "random_forest", "hyperparameters": {"n_estimators": 20}},
    "boosted": {"algorithm": "xgboost", "hyperparameters": {"n_estimators": 20}},
}
REGRESSORS: Settings = {**CLASSIFIERS, "linear": {"algorithm": "ridge", "hyperparameters": {"alpha": 0.5}}}
CASES: dict[str, tuple[Callable[..., Any], str, Settings, list[str]]] = {
    "binary": (load_breast_cancer, "classification", CLASSIFIERS, ["roc_auc", "accuracy", "log_loss"]),
    "multiclass": (load_wine, "classification", CLASSIFIERS, ["roc_auc", "accuracy", "log_loss"]),
    "regression": (load_diabetes, "regression", REGRESSORS, ["rmse", "mae", "r2"]),
}


def fits_of(settings: Settings, folds: int = FOLDS) -> list[dict[str, Any]]:
    return [{"setting": name, "fold": fold} for name in settings for fold in range(folds)]


def scored(output: Path) -> tuple[list[dict[str, Any]], pd.DataFrame]:
    return read(output / "result.json")["fits"], pd.read_parquet(output / "predictions.parquet")


def make_split(tmp_path: Path, case: str, weight: bool) -> tuple[Jobs, Path]:
    load, task, settings, metrics = CASES[case]
    jobs = Jobs(tmp_path, task=task)
    frame = bundled(load)
    scripts = scripts_for(frame)
    if weight:
        frame = frame.assign(w=np.random.default_rng(5).integers(1, 11, len(frame)) / 2)
        scripts = {name: f'{text}\nWEIGHT = "w"\n' for name, text in scripts.items()}
    jobs.write_scripts(scripts)
    algorithms = ",".join(str(each["algorithm"]) for each in settings.values())
    scheme = "plain" if task == "regression" else "stratified"
    return jobs, jobs.split(as_text(frame), scheme=scheme, metrics=",".join(metrics), algorithms=algorithms)


@pytest.mark.parametrize(("case", "weight"), [("binary", False), ("multiclass", False), ("regression", True)])
def test_the_methods_agree_on_every_fit(tmp_path: Path, case: str, weight: bool) -> None:
    _, _, settings, metrics = CASES[case]
    jobs, split = make_split(tmp_path, case, weight)
    fits = fits_of(settings)
    folds = {fold: jobs.preprocess(split, fold) for fold in range(FOLDS)}
    expected, predicted = scored(jobs.train(settings, fits, folds, metrics))
    assert len(expected) == len(settings) * FOLDS
    for script, parameters in (("train_indices", {}), ("search", {"search": "grid"}), ("search", {"search": "random"})):
        found, predictions = scored(jobs.train_rows(script, settings, fits, split, metrics, **parameters))
        assert [(fit["setting"], fit["fold"]) for fit in found] == [(fit["setting"], fit["fold"]) for fit in expected]
        for ours, theirs in zip(found, expected, strict=True):
            assert ours["metrics"] == pytest.approx(theirs["metrics"], abs=1e-9, rel=0), (script, parameters)
            assert (ours["fitted_hash"], ours["test_hash"]) == (theirs["fitted_hash"], theirs["test_hash"])
            assert ours["fit_seconds"] > 0
        pd.testing.assert_frame_equal(predictions, predicted, rtol=0, atol=1e-9)


UNSEEDED = {
    "preprocessing.py": """
import random

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import TargetEncoder

TARGET = "y"
NUMERIC = []
CATEGORICAL = ["c"]


class Noise(TransformerMixin, BaseEstimator):
    def fit(self, X, y=None):
        self.fitted_ = np.random.normal() + random.random()
        return self

    def transform(self, X):
        return X + self.fitted_ * np.random.normal(size=X.shape)


def build_preprocessing():
    return make_pipeline(TargetEncoder(cv=KFold(3, shuffle=True)), Noise())
""",
    "algorithms/forest.py": """
from sklearn.ensemble import RandomForestClassifier


def build(hyperparameters, seed):
    return RandomForestClassifier(**hyperparameters)
""",
}


def test_what_draws_at_random_without_a_seed_draws_the_same_by_every_method(tmp_path: Path) -> None:
    jobs = Jobs(tmp_path)
    jobs.write_scripts(UNSEEDED)
    drawn = np.random.default_rng(3)
    table = pd.DataFrame({"c": drawn.integers(0, 40, 300).astype(str), "y": drawn.choice(["no", "yes"], 300)})
    split = jobs.split(table.to_csv(index=False), algorithms="forest")
    settings = {
        name: {"algorithm": "forest", "hyperparameters": {"n_estimators": 5, "max_depth": depth}}
        for name, depth in (("flat", 2), ("deep", 5))
    }
    fits = fits_of(settings)
    folds = {fold: jobs.preprocess(split, fold) for fold in range(FOLDS)}
    expected, predicted = scored(jobs.train(settings, fits, folds))
    for script in ("train_indices", "search", "train_indices"):
        found, predictions = scored(jobs.train_rows(script, settings, fits, split))
        assert [fit["metrics"] for fit in found] == [fit["metrics"] for fit in expected], script
        pd.testing.assert_frame_equal(predictions, predicted, rtol=0, atol=0)
    honest = {each["setting"]: each["honest"] for each in jobs.leak_check(split, settings)["scores"]}
    for name, scores in honest.items():
        assert scores == [fit["metrics"]["roc_auc"] for fit in expected if fit["setting"] == name]
    once, again = (jobs.evaluate(split, jobs.final_fit(split, "forest", {"n_estimators": 5})) for _ in range(2))
    assert read(once / "result.json") == read(again / "result.json")


def test_a_search_may_lack_folds_that_are_known_already(tmp_path: Path) -> None:
    jobs, split = make_split(tmp_path, "binary", weight=False)
    fits = [{"setting": "linear", "fold": 3}, {"setting": "trees", "fold": 1}, {"setting": "linear", "fold": 0}]
    settings = {name: CLASSIFIERS[name] for name in ("linear", "trees")}
    found, _ = scored(jobs.train_rows("search", settings, fits, split))
    assert [{"setting": fit["setting"], "fold": fit["fold"]} for fit in found] == fits


@pytest.mark.parametrize("script", ["train_indices", "search"])
def test_the_cores_of_the_machine_change_no_score(tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs, split = make_split(tmp_path, "binary", weight=False)
    settings = {"linear": CLASSIFIERS["linear"]}
    scores = []
    for cores in ("1", "2"):
        monkeypatch.setenv("SM_NUM_CPUS", cores)
        found, _ = scored(jobs.train_rows(script, settings, fits_of(settings), split))
        scores.append([fit["metrics"] for fit in found])
    assert scores[0] == scores[1]


@pytest.mark.parametrize("script", ["train_indices", "search"])
def test_a_fit_that_fails_is_told(tmp_path: Path, script: str) -> None:
    jobs, split = make_split(tmp_path, "binary", weight=False)
    settings = {"bad": {"algorithm": "logistic_regression", "hyperparameters": {"C": -1}}}
    with pytest.raises(JobFailed, match="'C'"):
        jobs.train_rows(script, settings, fits_of(settings, 2), split)


def test_the_search_is_the_one_that_is_named(tmp_path: Path) -> None:
    candidates = [1, 2, 3]
    options: dict[str, Any] = {"scoring": None, "refit": False}
    grid, random = (SEARCHES[kind](LogisticRegression(), candidates, 7, **options) for kind in ("grid", "random"))
    assert type(grid) is GridSearchCV
    assert type(random) is RandomizedSearchCV
    sampler = ParameterSampler(random.param_distributions, random.n_iter, random_state=random.random_state)
    assert sorted(each["estimator"] for each in sampler) == candidates
    jobs, split = make_split(tmp_path, "binary", weight=False)
    settings = {"linear": CLASSIFIERS["linear"]}
    with pytest.raises(JobFailed, match="search 'hyperband' is none of grid, random, halving"):
        jobs.train_rows("search", settings, fits_of(settings, 2), split, search="hyperband")


@pytest.mark.parametrize(("case", "weight"), [("binary", False), ("regression", True)])
def test_halving_scores_the_better_half_on_more_folds(tmp_path: Path, case: str, weight: bool) -> None:
    jobs, split = make_split(tmp_path, case, weight)
    algorithm, name = ("ridge", "alpha") if case == "regression" else ("logistic_regression", "C")
    settings = {
        f"setting-{number}": {"algorithm": algorithm, "hyperparameters": {name: value}}
        for number, value in enumerate((0.0001, 30.0, 0.3, 0.003, 3.0))
    }
    _, _, _, metrics = CASES[case]
    every, halved = (
        {(fit["setting"], fit["fold"]): fit for fit in scored(output)[0]}
        for output in (
            jobs.train_rows("search", settings, fits_of(settings), split, metrics, search=search)
            for search in ("grid", "halving")
        )
    )
    sign = -1 if case == "regression" else 1
    staying, expected = list(settings), set()
    for fold in range(FOLDS):
        expected |= {(setting, fold) for setting in staying}
        if fold + 1 in (2, 4):
            means = {s: np.mean([every[s, f]["metrics"][metrics[0]] for f in range(fold + 1)]) for s in staying}
            staying = sorted(staying, key=lambda setting: -sign * means[setting])[: -(-len(staying) // 2)]
    assert len(expected) == 5 * 2 + 3 * 2 + 2
    assert set(halved) == expected
    for fit, found in halved.items():
        assert found["metrics"] == pytest.approx(every[fit]["metrics"], abs=1e-9, rel=0)
        assert found["fitted_hash"] == every[fit]["fitted_hash"]


@pytest.mark.parametrize(("settings", "folds", "fits"), [(1, 3, 3), (3, 2, 6), (2, 3, 2 * 2 + 1)])
def test_halving_knows_few_settings_and_few_folds(tmp_path: Path, settings: int, folds: int, fits: int) -> None:
    jobs, split = make_split(tmp_path, "binary", weight=False)
    chosen = dict(list(CLASSIFIERS.items())[:settings])
    found, _ = scored(jobs.train_rows("search", chosen, fits_of(chosen, folds), split, search="halving"))
    assert len(found) == fits
