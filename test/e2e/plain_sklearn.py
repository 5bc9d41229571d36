"""The same cross validation in plain scikit-learn: the yardstick for every score of a run.

Usage: plain_sklearn.py <titanic.csv> <folds.json> <result.json> — prints one line of JSON for each fit:
setting, fold, and roc_auc, accuracy and log_loss computed here on the same rows.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from xgboost import XGBClassifier

NUMERIC = ["Age", "SibSp", "Parch", "Fare"]
CATEGORICAL = ["Pclass", "Sex", "Deck", "Embarked"]
SEED = 42


def preprocessing() -> ColumnTransformer:
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    categories = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="missing"),
        OneHotEncoder(handle_unknown="ignore", sparse_output=False),
    )
    return ColumnTransformer([("numbers", numbers, NUMERIC), ("categories", categories, CATEGORICAL)])


def estimator(algorithm: str, hyperparameters: dict[str, Any]) -> Any:
    if algorithm == "logistic_regression":
        return LogisticRegression(**{"max_iter": 1000, "random_state": SEED, **hyperparameters})
    if algorithm == "random_forest":
        return RandomForestClassifier(**{"n_jobs": 1, "random_state": SEED, **hyperparameters})
    return XGBClassifier(**{"n_jobs": 1, "random_state": SEED, **hyperparameters})


def main() -> None:
    data, folds_file, result_file = (Path(argument) for argument in sys.argv[1:])
    table = pd.read_csv(data, dtype=dict.fromkeys(CATEGORICAL, object))
    folds = {fold["fold"]: fold for fold in json.loads(folds_file.read_text())["folds"]}
    for fit in json.loads(result_file.read_text())["fits"]:
        train, test = table.iloc[folds[fit["fold"]]["train"]], table.iloc[folds[fit["fold"]]["test"]]
        model = Pipeline(
            [
                ("preprocessing", preprocessing()),
                ("estimator", estimator(fit["algorithm"], fit["hyperparameters"])),
            ]
        )
        model.fit(train, train["Survived"])
        probabilities = model.predict_proba(test)[:, 1]
        scores = {
            "roc_auc": roc_auc_score(test["Survived"], probabilities),
            "accuracy": accuracy_score(test["Survived"], model.predict(test)),
            "log_loss": log_loss(test["Survived"], model.predict_proba(test)),
        }
        print(json.dumps({"setting": fit["setting"], "fold": fit["fold"], **scores}))


if __name__ == "__main__":
    main()
