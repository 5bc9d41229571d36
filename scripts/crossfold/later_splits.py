"""What later steps of a run will split: parts of the training rows, refused before anything is fitted."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from crossfold.failure import CrossfoldError
from crossfold.split_checks import check_weights
from crossfold.split_plan import SplitPlan, SplitRows
from crossfold.splits import Part, Split, divide_part, rows_of


def later_parts(folds: int, *, nested: bool, sample: float | None) -> Iterator[Part]:
    """The parts that are split by a run with this estimate, and this share of the rows to tune on."""
    if sample is not None:
        yield Part(sample=sample)
    if nested:
        for fold in range(folds):
            yield Part(within=fold)
            if sample is not None:
                yield Part(within=fold, sample=sample)


def check_part(
    plan: SplitPlan,
    rows: SplitRows,
    whole: Split,
    part: Part,
    *,
    weights: np.ndarray | None,
    check_rows: Callable[[np.ndarray], None],
) -> None:
    """Refuse a part that the split of a later step would refuse.

    check_rows: refuses row ids that nothing can be fitted on.
    """
    try:
        train = rows_of(plan, rows, whole, part)
        divided = divide_part(plan, rows, train)
        if weights is not None:
            for number, (fitted, tested) in enumerate(divided):
                names = (f"the training rows of fold {number}", f"the test rows of fold {number}")
                check_weights(weights, zip(names, (fitted, tested), strict=True))
        check_rows(train)
    except CrossfoldError as error:
        raise CrossfoldError(f"{_why(part)} cannot be split into folds: {error} {_way_out(part)}") from error


def _why(part: Part) -> str:
    nested = f"`estimate: nested` repeats the search within fold {part.within}"
    if part.sample is None:
        return f"{nested}, whose training rows"
    sample = f"`tuning.sample: {part.sample}` of"
    return f"{sample} the training rows" if part.within is None else f"{nested}, and {sample} its training rows"


def _way_out(part: Part) -> str:
    ways = [
        *(["raise `tuning.sample`"] if part.sample is not None else []),
        *(["leave out `estimate: nested`"] if part.within is not None else []),
    ]
    return f"Or {' or '.join(ways)}."
