"""The recorder of the scores that `npm run bench:racing` replays its rules on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
from jobs import TITANIC

RECORDER = Path(__file__).parents[2] / "bench" / "racing" / "scores.py"

SEARCH = {
    "key": "titanic/0",
    "table": str(TITANIC / "titanic.csv"),
    "target": "Survived",
    "unused": ["PassengerId", "Name"],
    "categorical": ["Pclass"],
    "rows": 200,
    "folds": 3,
    "seed": 0,
    "settings": [
        {"algorithm": "logistic_regression", "hyperparameters": {"C": 1.0}},
        {"algorithm": "random_forest", "hyperparameters": {"n_estimators": 5}},
        {"algorithm": "xgboost", "hyperparameters": {"n_estimators": 5}},
    ],
}


def record(file: Path, *searches: dict[str, Any]) -> list[dict[str, Any]]:
    lines = "".join(f"{json.dumps(search)}\n" for search in searches)
    subprocess.run([sys.executable, str(RECORDER), str(file)], input=lines, text=True, check=True)
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_records_each_setting_on_each_fold_once(tmp_path: Path) -> None:
    [first] = record(tmp_path / "scores.jsonl", SEARCH)
    assert first["key"] == "titanic/0"
    assert first["algorithms"] == ["logistic_regression", "random_forest", "xgboost"]
    assert first["test_rows"] == 53
    scores = pd.DataFrame(first["scores"])
    assert scores.shape == (3, 3)
    assert scores.min(axis=None) > 0.6
    assert scores.max(axis=None) < 1

    known, other = record(tmp_path / "scores.jsonl", SEARCH, {**SEARCH, "key": "titanic/1", "seed": 1})
    assert known == first
    assert other["scores"] != first["scores"]
