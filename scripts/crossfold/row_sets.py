"""Which rows of a table are not among those of others: rows are compared by the text of all their used columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
import pandas as pd


def unseen(table: pd.DataFrame, *known: pd.DataFrame) -> np.ndarray:
    """Positions of the rows of `table` that `known` has not: a row that is there twice is known once for each time."""
    left: Counter[tuple[object, ...]] = Counter()
    for other in known:
        left.update(_rows(other[list(table.columns)]))
    positions = []
    for position, row in enumerate(_rows(table)):
        if left[row] > 0:
            left[row] -= 1
        else:
            positions.append(position)
    return np.array(positions, dtype=np.int64)


def _rows(table: pd.DataFrame) -> Iterable[tuple[object, ...]]:
    return table.itertuples(index=False, name=None)
