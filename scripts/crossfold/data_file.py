"""Reading the user's CSV, and refusing what would go wrong later, with the line it is on."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from crossfold.failure import CrossfoldError


@dataclass(frozen=True)
class DataFile:
    """A CSV as text: `records[i]` is row `i` of the data, on line `lines[i]` of the file."""

    name: str
    sha256: str
    header: list[str]
    records: list[list[str]]
    lines: list[int]


def find_data(folder: Path) -> Path:
    """The one data file in the job's input folder."""
    files = sorted(file for file in folder.glob("*") if file.is_file())
    if len(files) != 1:
        found = ", ".join(file.name for file in files) or "none"
        raise CrossfoldError(f"The split takes exactly one data file; found: {found}.")
    return files[0]


def read_data(path: Path) -> DataFile:
    """Read a comma-separated UTF-8 file with a header, every value as text."""
    content = path.read_bytes()
    text = _decode(path.name, content)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    csv.field_size_limit(max(len(text), 131_072))
    header: list[str] | None = None
    records: list[list[str]] = []
    lines: list[int] = []
    line = 1
    try:
        for record in reader:
            if record:  # an empty line is no row, as for pandas
                if header is None:
                    header = record
                    _check_header(path.name, header)
                else:
                    _check_record(path.name, header, record, line)
                    records.append(record)
                    lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        raise CrossfoldError(
            f"{path.name}, line {line}: the row cannot be read as CSV ({error}). Look for a quote"
            " that is opened and not closed."
        ) from error
    if header is None:
        raise CrossfoldError(f"{path.name} is empty: it needs a header line with column names, then rows.")
    if not records:
        raise CrossfoldError(f"{path.name} has a header and no rows: add the rows of data below the header.")
    return DataFile(path.name, hashlib.sha256(content).hexdigest(), header, records, lines)


def _decode(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # the offset counts from the file's first byte, which utf-8-sig's does not after a mark
        offset = error.start + (3 if content.startswith(b"\xef\xbb\xbf") else 0)
        line = content.count(b"\n", 0, offset) + 1
        source = "UTF-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "WINDOWS-1252"
        raise CrossfoldError(
            f"{name} is not UTF-8: byte {content[offset]:#04x} at offset {offset} (line {line})."
            f" Convert it, for example: iconv -f {source} -t UTF-8 {name} > utf8.csv"
        ) from error


def _check_header(name: str, header: list[str]) -> None:
    for column in header:
        _refuse_line_break(name, 1, "the header", column)
        if header.count(column) > 1:
            raise CrossfoldError(
                f"{name} has the column {column!r} {header.count(column)} times: give each column a name of its own."
            )


def _check_record(name: str, header: list[str], record: list[str], line: int) -> None:
    if len(record) != len(header):
        raise CrossfoldError(
            f"{name}, line {line}: the row has {len(record)} values, the header has"
            f" {len(header)} columns. A value with a comma in it has to be in double quotes."
        )
    for column, value in zip(header, record, strict=True):
        _refuse_line_break(name, line, f"column {column!r}", value)


def _refuse_line_break(name: str, line: int, place: str, value: str) -> None:
    if "\n" in value or "\r" in value:
        raise CrossfoldError(
            f"{name}, line {line}, {place}: the value has a line break inside quotes."
            " SageMaker reads CSV line by line and would cut the row in two. Replace line breaks"
            ' in values by spaces, for example with pandas: frame.replace(r"[\\r\\n]+", " ",'
            " regex=True)."
        )
