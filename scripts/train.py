"""The train job: carry a batch of fits over preprocessed folds, and score each."""

from __future__ import annotations

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from crossfold import algorithms, metrics, paths
from crossfold.batch import read_batch
from crossfold.failure import guard
from crossfold.files import write_json
from crossfold.fits import FitResult, run_fit
from crossfold.fold_tables import FoldData, read_fold
from crossfold.stopping import exit_on_sigterm


def main() -> None:
    batch = read_batch(paths.hyperparameters())
    code = paths.channel("code")
    chosen = metrics.find(batch.metrics, batch.task, code)
    for setting in batch.settings:  # an unknown algorithm is refused before the first fit
        algorithms.load(setting.algorithm, code, batch.task)
    folds: dict[int, FoldData] = {}
    results: list[FitResult] = []
    with threadpool_limits(1):  # sums of floats differ with the number of threads
        for fit in batch.fits:
            if fit.fold not in folds:
                folds[fit.fold] = read_fold(paths.channel(f"fold-{fit.fold}"), fit.fold)
            result = run_fit(fit, folds[fit.fold], chosen, batch.seed, code, batch.task)
            announce(result)
            results.append(result)
    folder = paths.output_data()
    if results:
        predictions = pd.concat([result.predictions for result in results], ignore_index=True)
        predictions.to_parquet(folder / "predictions.parquet", index=False)
    write_json(folder / "result.json", {"fits": [result.to_json() for result in results]})


def announce(result: FitResult) -> None:
    """One line a metric, in the form that the job's metric definitions read from the log."""
    print(f"setting={result.fit.setting.name} fold={result.fit.fold}")
    for name, value in result.metrics.items():
        print(f"{name}={np.format_float_positional(value, trim='0')};", flush=True)


if __name__ == "__main__":
    exit_on_sigterm()
    with guard():
        main()
