"""Settings suggested by Optuna's samplers: Sobol's sequence, or TPE, which learns from the trials so far."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import optuna
from optuna.distributions import BaseDistribution
from optuna.exceptions import ExperimentalWarning
from optuna.samplers import QMCSampler, TPESampler
from optuna.trial import FrozenTrial, TrialState, create_trial

from crossfold.failure import CrossfoldError
from crossfold.search_space import Dimension, dimensions

GOALS = ("maximize", "minimize")

# Ranges of few values may have no other setting left, so there is an end: so many proposals for each that is wanted.
PROPOSALS = 20


@dataclass(frozen=True)
class Trial:
    """A setting that was scored: its mean over the folds that it was scored on, and whether these are all."""

    hyperparameters: dict[str, Any]
    mean: float
    folds: int
    finished: bool


@dataclass(frozen=True)
class Space:
    """What of an algorithm is searched: its base hyperparameters, ranges for some of them, and the trials so far."""

    algorithm: str
    hyperparameters: dict[str, Any]
    ranges: dict[str, Any]
    trials: tuple[Trial, ...]


@dataclass(frozen=True)
class Question:
    """`count` settings are wanted of each space."""

    sampler: str
    seed: int
    count: int
    startup: int  # settings that are drawn at random before anything is learned
    goal: str
    spaces: tuple[Space, ...]


def parse_question(value: Any) -> Question:
    try:
        spaces = tuple(
            Space(
                each["algorithm"],
                dict(each["hyperparameters"]),
                dict(each["ranges"]),
                tuple(Trial(**trial) for trial in each["trials"]),
            )
            for each in value["spaces"]
        )
        question = Question(
            value["sampler"], int(value["seed"]), int(value["count"]), int(value["startup"]), value["goal"], spaces
        )
        if question.sampler not in _SAMPLERS or question.goal not in GOALS:
            raise ValueError(f"sampler {question.sampler!r}, goal {question.goal!r}")
    except (KeyError, TypeError, ValueError) as error:
        raise CrossfoldError(
            f"The question for settings cannot be read ({type(error).__name__}: {error}); it is made by the"
            " orchestrator and has to have sampler, seed, count, startup, goal and spaces."
        ) from error
    return question


def suggest(question: Question) -> list[dict[str, Any]]:
    """The settings of each space, space by space; none twice, and none that a trial had.

    The same question has the same answer.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return [
        {"algorithm": space.algorithm, "hyperparameters": hyperparameters}
        for space in question.spaces
        for hyperparameters in _settings(question, space)
    ]


def _settings(question: Question, space: Space) -> list[dict[str, Any]]:
    known = {_content(trial.hyperparameters) for trial in space.trials}
    found: list[dict[str, Any]] = []
    proposals = _SAMPLERS[question.sampler](question, space, dimensions(space.ranges))
    for _ in range(PROPOSALS * question.count):
        if len(found) == question.count:
            break
        setting = {**space.hyperparameters, **next(proposals)}
        if _content(setting) not in known:
            known.add(_content(setting))
            found.append(setting)
    return found


def _sobol(question: Question, space: Space, named: Mapping[str, Dimension]) -> Iterator[dict[str, Any]]:
    """Sobol's sequence, scrambled: more settings of the same seed begin with fewer."""
    with warnings.catch_warnings():
        # Its interface may change with another version of Optuna; the job's is pinned.
        warnings.simplefilter("ignore", ExperimentalWarning)
        sampler = QMCSampler(qmc_type="sobol", scramble=True, seed=question.seed)
    study = optuna.create_study(sampler=sampler)
    # The sampler takes its space from the first trial that has ended, which is no point of the sequence.
    study.tell(study.ask(_distributions(named)), 0)
    while True:
        yield _ask(study, named)


def _bayesian(question: Question, space: Space, named: Mapping[str, Dimension]) -> Iterator[dict[str, Any]]:
    """The tree-structured Parzen estimator over all hyperparameters together.

    A setting that was suggested and has no score yet counts as a bad one, so that those that are tried at once do not
    crowd together.
    """
    # With the same numbers at every time, each time would begin with the same proposals.
    seed = int(np.random.SeedSequence([question.seed, len(space.trials)]).generate_state(1)[0])
    sampler = TPESampler(seed=seed, n_startup_trials=question.startup, multivariate=True, constant_liar=True)
    study = optuna.create_study(sampler=sampler, direction=question.goal)
    study.add_trials([_told(trial, named) for trial in space.trials])
    while True:
        yield _ask(study, named)


_SAMPLERS: dict[str, Callable[[Question, Space, Mapping[str, Dimension]], Iterator[dict[str, Any]]]] = {
    "sobol": _sobol,
    "bayesian": _bayesian,
}


def _ask(study: optuna.Study, named: Mapping[str, Dimension]) -> dict[str, Any]:
    trial = study.ask(_distributions(named))
    return {name: named[name].value(drawn) for name, drawn in trial.params.items()}


def _told(trial: Trial, named: Mapping[str, Dimension]) -> FrozenTrial:
    """A trial as Optuna is told of it.

    A mean over some of the folds does not compare with one over all: such a trial is a pruned one, worse than those.
    """
    params = {name: each.drawn(trial.hyperparameters[name]) for name, each in named.items()}
    ended: dict[str, Any] = (
        {"state": TrialState.COMPLETE, "value": trial.mean}
        if trial.finished
        else {"state": TrialState.PRUNED, "intermediate_values": {trial.folds: trial.mean}}
    )
    return create_trial(params=params, distributions=_distributions(named), **ended)


def _distributions(named: Mapping[str, Dimension]) -> dict[str, BaseDistribution]:
    return {name: dimension.distribution for name, dimension in named.items()}


def _content(setting: Mapping[str, Any]) -> str:
    return json.dumps(setting, sort_keys=True)
