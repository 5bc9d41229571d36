"""What `crossfold init` asks of a CSV file: a copy that the jobs read, and what its columns look like.

It reads with the jobs' own reader, so that a table which is taken here is taken by a run.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import shutil
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from crossfold import values
from crossfold.data_file import DataFile, read_data
from crossfold.failure import CrossfoldError

# The labels of a column are listed where it has at most so many.
MOST_LABELS = 200
# How UCI and OpenML write a missing value.
UNKNOWN = "?"
# The share of numbers from which on one other text in a column is taken for a mark of missing values.
NEARLY_ALL = 0.8

_COMMA_NUMBER = re.compile(r"[-+]?(\d{1,3}(\.\d{3})+|\d+),\d+")
_WHOLE_NUMBER = re.compile(r"[-+]?(\d{1,3}(\.\d{3})+|\d+)")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[-+]\d{2}:?\d{2})?)?")
_OTHER_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}( \d{1,2}:\d{2}(:\d{2})?)?")


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="look_at_table.py")
    steps = parser.add_subparsers(dest="step", required=True)
    take = steps.add_parser("take", help="copy a table in the form that jobs read, and describe it")
    take.add_argument("source", type=Path)
    take.add_argument("destination", type=Path)
    leave = steps.add_parser("leave-out", help="take rows out of a copy by their target, and describe it again")
    leave.add_argument("table", type=Path)
    leave.add_argument("target")
    leave.add_argument("labels", type=json.loads, help="a JSON list; rows without a target are left out as well")
    arguments = parser.parse_args(argv)
    if arguments.step == "take":
        notes, table = take_table(arguments.source, arguments.destination), arguments.destination
    else:
        notes, table = leave_out(arguments.table, arguments.target, set(arguments.labels)), arguments.table
    print(json.dumps({"notes": notes, **describe(read_data(table))}))


def take_table(source: Path, destination: Path) -> list[str]:
    """Copy the file; rewrite it where jobs would not read it as it stands, and say what was changed."""
    content = source.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        read_data(source)  # says where, and how to convert it
        raise
    notes: list[str] = []
    separator = separator_of(text)
    records = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if row]
    if records and all(is_number(name) for name in records[0]):
        raise CrossfoldError(
            f"{source.name} has numbers where the names of the columns are wanted: its first line is"
            f" {separator.join(records[0])[:60]!r}. Add a header line with a name for each column."
        )
    if separator != ",":
        notes.append(f"the columns are separated by {separator!r} in {source.name}, by commas in the copy")
        notes.extend(points_for_commas(records))
    notes.extend(one_line_values(records))
    notes.extend(blank_unknown(records))
    if notes:
        write(records, destination)
    else:
        shutil.copyfile(source, destination)
    return notes


def separator_of(text: str) -> str:
    """The character that separates the header's columns: a comma unless there is none and another stands there."""
    header = text.split("\n", 1)[0]
    if "," in header:
        return ","
    return max(";\t|", key=header.count) if any(mark in header for mark in ";\t|") else ","


def points_for_commas(records: list[list[str]]) -> list[str]:
    """Write decimal commas as points, in columns that hold nothing but such numbers."""
    changed: list[str] = []
    for position, name in enumerate(records[0]):
        cells = [(row, row[position].strip()) for row in records[1:] if position < len(row)]
        present = [text for _, text in cells if text not in values.MISSING]
        fits = all(_COMMA_NUMBER.fullmatch(text) or _WHOLE_NUMBER.fullmatch(text) for text in present)
        if not fits or not any("," in text for text in present):
            continue
        for row, text in cells:
            row[position] = text.replace(".", "").replace(",", ".")
        changed.append(name)
    return [f"decimal commas are points in the copy: {', '.join(changed)}"] if changed else []


def one_line_values(records: list[list[str]]) -> list[str]:
    """SageMaker reads CSV line by line: a line break in a value becomes a space."""
    found = 0
    for row in records:
        for position, text in enumerate(row):
            if "\n" in text or "\r" in text:
                row[position] = " ".join(text.split())
                found += 1
    return [f"{found} values had line breaks, which are spaces in the copy"] if found else []


def blank_unknown(records: list[list[str]]) -> list[str]:
    """Leave marks of missing values empty: `?`, and the one other text in a column of numbers."""
    notes: list[str] = []
    for position, name in enumerate(records[0] if records else []):
        counts = Counter(row[position].strip() for row in records[1:] if position < len(row))
        marks = {text for text in (UNKNOWN,) if text in counts}
        present = {text: n for text, n in counts.items() if text not in values.MISSING and text not in marks}
        texts = [text for text in present if not is_number(text)]
        numbers = sum(n for text, n in present.items() if is_number(text))
        if len(texts) == 1 and len(present) > 10 and numbers >= NEARLY_ALL * sum(present.values()):
            marks.add(texts[0])
        if not marks:
            continue
        for row in records[1:]:
            if position < len(row) and row[position].strip() in marks:
                row[position] = ""
        shown = " and ".join(repr(mark) for mark in sorted(marks))
        notes.append(f"{shown} in {name!r} is taken as missing: empty in the copy")
    return notes


def leave_out(table: Path, target: str, labels: set[str]) -> list[str]:
    """Rewrite the table without rows that have no target, or one of these labels."""
    data = read_data(table)
    at = data.header.index(target)

    def stays(record: list[str]) -> bool:
        label = values.category(record[at])
        return label is not None and label not in labels

    write([data.header, *(record for record in data.records if stays(record))], table)
    return []


def write(records: list[list[str]], file: Path) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(records)


def describe(data: DataFile) -> dict[str, Any]:
    columns = (column_facts(name, [row[at] for row in data.records]) for at, name in enumerate(data.header))
    return {"rows": len(data.records), "columns": list(columns)}


def column_facts(name: str, cells: list[str]) -> dict[str, Any]:
    """How many values of which form a column has."""
    counts = Counter(values.category(cell) for cell in cells)
    missing = counts.pop(None, 0)
    distinct = [str(label) for label in counts]
    numbers = numbers_of(distinct)
    present = max(1, len(cells) - missing)
    whole = numbers is not None and bool(np.all(numbers == np.floor(numbers)))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    return {
        "name": name,
        "missing": missing,
        "distinct": len(counts),
        "numbers": numbers is not None,
        "integers": whole,
        "run": whole and numbers is not None and bool(numbers.max() - numbers.min() + 1 == len(counts)),
        "isoDates": bool(distinct) and are_iso_dates(distinct),
        "otherDates": bool(distinct) and all(_OTHER_DATE.fullmatch(text) for text in distinct),
        "decimalCommas": bool(distinct)
        and any("," in text for text in distinct)
        and all(_COMMA_NUMBER.fullmatch(text) or _WHOLE_NUMBER.fullmatch(text) for text in distinct),
        "words": sum(n * len(str(text).split()) for text, n in counts.items()) / present,
        "labels": [[label, n] for label, n in ranked] if len(ranked) <= MOST_LABELS else [],
    }


def numbers_of(distinct: list[str]) -> np.ndarray | None:
    """The values as numbers by the jobs' rule, None where one is none or there is none."""
    try:
        return values.numbers(distinct) if distinct else None
    except values.NotANumber:
        return None


def is_number(text: str) -> bool:
    return text not in values.MISSING and numbers_of([text]) is not None


def are_iso_dates(distinct: list[str]) -> bool:
    if not all(_ISO_DATE.fullmatch(text) for text in distinct):
        return False
    return bool(pd.to_datetime(pd.Series(distinct), format="ISO8601", utc=True, errors="coerce").notna().all())


if __name__ == "__main__":
    try:
        main()
    except (CrossfoldError, csv.Error) as error:
        print(error, file=sys.stderr)
        sys.exit(2)
