"""Scores of random settings on every fold, for `replay.mjs` to replay its rules on.

Usage: python bench/racing/scores.py SCORES < SEARCHES
Both are JSON lines, one line a search; SCORES is added to, and searches that it has are not fitted again.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from crossfold import algorithms
from crossfold.batch import Setting
from crossfold.split_plan import SplitPlan, SplitRows
from crossfold.splits import make_split


def preprocessing(table: pd.DataFrame) -> ColumnTransformer:
    """As the Titanic example's, with the columns told apart by their types."""
    numeric = table.select_dtypes("number").columns.tolist()
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    categories = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="missing"),
        OneHotEncoder(handle_unknown="ignore", sparse_output=False),
    )
    rest = [name for name in table.columns if name not in numeric]
    return ColumnTransformer([("numbers", numbers, numeric), ("categories", categories, rest)])


def read_search(search: dict[str, Any]) -> tuple[pd.DataFrame, np.ndarray]:
    """Features, and the target as 0 and 1; `rows` of them where the search asks for fewer."""
    table = pd.read_csv(search["table"], skipinitialspace=True).drop(columns=search["unused"])
    for name in search["categorical"]:
        table[name] = table[name].astype(object).where(table[name].isna(), table[name].astype(str))
    if search["rows"] is not None:
        table = table.sample(search["rows"], random_state=search["seed"]).reset_index(drop=True)
    target = table.pop(search["target"])
    return table, (target == sorted(target.unique())[1]).to_numpy(int)


def score(search: dict[str, Any]) -> dict[str, Any]:
    """ROC AUC of each setting (row) on each fold (column) of a split made as a run makes it."""
    features, target = read_search(search)
    plan = SplitPlan("stratified", folds=search["folds"], holdout=0.2, seed=search["seed"])
    split = make_split(plan, SplitRows(target, ("no", "yes")))
    settings = [Setting(str(index), **setting) for index, setting in enumerate(search["settings"])]
    scores = np.empty((len(settings), len(split.folds)))
    for number, fold in enumerate(split.folds):
        train, test = list(fold.train), list(fold.test)
        transformer = preprocessing(features)
        x_train = transformer.fit_transform(features.iloc[train])
        x_test = transformer.transform(features.iloc[test])
        for index, setting in enumerate(settings):
            estimator = algorithms.build(setting, search["seed"], Path(), "classification")
            given = estimator.fit(x_train, target[train]).predict_proba(x_test)[:, 1]
            scores[index, number] = roc_auc_score(target[test], given)
    return {
        "key": search["key"],
        "test_rows": min(len(fold.test) for fold in split.folds),
        "algorithms": [setting.algorithm for setting in settings],
        "scores": scores.tolist(),
    }


def main() -> None:
    file = Path(sys.argv[1])
    known = {json.loads(line)["key"] for line in file.read_text().splitlines()} if file.is_file() else set()
    with threadpool_limits(1), file.open("a") as scores:
        for line in sys.stdin:
            search = json.loads(line)
            if search["key"] not in known:
                scores.write(json.dumps(score(search)) + "\n")
                scores.flush()


if __name__ == "__main__":
    main()
