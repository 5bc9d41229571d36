"""Carry a batch of fits, on all cores that the job has, and leave its results."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from crossfold import algorithms, metrics, paths
from crossfold.batch import Batch, Fit, Search
from crossfold.files import replace, write_json
from crossfold.fits import FitResult, run_fit
from crossfold.fold_tables import FoldData


@dataclass(frozen=True)
class Carried:
    """The results of a batch, and how long its fits took: the seconds by the clock on the wall."""

    results: list[FitResult]
    seconds: float


def cores() -> int:
    """How many fits may run at once: SM_NUM_CPUS where the machine is shared, else every core."""
    asked = os.environ.get("SM_NUM_CPUS", "")
    return max(1, int(asked) if asked.isdecimal() else joblib.cpu_count())


def check(batch: Batch, code: Path) -> None:
    """Refuse an unknown algorithm or metric before the first fit."""
    for setting in batch.settings:
        algorithms.load(setting.algorithm, code, batch.task)
    metrics.find(batch.metrics, batch.task, code)


def carry(batch: Batch, code: Path, fold_of: Callable[[int], FoldData]) -> Carried:
    """Run the fits of a batch; each fold is asked for once."""
    check(batch, code)
    folds = {number: fold_of(number) for number in dict.fromkeys(fit.fold for fit in batch.fits)}
    workers = min(cores(), len(batch.fits))
    started = time.perf_counter()
    results = []
    # Sums of floats differ with the number of threads: one a fit, in this process and in those that joblib starts.
    # Loky's processes are new ones: a fork after an OpenMP region would hang.
    with threadpool_limits(1), joblib.parallel_config("loky", inner_max_num_threads=1):
        run = joblib.Parallel(n_jobs=workers, return_as="generator")
        for result in run(joblib.delayed(_fit)(fit, folds[fit.fold], batch, code) for fit in batch.fits):
            results.append(result)
            announce(result)
            if batch.search is not None:
                # The tuning job may stop this one after any fold: what it has seen is then in the file.
                leave(Carried(results, time.perf_counter() - started))
                announce_mean(batch.search, results)
    return Carried(results, time.perf_counter() - started)


def leave(carried: Carried) -> None:
    """Write result.json, and of all fits the out-of-fold predictions and their curves."""
    folder = paths.output_data()
    if carried.results:
        predictions = pd.concat([result.predictions for result in carried.results], ignore_index=True)
        replace(folder / "predictions.parquet", lambda path: predictions.to_parquet(path, index=False))
    fits = [result.to_json() for result in carried.results]
    result = {"fits": fits, "working_seconds": carried.seconds}
    replace(folder / "result.json", lambda path: write_json(path, result))
    curves = {"fits": [{"setting": r.fit.setting.name, "fold": r.fit.fold, **r.curves} for r in carried.results]}
    replace(folder / "curves.json", lambda path: write_json(path, curves))


def announce(result: FitResult) -> None:
    """One line a metric, in the form that the job's metric definitions read from the log."""
    print(f"setting={result.fit.setting.name} fold={result.fit.fold}")
    for name, value in result.metrics.items():
        print(f"{name}={np.format_float_positional(value, trim='0')};", flush=True)


def announce_mean(search: Search, results: list[FitResult]) -> None:
    """The mean of the objective over the folds so far; the tuning job reads one such line a fold as an epoch."""
    mean = statistics.fmean(result.metrics[search.objective] for result in results)
    print(f"mean_{search.objective}={np.format_float_positional(mean, trim='0')};", flush=True)


def _fit(fit: Fit, data: FoldData, batch: Batch, code: Path) -> FitResult:
    # Found here: another process of the job does not know the modules of the pipeline's code folder.
    chosen = metrics.find(batch.metrics, batch.task, code)
    return run_fit(fit, data, chosen, batch.seed, code, batch.task)
