"""What one training job is to do: a batch of fits, or the one setting of a final fit.

The batch arrives as JSON in hyperparameters `batch_0`, `batch_1`, … (SageMaker limits the length
of each); their values joined in order are the text. A tuning job adds the values that it searches: one hyperparameter
each, as text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crossfold.failure import CrossfoldError
from crossfold.files import read_json
from crossfold.searched import searched_values
from crossfold.task import TASKS, Task

_PART = re.compile(r"batch_(0|[1-9][0-9]*)")


@dataclass(frozen=True)
class Setting:
    """One algorithm with one value for each hyperparameter; the values are typed by the JSON."""

    name: str
    algorithm: str
    hyperparameters: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "algorithm": self.algorithm,
            "hyperparameters": self.hyperparameters,
        }


@dataclass(frozen=True)
class Fit:
    setting: Setting
    fold: int


@dataclass(frozen=True)
class Search:
    """The job scores one setting for a tuning job, which gives some values and watches the mean of `objective`."""

    objective: str
    types: dict[str, str]  # the type of each range: integer, continuous or categorical


@dataclass(frozen=True)
class Batch:
    metrics: tuple[str, ...]
    seed: int
    task: Task
    settings: tuple[Setting, ...]
    fits: tuple[Fit, ...]
    search: Search | None = None


def read_batch(file: Path) -> Batch:
    """Read the batch from a job's hyperparameters.json."""
    given = read_json(file)
    parts = {int(m.group(1)): given[key] for key in given if (m := _PART.fullmatch(key))}
    if sorted(parts) != list(range(len(parts))) or not parts:
        found = ", ".join(f"batch_{number}" for number in sorted(parts)) or "none"
        raise CrossfoldError(
            f"The job's batch is incomplete: hyperparameters batch_0, batch_1, … were expected, found: {found}."
        )
    return parse_batch("".join(parts[number] for number in sorted(parts)), given)


def parse_batch(text: str, given: Mapping[str, str] | None = None) -> Batch:
    """The batch in its JSON text; `given` has the values that a tuning job searches."""
    try:
        return _parse(json.loads(text), given or {})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CrossfoldError(
            f"The job's batch cannot be read ({type(error).__name__}: {error}); it is made by the"
            " orchestrator and has to have metrics, seed, task, settings and fits."
        ) from error


def _parse(value: dict[str, Any], given: Mapping[str, str]) -> Batch:
    if value["task"] not in TASKS:
        raise ValueError(f"task {value['task']!r} is none of {', '.join(TASKS)}")
    search = None if value.get("search") is None else Search(**value["search"])
    searched = {} if search is None else searched_values(search.types, given)
    settings = {
        name: Setting(name, str(entry["algorithm"]), {**entry.get("hyperparameters", {}), **searched})
        for name, entry in value["settings"].items()
    }
    return Batch(
        metrics=tuple(value.get("metrics", ())),
        seed=int(value["seed"]),
        task=value["task"],
        settings=tuple(settings.values()),
        fits=tuple(Fit(settings[fit["setting"]], int(fit["fold"])) for fit in value["fits"]),
        search=search,
    )
