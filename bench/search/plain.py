"""The same search in plain scikit-learn: RandomizedSearchCV with two jobs for each algorithm, as a script would do it.

Usage: plain.py <table.csv> <pipeline.json> <settings.json>; prints one JSON object.
What is timed begins with the imports done and the two processes running, so that it is the search alone.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RandomizedSearchCV, StratifiedKFold, train_test_split
from sklearn.pipeline import Pipeline
from xgboost import XGBClassifier

ESTIMATORS = {
    "logistic_regression": LogisticRegression,
    "random_forest": RandomForestClassifier,
    "xgboost": XGBClassifier,
}
JOBS = 2
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(process: str = "self") -> float:
    """What a process has used, with its children that have ended and those that run."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    own = sum(int(field) for field in fields[11:15]) / TICKS
    threads = Path(f"/proc/{process}/task").iterdir()
    return own + sum(cpu_seconds(child) for thread in threads for child in (thread / "children").read_text().split())


def load(file: Path) -> Any:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def warm_up() -> None:
    joblib.Parallel(n_jobs=JOBS)(joblib.delayed(time.sleep)(0.2) for _ in range(2 * JOBS))


def search(table: Path, pipeline: dict[str, Any], settings: list[dict[str, Any]]) -> dict[str, Any]:
    columns = load(Path(__file__).parent / "scripts/preprocessing.py")
    split = pipeline["split"]
    rows = pd.read_csv(table)
    truth = (rows[columns.TARGET] == ">50K").astype(int).to_numpy()
    train, _ = train_test_split(
        np.arange(len(rows)), test_size=split["holdout"], random_state=split["seed"], stratify=truth
    )
    train = np.sort(train)
    features, target = rows.iloc[train], truth[train]
    best: dict[str, Any] = {"mean": -np.inf}
    for algorithm, build in ESTIMATORS.items():
        candidates = [each for each in settings if each["algorithm"] == algorithm]
        values = [each["hyperparameters"] for each in candidates]
        fixed = {"max_iter": 1000} if algorithm == "logistic_regression" else {"n_jobs": 1}
        found = RandomizedSearchCV(
            Pipeline(
                [
                    ("preprocessing", columns.build_preprocessing()),
                    ("estimator", build(random_state=split["seed"], **fixed)),
                ]
            ),
            [{f"estimator__{name}": [value] for name, value in each.items()} for each in values],
            n_iter=len(values),
            scoring=pipeline["objective"],
            cv=StratifiedKFold(split["folds"], shuffle=True, random_state=split["seed"]),
            n_jobs=JOBS,
            random_state=0,
            error_score="raise",
        ).fit(features, target)
        if found.best_score_ > best["mean"]:
            winner = {name.removeprefix("estimator__"): value for name, value in found.best_params_.items()}
            best = {"mean": float(found.best_score_), "algorithm": algorithm, "hyperparameters": winner}
    return best


def main() -> None:
    table, pipeline, settings = (Path(argument) for argument in sys.argv[1:])
    warm_up()
    started, used = time.perf_counter(), cpu_seconds()
    best = search(table, json.loads(pipeline.read_text()), json.loads(settings.read_text()))
    print(json.dumps({"wall": time.perf_counter() - started, "cpu": cpu_seconds() - used, "winner": best}))


if __name__ == "__main__":
    main()
