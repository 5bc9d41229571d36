"""Chance that repeats: what draws at random without a seed of its own draws the same in every run, by every method."""

from __future__ import annotations

import random

import numpy as np


def settle() -> None:
    """Begin the generators of `random` and `numpy.random` anew, before something is fitted or scored.

    scikit-learn draws from the latter where `random_state` is None: TargetEncoder's folds, a KFold that shuffles.
    """
    random.seed(0)
    np.random.seed(0)
