"""Whether one of two models is better on the same rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

RESAMPLES = 1000
LARGEST = 20_000  # rows that are resampled: more make the test slow, not sharper

# positions of rows -> (score of the champion, score of the challenger)
Scores = Callable[[np.ndarray], tuple[float, float]]


@dataclass(frozen=True)
class Comparison:
    """The challenger's score less the champion's: its interval, and one-sided p values of no gain and of no loss."""

    champion: float
    challenger: float
    low: float
    high: float
    p_better: float
    p_worse: float


def paired_bootstrap(scores: Scores, strata: np.ndarray, sign: int, confidence: float, seed: int) -> Comparison:
    """The paired bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapters 13 and 15).

    Rows are drawn with replacement, the same for both models, within their strata (the classes), so that any metric of
    the rows can be compared. `sign` is 1 where more of the metric is better, else -1.
    p is (1 + hits) / (1 + resamples).
    """
    rng = np.random.default_rng(seed)
    rows = np.arange(len(strata))
    champion, challenger = scores(rows)
    if len(rows) > LARGEST:
        rows = rng.choice(rows, LARGEST, replace=False)
    parts = [rows[strata[rows] == value] for value in np.unique(strata[rows])]
    differences = np.empty(RESAMPLES)
    for index in range(RESAMPLES):
        drawn = np.concatenate([rng.choice(part, len(part)) for part in parts])
        ours, theirs = scores(drawn)
        differences[index] = theirs - ours
    tail = (1 - confidence) / 2
    low, high = np.quantile(differences, [tail, 1 - tail])
    gains = sign * differences
    return Comparison(
        champion=champion,
        challenger=challenger,
        low=float(low),
        high=float(high),
        p_better=float((1 + np.sum(gains <= 0)) / (1 + RESAMPLES)),
        p_worse=float((1 + np.sum(gains >= 0)) / (1 + RESAMPLES)),
    )
