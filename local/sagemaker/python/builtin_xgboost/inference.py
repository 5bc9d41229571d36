"""Serves a model of the algorithm: CSV or libsvm in, predictions out."""

from __future__ import annotations

import csv
import io
import json
import pickle
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builtin_xgboost.channels import CSV, LIBSVM, delimiter_of, format_of
from builtin_xgboost.checkpoints import read_model
from builtin_xgboost.faults import RefusedError, UserError
from inference_contract import ContractError

if TYPE_CHECKING:
    import numpy
    import xgboost

PICKLED = b"\x80"
ACCEPTS = ("application/json", "application/jsonlines", "text/csv")


class XGBoostInference:
    """A loaded model that answers requests as the algorithm's container does."""

    def __init__(self, file: Path, env: Mapping[str, str]) -> None:
        """Loads the model. Raises ContractError for what is not here, and whatever loading raises."""
        if env.get("SAGEMAKER_INFERENCE_OUTPUT"):
            raise ContractError("SAGEMAKER_INFERENCE_OUTPUT is not supported here: the model answers its predictions")
        self.default_accept = env.get("SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT") or "text/csv"
        self._batch = "SAGEMAKER_BATCH" in env
        with file.open("rb") as content:
            pickled = content.read(1) == PICKLED
        self._model: xgboost.Booster = pickle.loads(file.read_bytes()) if pickled else read_model(file)
        self._model.set_param("nthread", "1")

    def answer(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        """The body of the answer and its content type. Raises RefusedError."""
        rows = self._rows(body, content_type)
        kind = accept.partition(";")[0].strip().lower()
        if kind not in ACCEPTS:
            message = f"Accept type {kind} is not supported. Please use supported accept types: {list(ACCEPTS)}."
            raise RefusedError(HTTPStatus.NOT_ACCEPTABLE, message)
        try:
            predicted = self._predict(rows)
        except ValueError as error:
            raise RefusedError(HTTPStatus.BAD_REQUEST, f"Unable to evaluate payload provided: {error}") from error
        return self._encoded(predicted, kind).encode(), kind

    def _rows(self, body: bytes, content_type: str) -> Any:
        try:
            kind = format_of(content_type)
        except UserError as error:
            raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, str(error)) from error
        if kind not in (CSV, LIBSVM):
            raise RefusedError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Content-type {content_type} is not supported.")
        try:
            text = body.decode().strip()
            return _csv_rows(text) if kind == CSV else _libsvm_rows(text, self._model.num_features())
        except (ValueError, csv.Error) as error:
            raise RefusedError(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                f"Loading {kind} data failed with Exception, please ensure data is in {kind} format:\n {error}",
            ) from error

    def _predict(self, rows: Any) -> list[Any]:
        import xgboost

        width, expected = rows.shape[1], self._model.num_features()
        if width != expected:
            raise ValueError(
                f"Feature size of inference data {width} is not consistent "
                f"with feature size of trained model {expected}."
            )
        return self._model.predict(xgboost.DMatrix(rows), validate_features=False).tolist()

    def _encoded(self, predicted: list[Any], accept: str) -> str:
        if self._batch:
            return "\n".join(map(str, predicted)) + "\n"
        if accept == "application/json":
            return json.dumps({"predictions": [{"score": score} for score in predicted]})
        if accept == "application/jsonlines":
            return "".join(json.dumps(score) + "\n" for score in predicted)
        rows = (row if isinstance(row, list) else [row] for row in predicted)
        return "".join(",".join(map(str, row)) + "\n" for row in rows)


def _csv_rows(text: str) -> numpy.ndarray[Any, Any]:
    """Rows without a label. A value that is empty is missing."""
    import numpy

    first = text.split("\n", 1)[0]
    delimiter = delimiter_of(first) if any(mark in first for mark in ",;\t| ") else ","
    rows = [[value.strip() or "nan" for value in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    return numpy.array(rows, dtype=numpy.float32)


def _libsvm_rows(text: str, width: int) -> Any:
    """Rows of `index:value`, with a label before them or without."""
    import numpy
    from scipy.sparse import csr_matrix

    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    lines = text.split("\n")
    for row, line in enumerate(lines):
        for item in line.split():
            column, colon, value = item.partition(":")
            if colon:
                rows.append(row)
                columns.append(int(column))
                values.append(float(value))
    shape = (len(lines), max([width, *(column + 1 for column in columns)]))
    return csr_matrix((numpy.array(values, dtype=numpy.float32), (rows, columns)), shape=shape)
