"""scikit-learn's HalvingRandomSearchCV with the run's own folds as its resource.

Left to itself it halves over rows: settings are scored on a part of a fold, and even the last seldom on all of it. Over
folds each score is the score of a fold, and the settings stay that stay in the other methods' `race: halving`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingRandomSearchCV

from crossfold import metrics
from crossfold.batch import Fit, Setting
from crossfold.candidate import Candidate, Scorer, file_of, pipeline_of
from crossfold.carry import cores
from crossfold.preprocessed import TrainingTable
from crossfold.splits import Fold

FIRST = 2  # folds before any setting goes
FACTOR = 2  # of which one part stays


class OnFolds(BaseEstimator):
    """A setting on the first `folds` of the splits. To fit it is to score it there; what was scored before is kept."""

    def __init__(
        self, candidate: Candidate, splits: list[tuple[int, np.ndarray, np.ndarray]], scorer: Scorer, folds: int
    ) -> None:
        self.candidate = candidate
        self.splits = splits  # of each fold its number, and the positions of its training and of its test rows
        self.scorer = scorer
        self.folds = folds

    def fit(self, X: pd.DataFrame, y: np.ndarray) -> OnFolds:
        weights = self.scorer.weights
        for fold, train, test in self.splits[: self.folds]:
            if self._file(fold).exists():
                continue
            pipeline = pipeline_of(self.candidate, self.scorer.code)
            given = {} if weights is None else {"estimator__sample_weight": weights.loc[X.index[train]].to_numpy()}
            pipeline.fit(X.iloc[train], y[train], **given)
            self.scorer(pipeline, X.iloc[test], y[test])
        return self

    def score(self, X: pd.DataFrame, y: np.ndarray) -> float:
        """The mean of the objective over the folds; more is better."""
        batch = self.scorer.batch
        objective = metrics.find(batch.metrics, batch.task, self.scorer.code)[0]
        scores = [joblib.load(self._file(fold)).metrics[objective.name] for fold, _, _ in self.splits[: self.folds]]
        return float(np.mean(scores)) * (1 if objective.goal == "maximize" else -1)

    def _file(self, fold: int) -> Path:
        return self.scorer.kept / file_of(Fit(self.candidate.setting, fold))


def halve(
    scorer: Scorer, rows: TrainingTable, folds: Sequence[Fold], settings: Sequence[Setting]
) -> tuple[list[Setting], Sequence[Fold]]:
    """Score settings on 2, 4, 8, … folds; each time the better half goes on, of an odd number the greater.

    Answers with the settings that stay, and the folds that are left for them: fewer than it would take to halve again.
    """
    batch, code = scorer.batch, scorer.code
    candidates = [Candidate(setting, batch.seed, batch.task, code) for setting in settings]
    everything = np.arange(len(rows.features))
    splits = [(fold.fold, *rows.positions(fold)) for fold in folds]
    made = HalvingRandomSearchCV(
        OnFolds(candidates[0], splits, scorer, FIRST),
        {"candidate": candidates},
        n_candidates=len(candidates),  # of a list it draws without putting back
        factor=FACTOR,
        resource="folds",
        min_resources=min(FIRST, len(folds)),
        max_resources=len(folds),
        cv=[(everything, everything)],  # the folds are the estimator's own matter
        refit=False,
        n_jobs=cores(),
        error_score="raise",
        random_state=batch.seed,
    ).fit(rows.features, rows.truth.to_numpy())
    left = folds[made.n_resources_[-1] :]
    return (_better_half(made, settings) if left else []), left


def _better_half(made: HalvingRandomSearchCV, settings: Sequence[Setting]) -> list[Setting]:
    """Of the settings of the last round, the greater half by mean; of equals the first."""
    found = made.cv_results_
    last = found["iter"] == made.n_iterations_ - 1
    scores = {
        params["candidate"].setting.name: -math.inf if np.isnan(score) else score
        for params, score in zip(np.array(found["params"])[last], found["mean_test_score"][last], strict=True)
    }
    ordered = sorted((setting for setting in settings if setting.name in scores), key=lambda each: -scores[each.name])
    return ordered[: math.ceil(len(ordered) / FACTOR)]
