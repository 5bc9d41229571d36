"""How far new rows are from the rows that a model was trained on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp, mannwhitneyu
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.preprocessing import OrdinalEncoder

BINS = 10
FLOOR = 1e-4  # the least share of a bin: an empty one has no logarithm
FOLDS = 5
LARGEST = 5000  # rows of each side that the classifier is shown
CATEGORIES = 200  # of one feature that the classifier tells apart; the encoder puts the rest together


@dataclass(frozen=True)
class Classifier:
    """How well a classifier tells new rows from the snapshot: 0.5 is not at all; p of no better than that."""

    auc: float
    p: float


def psi(snapshot: pd.Series, new: pd.Series) -> float:
    """Population stability index (Siddiqi, Credit Risk Scorecards, 2006): sum of (a - e) ln(a / e) over bins.

    Numbers are binned at the snapshot's deciles, texts by value; missing values have a bin of their own, and so have
    texts that the snapshot has not.
    """
    if snapshot.dtype == object:
        names = sorted({value for value in snapshot if isinstance(value, str)})
        code = {name: number for number, name in enumerate(names)}
        binned = [_codes(side, code) for side in (snapshot, new)]
        count = len(names) + 2
    else:
        present = snapshot.dropna().to_numpy()
        inner = np.linspace(0, 1, BINS + 1)[1:-1]
        edges = np.unique(np.quantile(present, inner)) if len(present) else np.array([])
        count = len(edges) + 2
        binned = [
            np.where(side.isna(), count - 1, np.searchsorted(edges, side, side="right")) for side in (snapshot, new)
        ]
    expected, actual = (np.bincount(bins.astype(np.int64), minlength=count) / max(1, len(bins)) for bins in binned)
    expected, actual = np.maximum(expected, FLOOR), np.maximum(actual, FLOOR)
    return float(np.sum((actual - expected) * np.log(actual / expected)))


def ks(snapshot: pd.Series, new: pd.Series) -> float | None:
    """The two-sided p value of the Kolmogorov-Smirnov test of a numeric feature; None for texts, or without values."""
    if snapshot.dtype == object:
        return None
    sides = [side.dropna().to_numpy() for side in (snapshot, new)]
    if min(len(side) for side in sides) == 0:
        return None
    return float(ks_2samp(*sides).pvalue)


def classifier(snapshot: pd.DataFrame, new: pd.DataFrame, seed: int) -> Classifier | None:
    """The classifier two-sample test (Lopez-Paz and Oquab, Revisiting Classifier Two-Sample Tests, 2017).

    Every row is scored by a model that has not seen it. None where a side has too few rows for the folds.
    """
    if min(len(snapshot), len(new)) < 2 * FOLDS:
        return None
    sides = [side.sample(n=min(len(side), LARGEST), random_state=seed) for side in (snapshot, new)]
    rows = pd.concat(sides, ignore_index=True)
    truth = np.repeat([0, 1], [len(side) for side in sides])
    texts = [name for name in rows if rows[name].dtype == object]
    if texts:
        encoder = OrdinalEncoder(max_categories=CATEGORIES, encoded_missing_value=np.nan)
        rows[texts] = encoder.fit_transform(rows[texts]).astype(np.float64)
    model = HistGradientBoostingClassifier(max_iter=50, max_leaf_nodes=8, class_weight="balanced", random_state=seed)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    given = cross_val_predict(model, rows.astype(np.float64), truth, cv=folds, method="predict_proba")[:, 1]
    p = mannwhitneyu(given[truth == 1], given[truth == 0], alternative="greater").pvalue
    return Classifier(float(roc_auc_score(truth, given)), float(p))


def _codes(side: pd.Series, code: dict[str, int]) -> np.ndarray:
    missing, other = len(code) + 1, len(code)
    return np.array([code.get(value, other) if isinstance(value, str) else missing for value in side], dtype=np.int64)
