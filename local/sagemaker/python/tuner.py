"""Suggests the hyperparameters of a tuning job, as lines of JSON on stdin and stdout.

The first line is the search, the answer `{"ready": true, "grid": n}`, n being the size of a grid or null. Then

- `{"parent": hyperparameters, "value": number}` adds what an earlier tuning job found;
- `{"made": hyperparameters}` takes up a trial from before a restart;
- `{"ask": true}` yields a trial;
- `{"report": trial, "values": [number]}` gives a trial's scores so far, one an epoch, and yields whether to stop it;
- `{"tell": trial, "value": number}` notes a trial's score, null for one that failed; with `"pruned": true` that it was
  stopped early.

A mistake is answered by `{"error": message}` and the end of the process with code 2.
"""

from __future__ import annotations

import json
import math
import sys
import warnings
from typing import Any

import optuna
from optuna.samplers import BaseSampler, GridSampler, RandomSampler, TPESampler
from optuna.study import StudyDirection
from optuna.trial import Trial, TrialState, create_trial

from pruning import pruner
from search_space import TunerError, choice, dimensions, drawn, grid_size

FAILED = 2

DIRECTIONS = {"Maximize": StudyDirection.MAXIMIZE, "Minimize": StudyDirection.MINIMIZE}


class Grid(GridSampler):
    """Each combination once. Its end is the asker's to see: optuna would stop a loop that there is not."""

    def after_trial(self, *_: Any) -> None:
        """Does nothing."""


class Tuner:
    """One search. Trials are numbered from 0: first those of parents, then in the order they were asked for."""

    def __init__(self, search: dict[str, Any]) -> None:
        """Raises TunerError for ranges that the strategy does not take."""
        self._dimensions = dimensions(search.get("ranges") or {})
        self._strategy, self._seed = search.get("strategy"), search.get("seed")
        self.grid = grid_size(self._dimensions) if self._strategy == "Grid" else None
        self._asked = 0
        direction = DIRECTIONS.get(str(search.get("goal")))
        if direction is None:
            raise TunerError(f"goal must be Maximize or Minimize, not {search.get('goal')!r}")
        self._study = optuna.create_study(
            # Hyperband chooses a trial's bracket by the name.
            study_name=str(search.get("name", "search")),
            direction=direction,
            sampler=self._sampler(self._seed),
            pruner=pruner(search.get("pruning")),
        )

    def parent(self, hyperparameters: dict[str, str], value: float) -> dict[str, object]:
        """Adds what an earlier tuning job found, as far as it lies in the ranges of this one."""
        self._add(hyperparameters, TrialState.COMPLETE, value)
        return {"ok": True}

    def made(self, hyperparameters: dict[str, str]) -> dict[str, object]:
        """Takes up a trial that was asked for before a restart. Raises TunerError where the sequence is another."""
        if self._strategy != "Bayesian":
            again = self.ask()
            if again.get("hyperparameters") != hyperparameters:
                raise TunerError("the sampler no longer proposes what it proposed before the restart")
            return {"trial": again["trial"]}
        self._add(hyperparameters, TrialState.RUNNING)
        number = len(self._study.get_trials(deepcopy=False)) - 1
        # With the same numbers again it would start with the same proposals.
        self._study.sampler = self._sampler(None if self._seed is None else self._seed + number + 1)
        return {"trial": number}

    def ask(self) -> dict[str, object]:
        """The next trial, or that a grid has none left."""
        if self.grid is not None and self._asked >= self.grid:
            return {"done": True}
        self._asked += 1
        trial = self._study.ask({name: dimension.distribution for name, dimension in self._dimensions.items()})
        values = {name: self._dimensions[name].render(value) for name, value in trial.params.items()}
        return {"trial": trial.number, "hyperparameters": values}

    def report(self, number: int, values: list[float]) -> dict[str, object]:
        """Whether a trial with these scores so far is to be stopped. Raises TunerError for one that does not run."""
        trial = self._running(number)
        known = self._study.get_trials(deepcopy=False)[number].last_step or 0
        for step in range(known + 1, len(values) + 1):
            trial.report(values[step - 1], step)
            if trial.should_prune():
                return {"prune": True}
        return {"prune": False}

    def tell(self, number: int, value: float | None, pruned: bool = False) -> dict[str, object]:
        """Notes how a trial ended. Raises TunerError for a trial that was never asked for or has ended."""
        try:
            if value is None or not math.isfinite(value):
                self._study.tell(number, state=TrialState.FAIL)
            elif pruned:
                self._study.tell(number, state=TrialState.PRUNED)
            else:
                self._study.tell(number, value)
        except ValueError as error:
            raise TunerError(f"trial {number}: {error}") from error
        return {"ok": True}

    def _running(self, number: int) -> Trial:
        trials = self._study.get_trials(deepcopy=False)
        if not 0 <= number < len(trials) or trials[number].state != TrialState.RUNNING:
            raise TunerError(f"trial {number} does not run")
        return Trial(self._study, trials[number]._trial_id)

    def _add(self, hyperparameters: dict[str, str], state: TrialState, value: float | None = None) -> None:
        params = drawn(self._dimensions, hyperparameters)
        distributions = {name: self._dimensions[name].distribution for name in params}
        self._study.add_trial(create_trial(state=state, value=value, params=params, distributions=distributions))

    def _sampler(self, seed: int | None) -> BaseSampler:
        if self._strategy in ("Random", "Hyperband"):
            return RandomSampler(seed=seed)
        if self._strategy == "Bayesian":
            # A trial that still runs counts as a bad one, so that trials at once do not crowd together.
            return TPESampler(seed=seed, constant_liar=True)
        if self._strategy == "Grid":
            return Grid({name: list(choice(each)) for name, each in self._dimensions.items()}, seed=seed)
        raise TunerError(f"strategy must be Random, Grid, Bayesian or Hyperband, not {self._strategy!r}")


def reply(answer: dict[str, object]) -> None:
    print(json.dumps(answer), flush=True)


def answered(tuner: Tuner, request: dict[str, Any]) -> dict[str, object]:
    """The answer to one request after the first."""
    match request:
        case {"ask": True}:
            return tuner.ask()
        case {"parent": dict(hyperparameters), "value": int() | float() as value}:
            return tuner.parent(hyperparameters, value)
        case {"made": dict(hyperparameters)}:
            return tuner.made(hyperparameters)
        case {"report": int(trial), "values": list(values)}:
            return tuner.report(trial, [float(value) for value in values])
        case {"tell": int(trial)}:
            return tuner.tell(trial, request.get("value"), request.get("pruned") is True)
    raise TunerError("a request is ask, parent, made, report or tell, as the head of this file describes them")


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
