"""The data of a channel: CSV, libsvm or parquet, the label first."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builtin_xgboost.faults import UserError

if TYPE_CHECKING:
    import xgboost

CSV, LIBSVM, PARQUET = "csv", "libsvm", "parquet"
CONTENT_TYPES = {
    "csv": CSV,
    "text/csv": CSV,
    "libsvm": LIBSVM,
    "text/libsvm": LIBSVM,
    "text/x-libsvm": LIBSVM,
    "parquet": PARQUET,
    "application/x-parquet": PARQUET,
}
DELIMITERS = ",;\t| "
SNIPPET = 50


@dataclass
class Table:
    """Rows with their labels, and weights or groups where there are some."""

    features: Any
    labels: Any
    weights: Any = None
    groups: Any = None

    def matrix(self, width: int) -> xgboost.DMatrix:
        """The rows as xgboost takes them. Only a sparse table may be narrower: it does not tell its empty columns."""
        import scipy.sparse
        import xgboost

        if scipy.sparse.issparse(self.features):
            self.features.resize(self.features.shape[0], max(width, self.features.shape[1]))
        return xgboost.DMatrix(self.features, label=self.labels, weight=self.weights, qid=self.groups)


def format_of(content_type: str | None) -> str:
    """The format that a content type names. Raises UserError for one that is none of the algorithm's."""
    if content_type is None:
        return LIBSVM
    kind, *parameters = (part.strip() for part in content_type.lower().split(";"))
    if kind not in CONTENT_TYPES:
        raise UserError(f"{content_type} is not an accepted ContentType: {', '.join(CONTENT_TYPES)}.")
    sizes = [value for name, _, value in (item.partition("=") for item in parameters) if name == "label_size"]
    if CONTENT_TYPES[kind] == CSV and any(size != "1" for size in sizes):
        raise UserError(
            f"{content_type} is not an accepted csv ContentType. Optional parameter label_size must be equal to 1"
        )
    return CONTENT_TYPES[kind]


def read_table(folder: Path, kind: str, csv_weights: bool) -> Table | None:
    """All files of a channel as one table; None where there is no data. Raises UserError for what cannot be read."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    if any(file.name.startswith(".") for file in files):
        raise UserError("Hidden file found in the data path! Remove that before training.")
    files = [file for file in files if not file.name.startswith("_") and file.stat().st_size > 0]
    if not files:
        return None
    try:
        if kind == CSV:
            return _csv(files, csv_weights)
        return _libsvm(files) if kind == LIBSVM else _parquet(files)
    except UserError:
        raise
    except Exception as error:
        raise UserError(f"Failed to load {kind} data with exception:\n{error}") from error


def delimiter_of(line: str) -> str:
    """What separates the values of a line. Raises csv.Error where nothing does."""
    return csv.Sniffer().sniff(line, DELIMITERS).delimiter


def _csv(files: Sequence[Path], csv_weights: bool) -> Table:
    import pandas

    with files[0].open(errors="replace") as lines:
        first = lines.readline()
    try:
        delimiter = delimiter_of(first)
    except csv.Error as error:
        raise UserError(f"Could not determine delimiter on line {first[:SNIPPET]}:\n{error}") from error
    rows = pandas.concat([pandas.read_csv(file, header=None, sep=delimiter) for file in files]).to_numpy()
    try:
        numbers = rows.astype("float32")
    except ValueError as error:
        raise ValueError(f"{error} (the label is the first column, and there is no header)") from error
    if csv_weights:
        return Table(numbers[:, 2:], numbers[:, 0], numbers[:, 1])
    return Table(numbers[:, 1:], numbers[:, 0])


def _parquet(files: Sequence[Path]) -> Table:
    import pyarrow.parquet

    rows = pyarrow.parquet.read_table([str(file) for file in files]).to_pandas().to_numpy().astype("float32")
    return Table(rows[:, 1:], rows[:, 0])


def _libsvm(files: Sequence[Path]) -> Table:
    import numpy
    from sklearn.datasets import load_svmlight_file

    lines: list[str] = []
    weights: list[str] = []
    for file in files:
        own = [line for line in file.read_text(errors="replace").splitlines() if line.strip()]
        if own and not _is_libsvm(own[0]):
            raise UserError(
                f"First line '{own[0][:SNIPPET]}...' of file '{file.name}' is not 'LIBSVM' format. "
                "Please ensure the file is in 'LIBSVM' format."
            )
        for line in own:
            # The library takes no weights: <label>:<weight> <index>:<value> …
            label, _, values = line.partition(" ")
            label, _, weight = label.partition(":")
            lines.append(f"{label} {values}")
            weights.append(weight or "1")
    text = "\n".join(lines).encode()
    features, labels, groups = load_svmlight_file(io.BytesIO(text), dtype=numpy.float32, zero_based=True, query_id=True)
    weighted = any(weight != "1" for weight in weights)
    return Table(
        features,
        labels,
        weights=numpy.array(weights, dtype=numpy.float32) if weighted else None,
        groups=groups if b" qid:" in text else None,
    )


def _is_libsvm(line: str) -> bool:
    label, *values = line.split()
    try:
        parts = [float(part) for part in label.split(":")]
    except ValueError:
        return False
    return len(parts) <= 2 and all(":" in value for value in values)
