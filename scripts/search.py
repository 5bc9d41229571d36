"""The job of the method `bundled`: scikit-learn's own search over a Pipeline, all fits in one job."""

from __future__ import annotations

import tempfile
from pathlib import Path

from crossfold import paths, table
from crossfold.batch import read_batch
from crossfold.bundled import search
from crossfold.carry import announce, leave
from crossfold.columns import load_columns
from crossfold.failure import guard
from crossfold.files import read_json
from crossfold.preprocessed import TrainingTable
from crossfold.stopping import exit_on_sigterm


def main() -> None:
    batch = read_batch(paths.hyperparameters())
    code = paths.channel("code")
    columns = load_columns(code)
    rows = TrainingTable.of(table.read(paths.channel("table"), columns), columns, batch.task)
    folds = read_json(paths.channel("folds") / "folds.json")
    with tempfile.TemporaryDirectory() as scratch:
        carried = search(batch, rows, folds, code, Path(scratch))
    for result in carried.results:
        announce(result)
    leave(carried)


if __name__ == "__main__":
    exit_on_sigterm()
    with guard():
        main()
