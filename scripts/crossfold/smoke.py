"""Rows for the endpoint's smoke test, with the answers of the offline model."""

from __future__ import annotations

import csv
import io
from typing import Any

import pandas as pd

from crossfold.model import Model

ROWS = 20


def smoke_test(model: Model, holdout: pd.DataFrame) -> dict[str, Any]:
    """Up to 20 holdout rows as they stand in the data file, as CSV and JSON, and what is expected.

    The expected probabilities, or for a regression one number a row, are computed on these rows alone:
    linear algebra may differ in the last bit with the number of rows.
    """
    names = model.card.features
    raw = holdout[names].head(ROWS)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in raw.itertuples(index=False, name=None):
        writer.writerow(["" if value is None else value for value in row])
    records = [
        {name: _json_value(model, name, value) for name, value in zip(names, row, strict=True)}
        for row in raw.itertuples(index=False, name=None)
    ]
    expected = [[float(value) for value in row] for row in model.predictions(raw).reshape(len(raw), -1)]
    return {"columns": names, "csv": out.getvalue(), "json": records, "expected": expected}


def _json_value(model: Model, name: str, value: str | None) -> str | float | int | None:
    """A number where the column is numeric (whole ones without a point), the text elsewhere."""
    if value is None or name not in model.card.numeric:
        return value
    try:
        return int(value)
    except ValueError:
        return float(value)
