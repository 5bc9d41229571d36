"""The drift job: compare what is new, in a table and in requests of an endpoint, with the champion's training rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import pandas as pd
from threadpoolctl import threadpool_limits

from crossfold import captured, drift, paths, table
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
    result: dict[str, Any] = {"snapshot_rows": len(snapshot), "new_rows": len(new), **compared(snapshot, new, seed)}
    requests = paths.processing_input("captured")
    if requests.is_dir():
        sent, unread = captured.read(requests, columns)
        result["traffic"] = {"rows": len(sent), "unread": unread, **compared(snapshot, sent, seed)}
    write_json(paths.processing_output("drift") / "result.json", result)
    print(f"{len(new)} new rows against {len(snapshot)} training rows of the champion")


def compared(snapshot: pd.DataFrame, new: pd.DataFrame, seed: int) -> dict[str, Any]:
    """Each feature by itself, and all of them together; nothing where there are no rows."""
    with threadpool_limits(1):  # sums of floats differ with the number of threads
        features = [
            {"feature": name, "psi": drift.psi(snapshot[name], new[name]), "ks": drift.ks(snapshot[name], new[name])}
            for name in (snapshot.columns if len(new) else ())
        ]
        told = drift.classifier(snapshot, new, seed)
    return {"features": features, "classifier": None if told is None else asdict(told)}


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
