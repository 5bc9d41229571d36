"""The witness of a fit: which rows the preprocessing was fitted on, taken where it is fitted."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from crossfold.chance import settle
from crossfold.failure import CrossfoldError
from crossfold.rows import row_hash


@dataclass(frozen=True)
class Evidence:
    """What one fold's preprocessing saw; the hashes are of row ids."""

    fold: int
    fitted_rows: int
    fitted_hash: str
    test_rows: int
    test_hash: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


class Witness:
    """Fits a transformer and records the ids of the very rows that it handed over."""

    def __init__(self, transformer: Any) -> None:
        self.transformer = transformer
        self.fitted_rows = 0
        self.fitted_hash = ""

    def fit_transform(self, frame: pd.DataFrame, target: np.ndarray) -> np.ndarray:
        """As scikit-learn's Pipeline does with its training rows (an encoder may cross-fit)."""
        if self.fitted_hash:
            raise CrossfoldError("A fold's preprocessing was fitted twice; it may be fitted once.")
        self.fitted_rows = len(frame)
        self.fitted_hash = row_hash(frame.index)
        settle()
        return dense(self.transformer.fit_transform(frame, target))

    def transform(self, frame: pd.DataFrame) -> np.ndarray:
        settle()
        return dense(self.transformer.transform(frame))


def dense(matrix: Any) -> np.ndarray:
    """A transformer's output as a dense float64 array (XGBoost reads a sparse gap as missing)."""
    if hasattr(matrix, "toarray"):
        matrix = matrix.toarray()
    try:
        array = np.ascontiguousarray(matrix, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise CrossfoldError(
            "The preprocessing gives values that are not numbers"
            f" ({error}). Encode every column of CATEGORICAL in build_preprocessing()."
        ) from error
    if array.ndim != 2:
        raise CrossfoldError(f"The preprocessing gives an array of {array.ndim} dimensions; it has to give a table.")
    return array
