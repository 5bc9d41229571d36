"""The train job of the method `indices`: preprocess each fold from its row numbers, then carry the batch's fits."""

from __future__ import annotations

from crossfold import paths
from crossfold.batch import read_batch
from crossfold.carry import carry, leave
from crossfold.columns import load_columns
from crossfold.failure import guard
from crossfold.preprocessed import preprocess, read_training_rows
from crossfold.splits import fold_from_json
from crossfold.stopping import exit_on_sigterm


def main() -> None:
    batch = read_batch(paths.hyperparameters())
    code = paths.channel("code")
    rows, folds = read_training_rows(load_columns(code), batch.task)
    leave(carry(batch, code, lambda fold: preprocess(rows, fold_from_json(folds, fold)).data))


if __name__ == "__main__":
    exit_on_sigterm()
    with guard():
        main()
