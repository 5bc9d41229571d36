"""scikit-learn's own search over a Pipeline of preprocessing and estimator, on the run's own folds.

The candidates are the settings that the run drew: the search takes each of them once, fits, scores and parallelizes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import joblib
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.pipeline import Pipeline

from crossfold.batch import Batch, Setting
from crossfold.candidate import Candidate, Scorer, file_of, pipeline_of
from crossfold.carry import Carried, check, cores
from crossfold.failure import CrossfoldError, describe
from crossfold.halving import halve
from crossfold.preprocessed import TrainingTable
from crossfold.rows import row_hash
from crossfold.splits import Fold, fold_from_json


def search(kind: str, batch: Batch, rows: TrainingTable, folds_json: Any, code: Path, kept: Path) -> Carried:
    """The fits of the batch, in its order, by a search of SEARCHES: all of them, but for those that halving leaves out.

    `kept` is an empty folder of the job's own.
    """
    if kind not in (*SEARCHES, HALVING):
        raise CrossfoldError(
            f"The search {kind!r} is none of {', '.join((*SEARCHES, HALVING))}; it is named by the orchestrator."
        )
    check(batch, code)
    started = time.perf_counter()
    for numbers, settings in _grids(batch):
        folds = [fold_from_json(folds_json, number) for number in numbers]
        for fold in folds:
            rows.refuse_unknown(fold)
        scorer = Scorer(
            *(batch, code, kept, rows.classes, rows.weights),
            fold_of={row_hash(fold.test): fold.fold for fold in folds},
        )
        try:
            _score(kind, scorer, rows, folds, settings)
        except Exception as error:
            names = ", ".join(sorted({setting.algorithm for setting in settings}))
            raise CrossfoldError(
                f"The search over {len(settings)} settings ({names}) failed: {describe(error)}"
            ) from error
    seconds = time.perf_counter() - started
    files = [kept / file_of(fit) for fit in batch.fits]
    return Carried([joblib.load(file) for file in files if file.exists()], seconds)


def _grid(pipeline: Pipeline, candidates: list[Candidate], seed: int, **options: Any) -> GridSearchCV:
    return GridSearchCV(pipeline, {"estimator": candidates}, **options)


def _random(pipeline: Pipeline, candidates: list[Candidate], seed: int, **options: Any) -> RandomizedSearchCV:
    # Of a list it draws without putting back: as many as there are is each once.
    return RandomizedSearchCV(pipeline, {"estimator": candidates}, n_iter=len(candidates), random_state=seed, **options)


SEARCHES: dict[str, Callable[..., GridSearchCV | RandomizedSearchCV]] = {"grid": _grid, "random": _random}
HALVING = "halving"


def _score(kind: str, scorer: Scorer, rows: TrainingTable, folds: Sequence[Fold], settings: Sequence[Setting]) -> None:
    if kind != HALVING:
        return _search(kind, scorer, rows, folds, settings)
    staying, left = halve(scorer, rows, folds, settings)
    if staying:
        _search("grid", scorer, rows, left, staying)
    return None


def _search(kind: str, scorer: Scorer, rows: TrainingTable, folds: Sequence[Fold], settings: Sequence[Setting]) -> None:
    batch, code = scorer.batch, scorer.code
    candidates = [Candidate(setting, batch.seed, batch.task, code) for setting in settings]
    made = SEARCHES[kind](
        pipeline_of(candidates[0], code),
        candidates,
        batch.seed,
        scoring=scorer,
        cv=[rows.positions(fold) for fold in folds],
        refit=False,
        n_jobs=cores(),
        error_score="raise",
    )
    given = {} if rows.weights is None else {"estimator__sample_weight": rows.weights.to_numpy()}
    made.fit(rows.features, rows.truth.to_numpy(), **given)


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
