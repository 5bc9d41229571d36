"""What fitting the preprocessing on all rows does to a score, against fitting it on the training rows alone.

The leaky variant is what preprocessing the whole table first does: fitted on all rows of the cross
validation with their target, then applied to each fold. The estimator sees the same rows in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from crossfold.batch import Batch, Fit
from crossfold.evidence import Evidence, Witness
from crossfold.fits import run_fit
from crossfold.metric import Metric
from crossfold.preprocessed import TrainingTable, preprocess
from crossfold.splits import Fold


@dataclass(frozen=True)
class Score:
    """One setting's objective on each fold, in the order of the folds."""

    setting: str
    honest: list[float]
    leaky: list[float]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Comparison:
    """Every setting's scores; of each fold, what its honest preprocessing saw and how many features it made."""

    scores: list[Score]
    evidence: list[Evidence]
    widths: list[int]


def compare(rows: TrainingTable, folds: Sequence[Fold], batch: Batch, objective: Metric, code: Path) -> Comparison:
    """Score every setting of the batch on every fold, twice. Folds may differ in width."""
    for fold in folds:
        rows.refuse_unknown(fold)
    everything = Witness(rows.columns.preprocessing())
    everything.fit_transform(rows.features, rows.truth.to_numpy())
    scores = {setting.name: Score(setting.name, [], []) for setting in batch.settings}
    evidence, widths = [], []
    for fold in folds:
        done = preprocess(rows, fold)
        leaky = rows.fold_data(fold, *(everything.transform(part) for part in rows.parts(fold)), everything)
        evidence.append(done.evidence)
        widths.append(done.data.train.features.shape[1])
        for setting in batch.settings:
            score, fit = scores[setting.name], Fit(setting, fold.fold)
            for found, data in ((score.honest, done.data), (score.leaky, leaky)):
                result = run_fit(fit, data, [objective], batch.seed, code, batch.task)
                found.append(result.metrics[objective.name])
    return Comparison(list(scores.values()), evidence, widths)
