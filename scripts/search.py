"""The job of the method `bundled`: scikit-learn's own search over a Pipeline, all fits in one job."""

from __future__ import annotations

import tempfile
from pathlib import Path

from crossfold import paths
from crossfold.batch import read_batch
from crossfold.bundled import search
from crossfold.carry import announce, announce_mean, leave
from crossfold.columns import load_columns
from crossfold.failure import guard
from crossfold.files import read_json
from crossfold.preprocessed import read_training_rows
from crossfold.stopping import exit_on_sigterm


def main() -> None:
    batch = read_batch(paths.hyperparameters())
    kind = read_json(paths.hyperparameters()).get("search", "grid")
    code = paths.channel("code")
    rows, folds = read_training_rows(load_columns(code), batch.task)
    with tempfile.TemporaryDirectory() as scratch:
        carried = search(kind, batch, rows, folds, code, Path(scratch))
    leave(carried)
    for number, result in enumerate(carried.results, start=1):
        announce(result)
        if batch.search is not None:
            announce_mean(batch.search, carried.results[:number])


if __name__ == "__main__":
    exit_on_sigterm()
    with guard():
        main()
