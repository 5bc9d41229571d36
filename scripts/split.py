"""The split job: check the data, take the holdout, make K folds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from crossfold import algorithms, metrics, paths, roles, table, target
from crossfold.columns import Columns, load_columns
from crossfold.data_file import DataFile, find_data, read_data
from crossfold.failure import Arguments, guard
from crossfold.files import write_json
from crossfold.later_splits import check_part, later_parts
from crossfold.rows import row_hash
from crossfold.split_checks import check_weights
from crossfold.split_plan import SCHEMES, WINDOWS, SplitPlan, SplitRows
from crossfold.splits import Part, Split, split_of
from crossfold.stopping import exit_on_sigterm
from crossfold.task import TASKS


def main(argv: Sequence[str] | None = None) -> None:
    parser = Arguments(prog="split.py")
    parser.add_argument("--scheme", choices=SCHEMES, required=True)
    parser.add_argument("--folds", type=int, required=True)
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--window", choices=WINDOWS, default="expanding")
    parser.add_argument("--gap", type=int, default=0)
    parser.add_argument("--holdout", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--metrics", type=metrics.listed, required=True)
    parser.add_argument("--task", choices=TASKS, default="classification")
    parser.add_argument("--algorithms", type=metrics.listed, default=[])
    parser.add_argument("--within", type=int, help="split the training rows of this fold instead of all rows")
    parser.add_argument("--sample", type=float, help="split this share of the training rows instead of all")
    parser.add_argument(
        "--estimate",
        choices=("plain", "nested"),
        default="plain",
        help="nested: each fold's training rows will be split",
    )
    parser.add_argument("--tuning-sample", type=float, help="this share of the training rows will be split")
    arguments = parser.parse_args(argv)

    code, task = paths.processing_input("code"), arguments.task
    columns = load_columns(code)
    chosen = metrics.find(arguments.metrics, task, code)
    for name in arguments.algorithms:
        algorithms.load(name, code, task)
    data = read_data(find_data(paths.processing_input("data")))
    raw = table.from_data_file(data, columns)
    features = table.features(raw, columns, data.lines)
    table.refuse_all_missing(features, columns, f"in {data.name}")
    target.check(raw, columns, task, data)
    classes = target.classes_of(raw, columns, task)
    truth = target.numbers_of(raw, columns, task, classes, data.lines)
    plan = SplitPlan(
        scheme=arguments.scheme,
        folds=arguments.folds,
        holdout=arguments.holdout,
        seed=arguments.seed,
        repeats=arguments.repeats,
        window=arguments.window,
        gap=arguments.gap,
    )
    rows = split_rows(raw, columns, data, truth, classes)
    split = split_of(plan, rows, Part(arguments.within, arguments.sample))
    weights = roles.weights(raw, columns, data.lines)
    if weights is not None:
        check_weights(weights, split.parts())

    def refuse_all_missing(train: np.ndarray) -> None:
        table.refuse_all_missing(features.iloc[train], columns, f"in the training rows of {data.name}")

    train = np.array(split.train)
    refuse_all_missing(train)
    nested = arguments.estimate == "nested"
    for part in later_parts(len(split.folds), nested=nested, sample=arguments.tuning_sample):
        check_part(plan, rows, split, part, weights=weights, check_rows=refuse_all_missing)

    folder = paths.processing_output("split")
    table.write(raw.iloc[train], folder / "train")
    table.write(raw.iloc[list(split.holdout)], folder / "holdout")
    write_json(folder / "folds.json", split.to_json())
    counts = {label: int((truth == number).sum()) for number, label in enumerate(classes)}
    write_json(
        folder / "result.json",
        {
            "rows": split.rows,
            "holdout_rows": len(split.holdout),
            "target": columns.target,
            "classes": classes,
            "class_counts": counts,
            "goals": {metric.name: metric.goal for metric in chosen},
            "data_sha256": data.sha256,
            "folds": describe_folds(split),
            "train_hash": row_hash(train),
        },
    )
    print(f"{split.rows} rows: {len(split.holdout)} held out, {len(split.folds)} folds of the rest")


def split_rows(raw: pd.DataFrame, columns: Columns, data: DataFile, truth: np.ndarray, classes: list[str]) -> SplitRows:
    """What the split looks at: the target, and the columns in GROUP, TIME and FOLD where they are named."""
    return SplitRows(
        truth,
        tuple(classes),
        groups=None if columns.group is None else roles.groups(raw, columns.group, data.lines),
        times=None if columns.time is None else roles.times(raw, columns.time, data.lines),
        folds=None if columns.fold is None else roles.fold_names(raw, columns.fold, data.lines),
    )


def describe_folds(split: Split) -> list[dict[str, Any]]:
    return [
        {
            "fold": fold.fold,
            "train_rows": len(fold.train),
            "test_rows": len(fold.test),
            "train_hash": row_hash(fold.train),
            "test_hash": row_hash(fold.test),
        }
        for fold in split.folds
    ]


if __name__ == "__main__":
    exit_on_sigterm()
    with guard():
        main()
