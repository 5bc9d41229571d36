"""The ranges of a tuning job as Optuna's distributions, and the texts that jobs get for their values."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)

# AWS's Auto chooses a scale by a rule of its own; here it is the plain one.
LINEAR = ("Auto", "Linear")


class TunerError(ValueError):
    """A search or a request that cannot be honoured."""


@dataclass(frozen=True)
class Dimension:
    """One hyperparameter: what the sampler draws, the text that the job gets for it, and the way back."""

    distribution: BaseDistribution
    render: Callable[[Any], str]
    parse: Callable[[str], Any]

    def holds(self, value: Any) -> bool:
        """Whether the sampler could have drawn this value."""
        if isinstance(self.distribution, CategoricalDistribution):
            return value in self.distribution.choices
        return self.distribution.low <= value <= self.distribution.high


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
    return Dimension(IntDistribution(low, high, log=scaling == "Logarithmic"), str, int)


def continuous(bounds: dict[str, Any]) -> Dimension:
    """Numbers from MinValue to MaxValue."""
    scaling = bounds.get("ScalingType") or "Auto"
    low, high = float(bounds["MinValue"]), float(bounds["MaxValue"])
    if scaling in (*LINEAR, "Logarithmic"):
        return Dimension(FloatDistribution(low, high, log=scaling == "Logarithmic"), repr, float)
    if scaling != "ReverseLogarithmic":
        raise TunerError(f"ScalingType {scaling} is unknown")
    if not 0 <= low <= high < 1:
        raise TunerError("ReverseLogarithmic needs 0 <= MinValue <= MaxValue < 1")
    # The distance to 1 is drawn; rounding must not lead out of the range.
    distance = FloatDistribution(1 - high, 1 - low, log=True)
    return Dimension(distance, lambda drawn: repr(min(max(1 - drawn, low), high)), lambda text: 1 - float(text))


def categorical(choices: dict[str, Any]) -> Dimension:
    """One of Values."""
    return Dimension(CategoricalDistribution([str(value) for value in choices["Values"]]), str, str)


def choice(dimension: Dimension) -> tuple[Any, ...]:
    """The values of a categorical hyperparameter. Raises TunerError for any other."""
    if not isinstance(dimension.distribution, CategoricalDistribution):
        raise TunerError("strategy Grid takes CategoricalParameterRanges only")
    return dimension.distribution.choices


def grid_size(found: dict[str, Dimension]) -> int:
    """How many combinations a grid has."""
    return math.prod(len(choice(dimension)) for dimension in found.values())


def drawn(found: dict[str, Dimension], hyperparameters: dict[str, str]) -> dict[str, Any]:
    """What a sampler would have drawn for these texts; without those that lie outside of their ranges."""
    values: dict[str, Any] = {}
    for name, dimension in found.items():
        try:
            value = dimension.parse(hyperparameters[name])
        except (KeyError, ValueError):
            continue
        if dimension.holds(value):
            values[name] = value
    return values
