"""The correctness anchor: every fit's score is plain scikit-learn's on the same rows."""

from __future__ import annotations

import importlib.util
from typing import Any

import numpy as np
import pandas as pd
import pytest
from jobs import ALGORITHMS, FOLDS, SEED, TITANIC, CrossValidation, Jobs, as_csv, preprocessing, read
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score, log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.pipeline import Pipeline
from xgboost import XGBClassifier

ESTIMATORS: dict[str, Any] = {
    "logistic_regression": lambda: LogisticRegression(C=0.7, max_iter=1000),
    "random_forest": lambda: RandomForestClassifier(n_estimators=60, min_samples_leaf=2, random_state=SEED),
    "xgboost": lambda: XGBClassifier(
        n_estimators=50, max_depth=3, learning_rate=0.2, tree_method="hist", random_state=SEED
    ),
}


def plain_titanic() -> tuple[Any, pd.DataFrame, np.ndarray, np.ndarray]:
    """The example's module, the table by plain read_csv, and the training and holdout positions."""
    spec = importlib.util.spec_from_file_location("plain", TITANIC / "scripts" / "preprocessing.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    table = pd.read_csv(TITANIC / "titanic.csv")
    train, holdout = train_test_split(
        np.arange(len(table)), test_size=0.2, random_state=SEED, stratify=table["Survived"]
    )
    return module, table, np.sort(train), np.sort(holdout)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_scores_equal_plain_scikit_learn(titanic: CrossValidation, algorithm: str) -> None:
    module, table, train, _ = plain_titanic()
    x, y = table[module.NUMERIC + module.CATEGORICAL], table["Survived"]
    ours = {fit["fold"]: fit for fit in read(titanic.output / "result.json")["fits"] if fit["setting"] == algorithm}
    assert len(ours) == FOLDS
    splitter = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for fold, (fitted, tested) in enumerate(splitter.split(train, y.iloc[train])):
        model = Pipeline([("p", module.build_preprocessing()), ("e", ESTIMATORS[algorithm]())])
        model.fit(x.iloc[train[fitted]], y.iloc[train[fitted]])
        probability = model.predict_proba(x.iloc[train[tested]])
        truth = y.iloc[train[tested]]
        assert ours[fold]["metrics"] == pytest.approx(
            {
                "roc_auc": roc_auc_score(truth, probability[:, 1]),
                "accuracy": accuracy_score(truth, probability.argmax(axis=1)),
                "log_loss": log_loss(truth, probability),
            },
            abs=1e-9,
            rel=0,
        )


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_holdout_score_equals_plain_scikit_learn(titanic: CrossValidation, jobs: Jobs, algorithm: str) -> None:
    module, table, train, holdout = plain_titanic()
    x, y = table[module.NUMERIC + module.CATEGORICAL], table["Survived"]
    plain = Pipeline([("p", module.build_preprocessing()), ("e", ESTIMATORS[algorithm]())])
    plain.fit(x.iloc[train], y.iloc[train])
    expected = plain.predict_proba(x.iloc[holdout])
    model = jobs.final_fit(titanic.split, algorithm, ALGORITHMS[algorithm])
    evaluation = jobs.evaluate(titanic.split, model, ["roc_auc", "accuracy", "log_loss"])
    result = read(evaluation / "result.json")
    assert result["rows"] == len(holdout)
    truth = y.iloc[holdout]
    assert result["metrics"] == pytest.approx(
        {
            "roc_auc": roc_auc_score(truth, expected[:, 1]),
            "accuracy": accuracy_score(truth, plain.predict(x.iloc[holdout])),
            "log_loss": log_loss(truth, expected),
        },
        abs=1e-9,
        rel=0,
    )
    predictions = pd.read_parquet(evaluation / "predictions.parquet")
    assert predictions["row"].tolist() == holdout.tolist()
    assert np.abs(predictions[["p0", "p1"]].to_numpy() - expected).max() < 1e-9


def test_out_of_fold_predictions_cover_each_training_row_once(titanic: CrossValidation) -> None:
    _, _, train, _ = plain_titanic()
    predictions = pd.read_parquet(titanic.output / "predictions.parquet")
    for algorithm in ALGORITHMS:
        rows = predictions[predictions["setting"] == algorithm]["row"]
        assert sorted(rows) == train.tolist()


def test_supervised_encoder_and_three_classes_equal_plain_scikit_learn(jobs: Jobs) -> None:
    """A target encoder cross-fits in fit_transform; only a pipeline's own order of calls is right."""
    random = np.random.default_rng(3)
    table = [["x", "c", "y"]]
    for _ in range(240):
        kind = int(random.integers(0, 12))
        label = (kind + int(random.integers(0, 3) == 0)) % 3
        table.append([repr(float(random.normal() + label)), f"k{kind}", f"c{label}"])
    source = preprocessing().replace(
        'OneHotEncoder(handle_unknown="ignore", sparse_output=False)', "TargetEncoder(random_state=0)"
    )
    source = source.replace("import OneHotEncoder,", "import TargetEncoder,")
    assert "TargetEncoder(" in source
    jobs.write_scripts({"preprocessing.py": source})
    split = jobs.split(as_csv(table))
    folds = {fold: jobs.preprocess(split, fold) for fold in range(2)}
    settings = {"a": {"algorithm": "logistic_regression", "hyperparameters": {"C": 0.7}}}
    output = jobs.train(
        settings, [{"setting": "a", "fold": fold} for fold in folds], folds, ["roc_auc", "f1", "log_loss", "brier"]
    )
    frame = pd.DataFrame(table[1:], columns=table[0]).astype({"x": float})
    codes = frame["y"].map({"c0": 0, "c1": 1, "c2": 2})
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    for fit, entry in zip(read(output / "result.json")["fits"], read(split / "folds.json")["folds"], strict=False):
        model = Pipeline([("p", namespace["build_preprocessing"]()), ("e", ESTIMATORS["logistic_regression"]())])
        model.fit(frame.loc[entry["train"], ["x", "c"]], codes[entry["train"]])
        probability = model.predict_proba(frame.loc[entry["test"], ["x", "c"]])
        truth = codes[entry["test"]]
        expected = {
            "roc_auc": roc_auc_score(truth, probability, multi_class="ovr"),
            "f1": f1_score(truth, probability.argmax(axis=1), average="macro"),
            "log_loss": log_loss(truth, probability),
            "brier": float(((probability - np.eye(3)[truth]) ** 2).sum(axis=1).mean()),
        }
        assert fit["metrics"] == pytest.approx(expected, abs=1e-9, rel=0)
