"""A metric of the pipeline's own: the share of patients whose progression is predicted to within 50."""

import numpy as np


def within_50(truth: np.ndarray, value: np.ndarray, sample_weight: np.ndarray | None = None) -> float:
    return np.average(np.abs(truth - value) <= 50, weights=sample_weight)


METRICS = {"within_50": {"function": within_50, "needs": "value", "goal": "maximize"}}
