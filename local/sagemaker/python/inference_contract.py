"""The functions of a served model, as SageMaker's inference toolkit calls them, and its defaults for those left out."""

from __future__ import annotations

import importlib
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

JSON = "application/json"
CSV = "text/csv"
NPY = "application/x-npy"

# The toolkit hands these over as text, everything else as bytes.
TEXT_TYPES = (JSON, CSV)


class ContractError(Exception):
    """A program that lacks what serving needs."""


class Inference:
    """A loaded model with the functions that turn a request into an answer.

    A program gives `transform_fn` alone, or any of `input_fn`, `predict_fn` and `output_fn`.
    """

    def __init__(self, program: Path, model_dir: Path) -> None:
        """Imports the program and loads its model. Raises ContractError, and whatever the program raises."""
        self.default_accept = JSON
        if not program.is_file():
            raise ContractError(
                f"there is no {program.name} in {program.parent}: put it into code/ of the model's archive, "
                "or name the program in SAGEMAKER_PROGRAM and its folder in SAGEMAKER_SUBMIT_DIRECTORY"
            )
        sys.path.insert(0, str(program.parent))
        functions = vars(importlib.import_module(program.stem))
        model_fn = functions.get("model_fn")
        if model_fn is None:
            raise ContractError(
                f"{program.name} has no model_fn(model_dir), and there is no default way to load a model"
            )
        parts = [name for name in ("input_fn", "predict_fn", "output_fn") if name in functions]
        self._transform: Callable[..., Any] | None = functions.get("transform_fn")
        if self._transform is not None and parts:
            raise ContractError(f"{program.name} has transform_fn and {', '.join(parts)}; it takes one or the other")
        self._input: Callable[..., Any] = functions.get("input_fn", default_input)
        self._predict: Callable[..., Any] = functions.get("predict_fn", default_predict)
        self._output: Callable[..., Any] = functions.get("output_fn", default_output)
        self._model = model_fn(str(model_dir))

    def answer(self, body: bytes, content_type: str, accept: str) -> tuple[bytes, str]:
        """The body of the answer and its content type. Raises what the program's functions raise."""
        given = body.decode() if content_type in TEXT_TYPES else body
        if self._transform is not None:
            result = self._transform(self._model, given, content_type, accept)
        else:
            result = self._output(self._predict(self._input(given, content_type), self._model), accept)
        content, answered = result if isinstance(result, tuple) else (result, accept)
        if isinstance(content, str):
            return content.encode(), answered
        if isinstance(content, bytes | bytearray):
            return bytes(content), answered
        raise TypeError(f"the answer's body must be str or bytes, not {type(content).__name__}")


def default_input(body: str | bytes, content_type: str) -> Any:
    """Rows of a CSV, JSON or npy body as an array of 32-bit numbers. Raises ValueError for anything else."""
    import numpy

    kind = media_type(content_type)
    if kind == NPY:
        return numpy.load(io.BytesIO(body if isinstance(body, bytes) else body.encode()), allow_pickle=False)
    text = body if isinstance(body, str) else body.decode()
    if kind == CSV:
        return numpy.genfromtxt(io.StringIO(text), dtype=numpy.float32, delimiter=",")
    if kind == JSON:
        return numpy.array(json.loads(text), dtype=numpy.float32)
    raise ValueError(f"content type {content_type} is not supported; send {JSON}, {CSV} or {NPY}")


def default_predict(data: Any, model: Any) -> Any:
    """What the model predicts."""
    return model.predict(data)


def default_output(prediction: Any, accept: str) -> tuple[bytes, str]:
    """A prediction as JSON, CSV or npy. Raises ValueError for anything else."""
    import numpy

    array = numpy.asarray(prediction)
    for kind in (media_type(choice) for choice in accept.split(",")):
        stream = io.BytesIO()
        if kind in (JSON, "*/*", "application/*"):
            return json.dumps(array.tolist()).encode(), JSON
        if kind in (CSV, "text/*"):
            numpy.savetxt(stream, array, delimiter=",", fmt="%s")
            return stream.getvalue(), CSV
        if kind == NPY:
            numpy.save(stream, array, allow_pickle=False)
            return stream.getvalue(), NPY
    raise ValueError(f"accept {accept} is not supported; ask for {JSON}, {CSV} or {NPY}")


def media_type(value: str) -> str:
    """A content type without its parameters."""
    return value.partition(";")[0].strip().lower()
