"""The same search in plain scikit-learn: the yardstick for what tuning finds.

Usage: plain_search.py <task> <table.csv> <settings.json>

It takes the holdout and makes the folds by itself, cross-validates each setting, and takes the one with the best mean
of the task's first metric, of equals the first. settings.json is a list of {"id", "algorithm", "hyperparameters"}.
It prints JSON: the `scores` by setting, metric and fold, the `winner` and its `mean`.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plain_sklearn
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, StratifiedKFold, cross_validate, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from xgboost import XGBRegressor

SEED = 42
FOLDS = 5
HOLDOUT = 0.2


@dataclass(frozen=True)
class Task:
    target: str
    categorical: tuple[str, ...]
    # scikit-learn's scorer of each metric: more is better, so an error has a minus. The first is the objective.
    scorers: dict[str, str]
    stratified: bool = True


TASKS = {
    "binary": Task(
        "Survived",
        ("Pclass", "Sex", "Deck", "Embarked"),
        {"roc_auc": "roc_auc", "accuracy": "accuracy", "log_loss": "neg_log_loss"},
    ),
    "multiclass": Task("target", (), {"log_loss": "neg_log_loss", "accuracy": "accuracy", "roc_auc": "roc_auc_ovr"}),
    "regression": Task(
        "target",
        ("sex",),
        {"rmse": "neg_root_mean_squared_error", "mae": "neg_mean_absolute_error", "r2": "r2"},
        stratified=False,
    ),
}


def preprocessing(task: str, table: pd.DataFrame) -> ColumnTransformer:
    if task == "binary":
        return plain_sklearn.preprocessing()
    target, categorical = TASKS[task].target, list(TASKS[task].categorical)
    numeric = [name for name in table.columns if name not in (target, *categorical)]
    encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return ColumnTransformer([("numbers", StandardScaler(), numeric), ("categories", encoder, categorical)])


def estimator(task: str, algorithm: str, hyperparameters: dict[str, Any]) -> Any:
    if task != "regression":
        return plain_sklearn.estimator(algorithm, hyperparameters)
    if algorithm == "ridge":
        return Ridge(**hyperparameters)
    kind = {"random_forest": RandomForestRegressor, "xgboost": XGBRegressor}[algorithm]
    return kind(**{"n_jobs": 1, "random_state": SEED, **hyperparameters})


def main() -> None:
    name, data, settings_file = sys.argv[1:]
    task = TASKS[name]
    text = dict.fromkeys(task.categorical, object)
    table = pd.read_csv(data, dtype=text)
    train, _ = train_test_split(
        np.arange(len(table)),
        test_size=HOLDOUT,
        random_state=SEED,
        stratify=table[task.target] if task.stratified else None,
    )
    if name == "regression":
        # Beside whole numbers scikit-learn would take XGBoost's errors in 32 bits.
        table[task.target] = table[task.target].astype(float)
    rows = table.iloc[np.sort(train)]
    splitter = (StratifiedKFold if task.stratified else KFold)(FOLDS, shuffle=True, random_state=SEED)

    scores: dict[str, dict[str, list[float]]] = {}
    means: dict[str, float] = {}
    for setting in json.loads(Path(settings_file).read_text()):
        model = Pipeline(
            [
                ("preprocessing", preprocessing(name, table)),
                ("estimator", estimator(name, setting["algorithm"], setting["hyperparameters"])),
            ]
        )
        found = cross_validate(model, rows, rows[task.target], cv=splitter, scoring=task.scorers, error_score="raise")
        signs = {metric: -1 if scorer.startswith("neg_") else 1 for metric, scorer in task.scorers.items()}
        scores[setting["id"]] = {metric: list(sign * found[f"test_{metric}"]) for metric, sign in signs.items()}
        means[setting["id"]] = float(np.mean(found[f"test_{next(iter(task.scorers))}"]))
    winner = max(means, key=lambda each: means[each])
    print(json.dumps({"scores": scores, "winner": winner, "mean": abs(means[winner])}))


if __name__ == "__main__":
    main()
