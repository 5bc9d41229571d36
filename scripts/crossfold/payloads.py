"""Requests and answers of the endpoint: raw rows in as CSV or JSON, predictions out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from crossfold.values import is_missing

CSV = "text/csv"
JSON = "application/json"


class RequestError(ValueError):
    """A request that the caller can mend (an answer of the 4xx kind)."""


class CsvRows:
    """Rows of text; `header` is True or False where the content type says so, else None."""

    def __init__(self, rows: list[list[str]], header: bool | None) -> None:
        self.rows = rows
        self.header = header


Rows = CsvRows | list[dict[str, Any]]


def parse(body: bytes | str, content_type: str | None) -> Rows:
    """The rows of a request, not yet matched with the model's columns."""
    kind, *parameters = [part.strip().lower() for part in (content_type or CSV).split(";")]
    text = _text(body)
    if kind == CSV:
        present = {"header=present": True, "header=absent": False}
        header = next((present[p] for p in parameters if p in present), None)
        return CsvRows(_csv(text), header)
    if kind == JSON:
        return _json(text)
    raise RequestError(f"The content type {kind!r} is not supported: send {CSV} or {JSON}.")


def frame(rows: Rows, features: Sequence[str]) -> pd.DataFrame:
    """The rows as a table of the model's columns; other columns are ignored."""
    records = _named(rows, features) if isinstance(rows, CsvRows) else rows
    columns: dict[str, list[Any]] = {}
    for name in features:
        for number, record in enumerate(records):
            if name not in record:
                lacking = [feature for feature in features if feature not in record]
                raise RequestError(
                    f"Row {number} of the request lacks {_list(lacking)}. The model needs:"
                    f" {', '.join(features)}; leave a missing value empty (CSV) or null (JSON)."
                )
        columns[name] = [record[name] for record in records]
    return pd.DataFrame(columns, dtype=object)


def answer(given: np.ndarray, classes: Sequence[str], accept: str | None) -> tuple[str, str]:
    """The body and its content type, numbers at full precision.

    `given` are probabilities, one column for each of `classes`, or a regression's values. The label is the
    class of the highest probability (the first of equal ones).
    """
    wanted = [part.split(";")[0].strip().lower() for part in (accept or "*/*").split(",")]
    for kind in wanted:
        if kind in (JSON, "*/*", "application/*", ""):
            return json.dumps({"predictions": _objects(given, classes)}, ensure_ascii=False), JSON
        if kind in (CSV, "text/*"):
            return _lines(given, classes), CSV
    raise RequestError(f"The answer cannot be given as {accept!r}: accept {JSON} or {CSV}.")


def _objects(given: np.ndarray, classes: Sequence[str]) -> list[dict[str, Any]]:
    if given.ndim == 1:
        return [{"value": value} for value in given.astype(np.float64).tolist()]
    rows = zip(_labels(given, classes), given.astype(np.float64).tolist(), strict=True)
    return [{"label": label, "probabilities": dict(zip(classes, row, strict=True))} for label, row in rows]


def _lines(given: np.ndarray, classes: Sequence[str]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    if given.ndim == 1:
        writer.writerows([repr(value)] for value in given.astype(np.float64).tolist())
    else:
        rows = zip(_labels(given, classes), given.astype(np.float64).tolist(), strict=True)
        writer.writerows([label, *map(repr, row)] for label, row in rows)
    return out.getvalue()


def _labels(given: np.ndarray, classes: Sequence[str]) -> list[str]:
    return [classes[number] for number in given.argmax(axis=1)]


def _text(body: bytes | str) -> str:
    if isinstance(body, str):
        text = body.removeprefix("\ufeff")
    else:
        try:
            text = bytes(body).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise RequestError(f"The request is not UTF-8 (byte {error.start}).") from error
    if not text.strip():
        raise RequestError("The request is empty: send at least one row.")
    return text


def _csv(text: str) -> list[list[str]]:
    try:
        return [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as error:
        raise RequestError(f"The request cannot be read as CSV: {error}.") from error


def _json(text: str) -> list[dict[str, Any]]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise RequestError(f"The request is not valid JSON: {error}.") from error
    if isinstance(value, dict) and isinstance(value.get("instances"), list):
        value = value["instances"]
    records = [value] if isinstance(value, dict) else value
    if not isinstance(records, list) or not records:
        raise RequestError('Send a row as an object, a list of objects, or {"instances": [objects]}.')
    for number, record in enumerate(records):
        if not isinstance(record, dict):
            raise RequestError(f"Row {number} of the request is not an object of column: value.")
        for name, item in record.items():
            if isinstance(item, dict | list):
                raise RequestError(f"Row {number}, column {name!r}: the value is not a single one.")
    return records


def _named(rows: CsvRows, features: Sequence[str]) -> list[dict[str, Any]]:
    """CSV rows by column name: from their header if they have one, else in the model's order."""
    first = rows.rows[0]
    header = rows.header
    if header is None:  # a row of values hardly holds half of the model's column names
        header = 2 * len(set(features) & set(first)) >= len(features)
    names = first if header else list(features)
    body = rows.rows[1:] if header else rows.rows
    if not body:
        raise RequestError("The request has a header and no rows.")
    if header and len(set(first)) != len(first):
        raise RequestError("The request's header names a column twice.")
    for number, row in enumerate(body):
        if len(row) != len(names):
            raise RequestError(
                f"Row {number} of the request has {len(row)} values instead of {len(names)}."
                f" Send a header, or values for: {', '.join(features)}."
            )
    return [{n: None if is_missing(v) else v for n, v in zip(names, row, strict=True)} for row in body]


def _list(names: Sequence[str]) -> str:
    return ("the column " if len(names) == 1 else "the columns ") + ", ".join(map(repr, names))
