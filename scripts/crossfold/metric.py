"""What a metric is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from crossfold.task import Task

Goal = Literal["maximize", "minimize"]
Needs = Literal["probability", "label", "value"]
GOALS: tuple[Goal, ...] = get_args(Goal)

# (true classes 0..n-1 or true values; what the metric needs; n, 0 for a regression; weights) -> the score
Function = Callable[[np.ndarray, np.ndarray, int, np.ndarray | None], float]


@dataclass(frozen=True)
class Metric:
    """A metric by name: whether more is better, what it is computed from, and how.

    `probability` has one column a class, `label` is the predicted class, `value` the predicted number.
    """

    name: str
    goal: Goal
    needs: Needs
    function: Function

    @property
    def task(self) -> Task:
        return "regression" if self.needs == "value" else "classification"
