"""Suggests the hyperparameters of a tuning job, as lines of JSON on stdin and stdout.

The first line is the search, the answer `{"ready": true, "grid": n}`, n being the size of a grid or null. Then
`{"ask": true}` yields a trial, `{"tell": trial, "value": number}` notes its score, null for one that failed. A mistake
is answered by `{"error": message}` and the end of the process with code 2.
"""

from __future__ import annotations

import json
import math
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.study import StudyDirection

FAILED = 2

DIRECTIONS = {"Maximize": StudyDirection.MAXIMIZE, "Minimize": StudyDirection.MINIMIZE}

# AWS's Auto chooses a scale by a rule of its own; here it is the plain one.
LINEAR = ("Auto", "Linear")


class TunerError(ValueError):
    """A search or a request that cannot be honoured."""


@dataclass(frozen=True)
class Dimension:
    """One hyperparameter: what the sampler draws, and the text that the job gets for it."""

    distribution: BaseDistribution
    render: Callable[[Any], str]


class Grid(optuna.samplers.GridSampler):
    """Each combination once. Its end is the asker's to see: optuna would stop a loop that there is not."""

    def after_trial(self, *_: Any) -> None:
        """Does nothing."""


class Tuner:
    """One search. Trials are numbered from 0 in the order they were asked for."""

    def __init__(self, search: dict[str, Any]) -> None:
        """Raises TunerError for ranges that the strategy does not take."""
        self._dimensions = dimensions(search.get("ranges") or {})
        strategy, seed = search.get("strategy"), search.get("seed")
        self.grid = grid_size(self._dimensions) if strategy == "Grid" else None
        self._asked = 0
        direction = DIRECTIONS.get(str(search.get("goal")))
        if direction is None:
            raise TunerError(f"goal must be Maximize or Minimize, not {search.get('goal')!r}")
        self._study = optuna.create_study(direction=direction, sampler=self._sampler(strategy, seed))

    def ask(self) -> dict[str, object]:
        """The next trial, or that a grid has none left."""
        if self.grid is not None and self._asked >= self.grid:
            return {"done": True}
        self._asked += 1
        trial = self._study.ask({name: dimension.distribution for name, dimension in self._dimensions.items()})
        values = {name: self._dimensions[name].render(value) for name, value in trial.params.items()}
        return {"trial": trial.number, "hyperparameters": values}

    def tell(self, number: int, value: float | None) -> dict[str, object]:
        """Notes how a trial ended. Raises TunerError for a trial that was never asked for or has ended."""
        try:
            if value is None or not math.isfinite(value):
                self._study.tell(number, state=optuna.trial.TrialState.FAIL)
            else:
                self._study.tell(number, value)
        except ValueError as error:
            raise TunerError(f"trial {number}: {error}") from error
        return {"ok": True}

    def _sampler(self, strategy: object, seed: int | None) -> optuna.samplers.BaseSampler:
        if strategy == "Random":
            return optuna.samplers.RandomSampler(seed=seed)
        if strategy == "Bayesian":
            # A trial that still runs counts as a bad one, so that trials at once do not crowd together.
            return optuna.samplers.TPESampler(seed=seed, constant_liar=True)
        if strategy == "Grid":
            choices = {name: list(choice(dimension)) for name, dimension in self._dimensions.items()}
            return Grid(choices, seed=seed)
        raise TunerError(f"strategy must be Random, Grid or Bayesian, not {strategy!r}")


def dimensions(ranges: dict[str, Any]) -> dict[str, Dimension]:
    """The hyperparameters of SageMaker's ParameterRanges.

    Raises TunerError where there is none, or the range of one makes no sense.
    """
    found: dict[str, Dimension] = {}
    kinds: dict[str, Callable[[dict[str, Any]], Dimension]] = {
        "IntegerParameterRanges": integer,
        "ContinuousParameterRanges": continuous,
        "CategoricalParameterRanges": categorical,
    }
    for kind, build in kinds.items():
        for each in ranges.get(kind) or []:
            name = str(each.get("Name"))
            if name in found:
                raise TunerError(f"hyperparameter {name} has two ranges")
            try:
                found[name] = build(each)
            except (KeyError, TypeError, ValueError) as error:
                raise TunerError(f"the range of hyperparameter {name} cannot be used: {error}") from error
    if not found:
        raise TunerError("a search needs at least one hyperparameter with a range")
    return found


def integer(bounds: dict[str, Any]) -> Dimension:
    """Whole numbers from MinValue to MaxValue, both included."""
    scaling = bounds.get("ScalingType") or "Auto"
    if scaling not in (*LINEAR, "Logarithmic"):
        raise TunerError(f"ScalingType {scaling} is not for integers")
    low, high = int(bounds["MinValue"]), int(bounds["MaxValue"])
    return Dimension(IntDistribution(low, high, log=scaling == "Logarithmic"), str)


def continuous(bounds: dict[str, Any]) -> Dimension:
    """Numbers from MinValue to MaxValue."""
    scaling = bounds.get("ScalingType") or "Auto"
    low, high = float(bounds["MinValue"]), float(bounds["MaxValue"])
    if scaling in (*LINEAR, "Logarithmic"):
        return Dimension(FloatDistribution(low, high, log=scaling == "Logarithmic"), repr)
    if scaling != "ReverseLogarithmic":
        raise TunerError(f"ScalingType {scaling} is unknown")
    if not 0 <= low <= high < 1:
        raise TunerError("ReverseLogarithmic needs 0 <= MinValue <= MaxValue < 1")
    # The distance to 1 is drawn; rounding must not lead out of the range.
    distance = FloatDistribution(1 - high, 1 - low, log=True)
    return Dimension(distance, lambda drawn: repr(min(max(1 - drawn, low), high)))


def categorical(choices: dict[str, Any]) -> Dimension:
    """One of Values."""
    return Dimension(CategoricalDistribution([str(value) for value in choices["Values"]]), str)


def choice(dimension: Dimension) -> tuple[Any, ...]:
    """The values of a categorical hyperparameter. Raises TunerError for any other."""
    if not isinstance(dimension.distribution, CategoricalDistribution):
        raise TunerError("strategy Grid takes CategoricalParameterRanges only")
    return dimension.distribution.choices


def grid_size(found: dict[str, Dimension]) -> int:
    """How many combinations a grid has."""
    return math.prod(len(choice(dimension)) for dimension in found.values())


def reply(answer: dict[str, object]) -> None:
    print(json.dumps(answer), flush=True)


def answered(tuner: Tuner, request: dict[str, Any]) -> dict[str, object]:
    """The answer to one request after the first."""
    if request.get("ask") is True:
        return tuner.ask()
    number = request.get("tell")
    if isinstance(number, int) and not isinstance(number, bool):
        return tuner.tell(number, request.get("value"))
    raise TunerError('a request is {"ask": true} or {"tell": trial, "value": number or null}')


def main() -> int:
    optuna.logging.disable_default_handler()
    optuna.logging.set_verbosity(optuna.logging.CRITICAL)
    warnings.simplefilter("ignore")
    tuner: Tuner | None = None
    try:
        for line in sys.stdin:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise TunerError("a request is a JSON object")
            if tuner is None:
                tuner = Tuner(request)
                reply({"ready": True, "grid": tuner.grid})
            else:
                reply(answered(tuner, request))
    except Exception as error:
        reply({"error": str(error) or type(error).__name__})
        return FAILED
    return 0


if __name__ == "__main__":
    sys.exit(main())
