"""The metrics against scikit-learn's scorers, in two and in three classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, get_scorer, make_scorer
from xgboost import XGBClassifier

from crossfold.failure import CrossfoldError
from crossfold.metrics import find, score
from crossfold.standard_metrics import METRICS

# scikit-learn's scorer of this name ranks three classes by decision_function where there is one; we
# rank by probability, so that every algorithm is ranked alike.
AVERAGE_PRECISION = make_scorer(average_precision_score, response_method="predict_proba")
SCORERS: dict[str, dict[int, Any]] = {
    "roc_auc": {2: "roc_auc", 3: "roc_auc_ovr"},
    "average_precision": {2: "average_precision", 3: AVERAGE_PRECISION},
    "accuracy": {2: "accuracy", 3: "accuracy"},
    "balanced_accuracy": {2: "balanced_accuracy", 3: "balanced_accuracy"},
    "f1": {2: "f1", 3: "f1_macro"},
    "log_loss": {2: "neg_log_loss", 3: "neg_log_loss"},
    "brier": {2: "neg_brier_score", 3: "neg_brier_score"},
}


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("estimator", [LogisticRegression(), XGBClassifier(n_estimators=5, n_jobs=1)])
def test_each_metric_is_scikit_learns(
    tmp_path: Path, classes: int, estimator: LogisticRegression | XGBClassifier
) -> None:
    x, y = make_classification(300, 6, n_informative=4, n_classes=classes, flip_y=0.2, random_state=0)
    estimator.fit(x[:200], y[:200])
    got = score(
        find(list(SCORERS), "classification", tmp_path), y[200:], estimator.predict_proba(x[200:]), estimator, x[200:]
    )
    assert set(got) == {name for name, metric in METRICS.items() if metric.task == "classification"}
    for name, value in got.items():
        sign = 1 if METRICS[name].goal == "maximize" else -1
        # scikit-learn scores XGBoost's float32 probabilities; its Brier score of three classes rounds to them
        tolerance = 1e-7 if name == "brier" and isinstance(estimator, XGBClassifier) else 1e-12
        assert value == pytest.approx(
            sign * get_scorer(SCORERS[name][classes])(estimator, x[200:], y[200:]), abs=tolerance
        )


def test_a_score_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    x, y = make_classification(50, 4, random_state=0)
    estimator = LogisticRegression().fit(x, y)
    with pytest.raises(CrossfoldError, match="roc_auc has no value on these 5 rows"):
        score(
            find(["roc_auc"], "classification", tmp_path),
            np.zeros(5, dtype=int),
            estimator.predict_proba(x[:5]),
            estimator,
            x[:5],
        )
