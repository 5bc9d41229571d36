"""The served model, in the four functions that SageMaker's inference toolkit calls."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from crossfold import model, payloads
from crossfold.failure import CrossfoldError
from crossfold.payloads import Rows

Prediction = tuple[np.ndarray, list[str]]  # probabilities and classes, or values and none


def model_fn(model_dir: str) -> model.Model:
    return model.load(Path(model_dir))


def input_fn(request_body: bytes | str, content_type: str | None) -> Rows:
    """Raw rows from text/csv (with a header or in the model's column order) or JSON."""
    return payloads.parse(request_body, content_type)


def predict_fn(rows: Rows, loaded: model.Model) -> Prediction:
    """What the model says of each row."""
    raw = payloads.frame(rows, loaded.card.features)
    try:
        return loaded.predictions(raw), loaded.card.classes
    except CrossfoldError as error:
        raise payloads.RequestError(str(error)) from error


def output_fn(prediction: Prediction, accept: str | None) -> tuple[str, str]:
    return payloads.answer(*prediction, accept)
