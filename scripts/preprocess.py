"""The preprocess job: fit the pipeline's preprocessing on one fold's training rows alone."""

from __future__ import annotations

from collections.abc import Sequence

import joblib
import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from crossfold import paths, roles, table, target
from crossfold.columns import load_columns
from crossfold.evidence import Evidence, Witness
from crossfold.failure import Arguments, CrossfoldError, guard
from crossfold.files import read_json, write_json
from crossfold.fold_tables import Part, feature_names, write_part
from crossfold.rows import row_hash
from crossfold.splits import fold_from_json
from crossfold.stopping import exit_on_sigterm
from crossfold.task import TASKS


def main(argv: Sequence[str] | None = None) -> None:
    parser = Arguments(prog="preprocess.py")
    parser.add_argument("--fold", type=int, required=True)
    parser.add_argument("--task", choices=TASKS, default="classification")
    arguments = parser.parse_args(argv)
    number, task = arguments.fold, arguments.task

    columns = load_columns(paths.processing_input("code"))
    folds = read_json(paths.processing_input("folds") / "folds.json")
    fold = fold_from_json(folds, number)
    raw = table.read(paths.processing_input("table"), columns)
    unknown = sorted(set(fold.train + fold.test) - set(raw.index))
    if unknown:
        raise CrossfoldError(
            f"Fold {number} names row {unknown[0]}, which is not among the training rows. The"
            " folds and the table are of different splits; run the split again."
        )
    classes = target.classes_of(raw, columns, task)
    truth = pd.Series(target.numbers_of(raw, columns, task, classes), index=raw.index)
    weight = roles.weights(raw, columns)
    weights = None if weight is None else pd.Series(weight, index=raw.index)
    train_rows, test_rows = list(fold.train), list(fold.test)
    train = table.features(raw.loc[train_rows], columns)
    table.refuse_all_missing(train, columns, f"in the training rows of fold {number}")
    test = table.features(raw.loc[test_rows], columns)

    witness = Witness(columns.preprocessing())
    with threadpool_limits(1):
        y_train, y_test = truth.loc[train_rows].to_numpy(), truth.loc[test_rows].to_numpy()
        x_train = witness.fit_transform(train, y_train)
        x_test = witness.transform(test)
    width = x_train.shape[1]
    names = feature_names(witness.transformer, width)

    folder = paths.processing_output("fold")
    for part, rows, x, y in (("train", train_rows, x_train, y_train), ("test", test_rows, x_test, y_test)):
        weight = None if weights is None else weights.loc[rows].to_numpy()
        write_part(folder / f"{part}.parquet", names, Part(np.array(rows), x, y, weight))
    joblib.dump(witness.transformer, folder / "preprocessing.joblib")
    evidence = Evidence(
        fold=number,
        fitted_rows=witness.fitted_rows,
        fitted_hash=witness.fitted_hash,
        test_rows=len(test),
        test_hash=row_hash(test.index),
    ).to_json()
    write_json(folder / "evidence.json", evidence)
    write_json(folder / "result.json", {**evidence, "features": width})
    print(f"fold {number}: fitted on {len(train)} rows, {width} features, {len(test)} test rows")


if __name__ == "__main__":
    exit_on_sigterm()
    with guard():
        main()
