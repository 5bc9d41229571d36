"""The leak check: honest scores are a run's own, leaky ones what a fit on all rows makes of them."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import pytest
from bundled import as_text, bundled, cross_validate, scripts_for, transformer
from jobs import ALGORITHMS, FOLDS, ROOT, TITANIC, CrossValidation, JobFailed, Jobs, read
from sklearn.datasets import load_diabetes, load_wine
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import roc_auc_score, root_mean_squared_error
from sklearn.pipeline import Pipeline

LEAK = ROOT / "examples" / "leak"
LOGISTIC = {"base": {"algorithm": "logistic_regression", "hyperparameters": {}}}
RIDGE = {"base": {"algorithm": "ridge", "hyperparameters": {}}}


def module_of(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"plain_{file.stem}", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def flattered(scores: Mapping[str, Any]) -> float:
    return float(np.mean(scores["leaky"]) - np.mean(scores["honest"]))


@pytest.fixture(scope="module")
def checked(titanic: CrossValidation, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The check of the Titanic example, with the settings that the fixture `titanic` has fitted."""
    settings = {name: {"algorithm": name, "hyperparameters": values} for name, values in ALGORITHMS.items()}
    return Jobs(tmp_path_factory.mktemp("leak")).leak_check(titanic.split, settings)


def test_honest_scores_are_those_of_the_run(titanic: CrossValidation, checked: Any) -> None:
    fits = read(titanic.output / "result.json")["fits"]
    expected = {(fit["setting"], fit["fold"]): fit["metrics"]["roc_auc"] for fit in fits}
    found = {
        (scores["setting"], fold): score for scores in checked["scores"] for fold, score in enumerate(scores["honest"])
    }
    assert len(expected) == FOLDS * len(ALGORITHMS)
    assert found == expected


def test_evidence_is_that_of_the_run(titanic: CrossValidation, checked: Any) -> None:
    results = [read(folder / "result.json") for folder in titanic.folds]
    assert checked["widths"] == [result.pop("features") for result in results]
    assert checked["evidence"] == results


def test_one_hot_encoding_and_scaling_hardly_leak(checked: Any) -> None:
    for scores in checked["scores"]:
        assert abs(flattered(scores)) < 0.003, scores["setting"]


def test_both_variants_equal_plain_scikit_learn(jobs: Jobs) -> None:
    """The example with the wide column, whose encoder reads the target."""
    jobs.scripts = LEAK / "scripts"
    split = jobs.split(LEAK / "customers.csv")
    (found,) = jobs.leak_check(split, LOGISTIC)["scores"]
    module, table = module_of(LEAK / "scripts" / "preprocessing.py"), pd.read_csv(LEAK / "customers.csv")
    folds = read(split / "folds.json")
    held = set(folds["holdout"])
    x, y = table[module.NUMERIC + module.CATEGORICAL], (table[module.TARGET] == "yes").astype(int)
    everything = [row for row in range(len(table)) if row not in held]
    fitted_on_all = module.build_preprocessing().fit(x.iloc[everything], y.iloc[everything])
    for number, fold in enumerate(folds["folds"]):
        train, test = fold["train"], fold["test"]
        honest = Pipeline([("p", module.build_preprocessing()), ("e", LogisticRegression(max_iter=1000))])
        honest.fit(x.iloc[train], y.iloc[train])
        probability = honest.predict_proba(x.iloc[test])[:, 1]
        assert found["honest"][number] == pytest.approx(roc_auc_score(y.iloc[test], probability), abs=1e-9, rel=0)
        leaky = LogisticRegression(max_iter=1000).fit(fitted_on_all.transform(x.iloc[train]), y.iloc[train])
        probability = leaky.predict_proba(fitted_on_all.transform(x.iloc[test]))[:, 1]
        assert found["leaky"][number] == pytest.approx(roc_auc_score(y.iloc[test], probability), abs=1e-9, rel=0)
    assert 0.03 < flattered(found) < 0.09


def test_the_example_s_table_is_what_its_script_makes() -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(module_of(LEAK / "make_table.py").table())
    assert out.getvalue() == (LEAK / "customers.csv").read_text(encoding="utf-8")


def test_a_regression_equals_plain_scikit_learn(tmp_path: Path) -> None:
    frame = bundled(load_diabetes)
    scripts = scripts_for(frame)
    jobs = Jobs(tmp_path, task="regression")
    jobs.write_scripts(scripts)
    split = jobs.split(as_text(frame), scheme="plain", metrics="rmse")
    result = jobs.leak_check(split, RIDGE, ["rmse"])
    (found,) = result["scores"]
    x, y = frame.drop(columns="y"), frame["y"]
    for number, fold in enumerate(read(split / "folds.json")["folds"]):
        plain = Pipeline([("p", transformer(scripts)), ("e", Ridge())])
        plain.fit(x.iloc[fold["train"]], y.iloc[fold["train"]])
        expected = root_mean_squared_error(y.iloc[fold["test"]], plain.predict(x.iloc[fold["test"]]))
        assert found["honest"][number] == pytest.approx(expected, abs=1e-9, rel=0)
    scores = {each["feature"]: each["score"] for each in result["features"]}
    assert 0.2 < scores["bmi"] < 0.5, "a body mass index tells something of diabetes, and not everything"
    assert all(score < 0.5 for score in scores.values())


def test_many_classes_and_weights_are_scored_as_a_run_scores_them(jobs: Jobs) -> None:
    frame = bundled(load_wine)
    frame.insert(0, "weight", [1.0 + n % 3 for n in range(len(frame))])
    jobs.write_scripts(scripts_for(frame, 'WEIGHT = "weight"', ("weight",)))
    split = jobs.split(as_text(frame), folds=3, metrics="roc_auc,log_loss")
    _, expected = cross_validate(jobs, split, {"logistic_regression": {}}, ["log_loss"], 3)
    result = jobs.leak_check(split, LOGISTIC, ["log_loss"])
    assert result["scores"][0]["honest"] == [expected["logistic_regression", fold]["log_loss"] for fold in range(3)]
    scores = {each["feature"]: each["score"] for each in result["features"]}
    assert 0.85 < scores["flavanoids"] < 0.98, "three cultivars that differ most in their flavanoids"
    assert scores["flavanoids"] > scores["ash"]


def test_folds_of_another_table_are_refused(jobs: Jobs) -> None:
    split = jobs.split(TITANIC / "titanic.csv")
    folds = read(split / "folds.json")
    folds["folds"][0]["train"].append(folds["holdout"][0])
    (split / "folds.json").write_text(json.dumps(folds), encoding="utf-8")
    with pytest.raises(JobFailed, match=f"row {folds['holdout'][0]}, which is not among the training rows"):
        jobs.leak_check(split, LOGISTIC)


def test_a_batch_that_cannot_be_read_is_refused(jobs: Jobs) -> None:
    base = jobs.preprocess_tree(jobs.split())
    with pytest.raises(JobFailed, match="batch cannot be read"):
        jobs.run(base, "leak_check", ['--batch={"metrics": []'])
