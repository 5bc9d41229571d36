"""Records in a body: rows of CSV (RFC 4180), a line of JSON each, or one JSON document."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from batch_transform.faults import DataError

# A value may be as long as a request.
csv.field_size_limit(2**31 - 1)


def decode(body: bytes, form: str) -> list[Any]:
    """The records of a body; those of CSV are lists of text. Raises DataError."""
    try:
        text = body.decode()
        if form == "rows":
            return [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
        if form == "document":
            return [json.loads(text)]
        return [json.loads(line) for line in text.split("\n") if line.strip()]
    except (ValueError, RecursionError, csv.Error) as error:
        raise DataError(f"{'CSV' if form == 'rows' else 'JSON'} was expected: {error}") from error


def encode(records: list[Any], form: str) -> bytes:
    """The body of some records. A record that is no row of CSV is one of a single value.

    Raises DataError for half a character, which JSON can say and UTF-8 cannot.
    """
    try:
        return (_rows(records) if form == "rows" else "\n".join(map(_json, records))).encode()
    except UnicodeEncodeError as error:
        raise DataError(f"a record cannot be written as UTF-8: {error}") from error


def _rows(records: list[Any]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows(record if isinstance(record, list) else [record] for record in records)
    return text.getvalue().removesuffix("\n")


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
