"""A pipeline's ranges as Optuna's distributions, and the way between what is drawn and what a setting says.

The scaling of a range is `linear`, `logarithmic` or `reverse-logarithmic`; who asks has decided what `auto` means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from crossfold.failure import CrossfoldError


@dataclass(frozen=True)
class Continuous:
    """Numbers from `low` to `high`, even on a linear or a logarithmic scale."""

    low: float
    high: float
    log: bool

    @property
    def distribution(self) -> BaseDistribution:
        return FloatDistribution(self.low, self.high, log=self.log)

    def value(self, drawn: Any) -> float:
        return float(drawn)

    def drawn(self, value: Any) -> float:
        return min(max(float(value), self.low), self.high)


@dataclass(frozen=True)
class ReverseLogarithmic:
    """Numbers from `low` to `high`, below 1, dense towards 1: the distance to 1 is drawn on a logarithmic scale."""

    low: float
    high: float

    @property
    def distribution(self) -> BaseDistribution:
        return FloatDistribution(1 - self.high, 1 - self.low, log=True)

    def value(self, drawn: Any) -> float:
        return min(max(1 - float(drawn), self.low), self.high)

    def drawn(self, value: Any) -> float:
        return min(max(1 - float(value), 1 - self.high), 1 - self.low)


@dataclass(frozen=True)
class Integer:
    """Whole numbers from `low` to `high`, each as likely as the others."""

    low: int
    high: int

    @property
    def distribution(self) -> BaseDistribution:
        return IntDistribution(self.low, self.high)

    def value(self, drawn: Any) -> int:
        return int(drawn)

    def drawn(self, value: Any) -> int:
        return int(value)


@dataclass(frozen=True)
class LogarithmicInteger:
    """Whole numbers from `low` to `high`: what is drawn between them on a logarithmic scale, rounded.

    Optuna's own logarithmic integers begin at `low` - 1/2, which makes a `low` of 1 twice as likely as 2.
    """

    low: int
    high: int

    @property
    def distribution(self) -> BaseDistribution:
        return FloatDistribution(self.low, self.high, log=True)

    def value(self, drawn: Any) -> int:
        return round(drawn)

    def drawn(self, value: Any) -> float:
        return float(value)


@dataclass(frozen=True)
class Categorical:
    """One of some values. Their places are drawn: Optuna takes 1 and True for the same choice."""

    values: tuple[Any, ...]

    @property
    def distribution(self) -> BaseDistribution:
        return CategoricalDistribution(range(len(self.values)))

    def value(self, drawn: Any) -> Any:
        return self.values[drawn]

    def drawn(self, value: Any) -> int:
        return next(place for place, each in enumerate(self.values) if each == value and type(each) is type(value))


Dimension = Continuous | ReverseLogarithmic | Integer | LogarithmicInteger | Categorical


def dimensions(ranges: Mapping[str, Mapping[str, Any]]) -> dict[str, Dimension]:
    """The dimensions of a space, in the order of their names, so that the order of ranges changes nothing."""
    return {name: dimension(name, ranges[name]) for name in sorted(ranges)}


def dimension(name: str, bounds: Mapping[str, Any]) -> Dimension:
    """One range of the pipeline file as a dimension."""
    match bounds:
        case {"type": "categorical", "values": list(values)}:
            return Categorical(tuple(values))
        case {"type": "continuous", "min": low, "max": high, "scaling": "linear" | "logarithmic" as scaling}:
            return Continuous(float(low), float(high), scaling == "logarithmic")
        case {"type": "continuous", "min": low, "max": high, "scaling": "reverse-logarithmic"}:
            return ReverseLogarithmic(float(low), float(high))
        case {"type": "integer", "min": low, "max": high, "scaling": "linear"}:
            return Integer(int(low), int(high))
        case {"type": "integer", "min": low, "max": high, "scaling": "logarithmic"}:
            return LogarithmicInteger(int(low), int(high))
    raise CrossfoldError(
        f"The range of the hyperparameter {name!r} cannot be searched: {dict(bounds)}. The question is made by the"
        " orchestrator; a range has a type, and values, or min, max and a scaling."
    )
