"""scikit-learn's own search over a Pipeline of preprocessing and estimator, on the run's own folds.

The candidates are the settings that the run drew: the search takes each of them once, fits, scores and parallelizes;
what each fit predicted and which rows it saw is kept beside its scores.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from crossfold import algorithms, metrics
from crossfold.batch import Batch, Fit, Setting
from crossfold.carry import Carried, check, cores
from crossfold.columns import load_columns
from crossfold.curves import curves_of
from crossfold.evidence import Witness
from crossfold.failure import CrossfoldError, describe
from crossfold.fits import FitResult, fit_predictions, predict, weighted
from crossfold.preprocessed import TrainingTable
from crossfold.rows import row_hash
from crossfold.splits import Fold, fold_from_json
from crossfold.task import Task


class Preprocessing(TransformerMixin, BaseEstimator):
    """The pipeline's own preprocessing, with a note of the rows that it was fitted on.

    It is built where it is fitted: another process of the job does not know the modules of the pipeline's code folder.
    """

    def __init__(self, code: Path) -> None:
        self.code = code

    def fit_transform(self, X: pd.DataFrame, y: Any = None) -> np.ndarray:
        self.witness_ = Witness(load_columns(self.code).preprocessing())
        with threadpool_limits(1):
            return self.witness_.fit_transform(X, y)

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        with threadpool_limits(1):
            return self.witness_.transform(X)


class Candidate(BaseEstimator):
    """The estimator of a setting; built where it is fitted, as the preprocessing."""

    def __init__(self, setting: Setting, seed: int, task: Task, code: Path) -> None:
        self.setting = setting
        self.seed = seed
        self.task = task
        self.code = code

    def fit(self, X: np.ndarray, y: np.ndarray, sample_weight: np.ndarray | None = None) -> Candidate:
        self.estimator_ = algorithms.build(self.setting, self.seed, self.code, self.task)
        started = time.perf_counter()
        with threadpool_limits(1):  # sums of floats differ with the number of threads
            self.estimator_.fit(X, y, **weighted(self.estimator_, sample_weight))
        self.fit_seconds_ = time.perf_counter() - started
        return self


@dataclass(frozen=True)
class Scorer:
    """Scores a fitted pipeline on test rows, and keeps the result in a file: the search itself keeps numbers alone."""

    batch: Batch
    code: Path
    kept: Path
    classes: int
    weights: pd.Series | None
    fold_of: dict[str, int]  # by the hash of the test rows

    def __call__(self, pipeline: Pipeline, X: pd.DataFrame, y: np.ndarray) -> dict[str, float]:
        candidate: Candidate = pipeline.named_steps["estimator"]
        preprocessing: Preprocessing = pipeline.named_steps["preprocessing"]
        chosen = metrics.find(self.batch.metrics, self.batch.task, self.code)
        weight = None if self.weights is None else self.weights.loc[X.index].to_numpy()
        truth, test_hash = np.asarray(y), row_hash(X.index)
        started = time.perf_counter()
        features = preprocessing.transform(X)
        with threadpool_limits(1):
            given = predict(candidate.estimator_, features, self.classes)
            scores = metrics.score(chosen, truth, given, candidate.estimator_, features, weight)
        fit = Fit(candidate.setting, self.fold_of[test_hash])
        result = FitResult(
            fit=fit,
            metrics=scores,
            fitted_hash=preprocessing.witness_.fitted_hash,
            test_hash=test_hash,
            fit_seconds=candidate.fit_seconds_,
            score_seconds=time.perf_counter() - started,
            predictions=fit_predictions(fit, X.index.to_numpy(), truth, given),
            curves=curves_of(truth, given, weight),
        )
        joblib.dump(result, self.kept / file_of(fit))
        return scores


def file_of(fit: Fit) -> str:
    return f"{fit.setting.name} {fit.fold}.joblib"


def search(kind: str, batch: Batch, rows: TrainingTable, folds_json: Any, code: Path, kept: Path) -> Carried:
    """Every fit of the batch, in its order, by a search of SEARCHES. `kept` is an empty folder of the job's own."""
    if kind not in SEARCHES:
        raise CrossfoldError(f"The search {kind!r} is none of {', '.join(SEARCHES)}; it is named by the orchestrator.")
    check(batch, code)
    started = time.perf_counter()
    for folds, settings in _grids(batch):
        wanted = [fold_from_json(folds_json, number) for number in folds]
        for fold in wanted:
            rows.refuse_unknown(fold)
        scorer = Scorer(
            *(batch, code, kept, rows.classes, rows.weights),
            fold_of={row_hash(fold.test): fold.fold for fold in wanted},
        )
        _search(kind, scorer, rows, wanted, settings)
    seconds = time.perf_counter() - started
    return Carried([joblib.load(kept / file_of(fit)) for fit in batch.fits], seconds)


def _grid(pipeline: Pipeline, candidates: list[Candidate], seed: int, **options: Any) -> GridSearchCV:
    return GridSearchCV(pipeline, {"estimator": candidates}, **options)


def _random(pipeline: Pipeline, candidates: list[Candidate], seed: int, **options: Any) -> RandomizedSearchCV:
    # Of a list it draws without putting back: as many as there are is each once.
    return RandomizedSearchCV(pipeline, {"estimator": candidates}, n_iter=len(candidates), random_state=seed, **options)


SEARCHES: dict[str, Callable[..., GridSearchCV | RandomizedSearchCV]] = {"grid": _grid, "random": _random}


def _search(kind: str, scorer: Scorer, rows: TrainingTable, folds: Sequence[Fold], settings: Sequence[Setting]) -> None:
    batch, code = scorer.batch, scorer.code
    candidates = [Candidate(setting, batch.seed, batch.task, code) for setting in settings]
    position = pd.Series(np.arange(len(rows.features)), index=rows.features.index)
    made = SEARCHES[kind](
        Pipeline([("preprocessing", Preprocessing(code)), ("estimator", candidates[0])]),
        candidates,
        batch.seed,
        scoring=scorer,
        cv=[(position.loc[list(fold.train)].to_numpy(), position.loc[list(fold.test)].to_numpy()) for fold in folds],
        refit=False,
        n_jobs=cores(),
        error_score="raise",
    )
    given = {} if rows.weights is None else {"estimator__sample_weight": rows.weights.to_numpy()}
    try:
        made.fit(rows.features, rows.truth.to_numpy(), **given)
    except Exception as error:
        names = ", ".join(sorted({setting.algorithm for setting in settings}))
        raise CrossfoldError(f"The search over {len(settings)} settings ({names}) failed: {describe(error)}") from error


def _grids(batch: Batch) -> list[tuple[tuple[int, ...], list[Setting]]]:
    """The settings that have the same folds to do, together: a search is a grid of settings and folds."""
    folds: dict[str, list[int]] = {}
    for fit in batch.fits:
        folds.setdefault(fit.setting.name, []).append(fit.fold)
    grids: dict[tuple[int, ...], list[Setting]] = {}
    for setting in batch.settings:
        if setting.name in folds:
            grids.setdefault(tuple(sorted(folds[setting.name])), []).append(setting)
    return list(grids.items())
