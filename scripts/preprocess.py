"""The preprocess job: fit the pipeline's preprocessing on one fold's training rows alone, and store the fold."""

from __future__ import annotations

from collections.abc import Sequence

import joblib

from crossfold import paths, table
from crossfold.columns import load_columns
from crossfold.failure import Arguments, guard
from crossfold.files import read_json, write_json
from crossfold.fold_tables import feature_names, write_part
from crossfold.preprocessed import TrainingTable, preprocess
from crossfold.splits import fold_from_json
from crossfold.stopping import exit_on_sigterm
from crossfold.task import TASKS


def main(argv: Sequence[str] | None = None) -> None:
    parser = Arguments(prog="preprocess.py")
    parser.add_argument("--fold", type=int, required=True)
    parser.add_argument("--task", choices=TASKS, default="classification")
    arguments = parser.parse_args(argv)

    columns = load_columns(paths.processing_input("code"))
    fold = fold_from_json(read_json(paths.processing_input("folds") / "folds.json"), arguments.fold)
    raw = table.read(paths.processing_input("table"), columns)
    done = preprocess(TrainingTable.of(raw, columns, arguments.task), fold)
    width = done.data.train.features.shape[1]
    names = feature_names(done.transformer, width)

    folder = paths.processing_output("fold")
    write_part(folder / "train.parquet", names, done.data.train)
    write_part(folder / "test.parquet", names, done.data.test)
    joblib.dump(done.transformer, folder / "preprocessing.joblib")
    evidence = done.evidence.to_json()
    write_json(folder / "evidence.json", evidence)
    write_json(folder / "result.json", {**evidence, "features": width})
    print(f"fold {fold.fold}: fitted on {len(fold.train)} rows, {width} features, {len(fold.test)} test rows")


if __name__ == "__main__":
    exit_on_sigterm()
    with guard():
        main()
