"""When a training job of a tuning job is stopped before its end."""

from __future__ import annotations

import statistics
from typing import Any

import optuna
from optuna.pruners import BasePruner, HyperbandPruner, NopPruner
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

from search_space import TunerError

# Before so many jobs have come to an epoch, its median says little: the default of Optuna's MedianPruner.
JOBS_BEFORE_MEDIAN = 5
# Of the jobs at a rung one in so many goes on: the value of the Hyperband paper (Li et al., 2018).
REDUCTION = 3


class MedianOfRunningAverages(BasePruner):
    """AWS's rule: stop a job that is worse than the median of the earlier jobs' running averages at its epoch.

    https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-early-stopping.html
    """

    def prune(self, study: optuna.Study, trial: FrozenTrial) -> bool:
        step = trial.last_step
        if step is None:
            return False
        ended = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED))
        averages = [
            statistics.fmean(value for at, value in each.intermediate_values.items() if at <= step)
            for each in ended
            if each.intermediate_values
        ]
        if len(averages) < JOBS_BEFORE_MEDIAN:
            return False
        median, value = statistics.median(averages), trial.intermediate_values[step]
        return value > median if study.direction == StudyDirection.MINIMIZE else value < median


class Hyperband(HyperbandPruner):
    """Optuna's Hyperband; a job that has gone beyond the largest resource ends in any case, as on AWS."""

    def __init__(self, least: int, most: int) -> None:
        super().__init__(min_resource=least, max_resource=most, reduction_factor=REDUCTION)
        self._most = most

    def prune(self, study: optuna.Study, trial: FrozenTrial) -> bool:
        step = trial.last_step
        return (step is not None and step > self._most) or super().prune(study, trial)


def pruner(rule: dict[str, Any] | None) -> BasePruner:
    """The pruner of `{"rule": "median"}` or `{"rule": "hyperband", "least": epochs, "most": epochs}`; none for null.

    Raises TunerError for any other rule.
    """
    if rule is None:
        return NopPruner()
    if rule.get("rule") == "median":
        return MedianOfRunningAverages()
    if rule.get("rule") == "hyperband":
        return Hyperband(int(rule["least"]), int(rule["most"]))
    raise TunerError(f"pruning must be by median or hyperband, not {rule.get('rule')!r}")
