"""The drift job: compare the rows that are new in a table with the rows that the champion was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace

import pandas as pd
from threadpoolctl import threadpool_limits

from crossfold import drift, paths, table
from crossfold.columns import Columns, load_columns
from crossfold.data_file import find_data, read_data
from crossfold.failure import Arguments, guard
from crossfold.files import write_json
from crossfold.row_sets import unseen
from crossfold.stopping import exit_on_sigterm


def main(argv: Sequence[str] | None = None) -> None:
    parser = Arguments(prog="drift.py")
    parser.add_argument("--seed", type=int, required=True)
    seed = parser.parse_args(argv).seed

    columns = load_columns(paths.processing_input("code"))
    data = read_data(find_data(paths.processing_input("data")))
    raw = table.from_data_file(data, columns)
    train = table.read_shared(paths.processing_input("train"), columns)
    holdout = table.read_shared(paths.processing_input("holdout"), columns)
    positions = unseen(raw[list(train.columns)], train, holdout)
    columns = shared(columns, train)

    snapshot = table.features(train, columns)
    new = table.features(raw.iloc[positions], columns, [data.lines[position] for position in positions])
    with threadpool_limits(1):  # sums of floats differ with the number of threads
        features = [
            {"feature": name, "psi": drift.psi(snapshot[name], new[name]), "ks": drift.ks(snapshot[name], new[name])}
            for name in (columns.features if len(new) else ())
        ]
        told = drift.classifier(snapshot, new, seed)
    result = {
        "snapshot_rows": len(snapshot),
        "new_rows": len(new),
        "features": features,
        "classifier": None if told is None else asdict(told),
    }
    write_json(paths.processing_output("drift") / "result.json", result)
    print(f"{len(new)} new rows against {len(snapshot)} training rows of the champion")


def shared(columns: Columns, table: pd.DataFrame) -> Columns:
    """The columns without the features that the table has not."""
    numeric, categorical = (
        tuple(name for name in names if name in table.columns) for names in (columns.numeric, columns.categorical)
    )
    return replace(columns, numeric=numeric, categorical=categorical)


if __name__ == "__main__":
    exit_on_sigterm()
    with guard():
        main()
