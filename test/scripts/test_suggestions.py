"""Suggested settings: Sobol's sequence and TPE over the ranges of a pipeline file."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jobs import JobFailed, Jobs, read

from crossfold.search_space import dimension
from crossfold.suggestions import parse_question, suggest

RANGES: dict[str, dict[str, Any]] = {
    "rate": {"type": "continuous", "min": 0.001, "max": 10, "scaling": "logarithmic"},
    "share": {"type": "continuous", "min": 0.2, "max": 1, "scaling": "linear"},
    "decay": {"type": "continuous", "min": 0, "max": 0.999, "scaling": "reverse-logarithmic"},
    "depth": {"type": "integer", "min": 2, "max": 12, "scaling": "linear"},
    "trees": {"type": "integer", "min": 1, "max": 1000, "scaling": "logarithmic"},
    "kind": {"type": "categorical", "values": ["a", None, 1, True, 0.5]},
}
BASE = {"fixed": 3, "depth": 4}
TOP = {"share": {"type": "continuous", "min": 0, "max": 1, "scaling": "linear"}}


def question(sampler: str, count: int, **changed: Any) -> dict[str, Any]:
    space = {
        "algorithm": "own",
        "hyperparameters": changed.pop("hyperparameters", BASE),
        "ranges": changed.pop("ranges", RANGES),
        "trials": changed.pop("trials", []),
    }
    base = {"sampler": sampler, "seed": 7, "count": count, "startup": 10, "goal": "maximize", "spaces": [space]}
    return {**base, **changed}


def settings(sampler: str, count: int, **changed: Any) -> list[dict[str, Any]]:
    return [each["hyperparameters"] for each in suggest(parse_question(question(sampler, count, **changed)))]


def trial(hyperparameters: dict[str, Any], mean: float, folds: int = 5, finished: bool = True) -> dict[str, Any]:
    return {"hyperparameters": hyperparameters, "mean": mean, "folds": folds, "finished": finished}


@pytest.mark.parametrize("sampler", ["sobol", "bayesian"])
def test_settings_stay_in_their_ranges_and_keep_what_has_none(sampler: str) -> None:
    for found in settings(sampler, 40):
        assert found["fixed"] == 3
        assert 0.001 <= found["rate"] <= 10 and 0.2 <= found["share"] <= 1 and 0 <= found["decay"] <= 0.999
        assert type(found["depth"]) is int and 2 <= found["depth"] <= 12
        assert type(found["trees"]) is int and 1 <= found["trees"] <= 1000
        assert any(found["kind"] is each or found["kind"] == each for each in RANGES["kind"]["values"])


@pytest.mark.parametrize("sampler", ["sobol", "bayesian"])
def test_the_same_seed_and_scores_give_the_same_settings(sampler: str) -> None:
    trials = [trial(each, each["share"]) for each in settings("sobol", 12)]
    same = [settings(sampler, 5, trials=trials) for _ in range(2)]
    assert same[0] == same[1]
    assert settings(sampler, 5, trials=trials, seed=8) != same[0]
    turned = dict(reversed(RANGES.items()))
    assert settings(sampler, 5, trials=trials, ranges=turned) == same[0]


def test_sobol_is_balanced_on_every_scale_and_more_settings_begin_with_fewer() -> None:
    found = settings("sobol", 64)
    assert found[:10] == settings("sobol", 10)
    halves = {
        "rate": lambda value: math.log(value) < math.log(0.001 * 10) / 2,
        "share": lambda value: value < 0.6,
        "decay": lambda value: math.log(1 - value) > math.log(0.001) / 2,
        "trees": lambda value: math.log(value) < math.log(1000) / 2,
    }
    for name, below in halves.items():
        # A net of 64 points has 32 in each half; a whole number may be rounded over the border.
        assert abs(sum(below(each[name]) for each in found) - 32) <= (1 if name == "trees" else 0), name
    places = [RANGES["kind"]["values"].index(each["kind"]) for each in settings("sobol", 125, seed=3)]
    assert all(abs(count - 25) <= 4 for count in np.bincount(places)[[0, 1, 4]])


def test_no_setting_comes_twice_and_small_ranges_end() -> None:
    ranges = {"depth": {"type": "integer", "min": 1, "max": 4, "scaling": "linear"}}
    for sampler in ("sobol", "bayesian"):
        found = settings(sampler, 10, ranges=ranges, trials=[trial({"fixed": 3, "depth": 2}, 0.5)])
        assert sorted(each["depth"] for each in found) == [1, 3, 4], sampler


def test_bayesian_draws_at_random_first_and_every_wave_anew() -> None:
    first = settings("bayesian", 5)
    second = settings("bayesian", 5, trials=[trial(each, 0.5) for each in first])
    assert all(each not in first for each in second)


@pytest.mark.parametrize(("goal", "sign"), [("maximize", 1), ("minimize", -1)])
def test_bayesian_learns_where_the_scores_are_better(goal: str, sign: int) -> None:
    trials = [trial({"share": x}, -sign * (x - 0.8) ** 2) for x in np.linspace(0.02, 0.98, 25)]
    near = [
        abs(each["share"] - 0.8)
        for each in settings("bayesian", 20, ranges=TOP, goal=goal, trials=trials, hyperparameters={})
    ]
    assert np.median(near) < 0.15


@pytest.mark.parametrize("sampler", ["sobol", "bayesian"])
def test_trials_that_all_left_the_race_and_a_range_of_one_value_are_no_obstacle(sampler: str) -> None:
    trials = [trial(each, 0.5, folds=2, finished=False) for each in settings("sobol", 12)]
    assert len(settings(sampler, 5, trials=trials, goal="minimize")) == 5
    only = {**TOP, "kind": {"type": "categorical", "values": ["only"]}}
    assert {each["kind"] for each in settings(sampler, 5, ranges=only)} == {"only"}


def test_a_trial_that_left_the_race_counts_as_worse_than_those_that_finished() -> None:
    """Its mean is over fewer folds: however good it looks, it is no better than a finished one."""
    finished = [trial({"share": x}, x) for x in np.linspace(0.5, 0.9, 9)]
    left = [trial({"share": x}, 5.0, folds=2, finished=False) for x in np.linspace(0.05, 0.3, 9)]
    found = [each["share"] for each in settings("bayesian", 20, ranges=TOP, trials=finished + left, hyperparameters={})]
    assert np.median(found) > 0.6


@pytest.mark.parametrize(
    ("bounds", "values"),
    [
        ({"type": "integer", "min": 1, "max": 1000, "scaling": "logarithmic"}, [1, 37, 1000]),
        ({"type": "integer", "min": -3, "max": 5, "scaling": "linear"}, [-3, 5]),
        ({"type": "continuous", "min": 0, "max": 0.999, "scaling": "reverse-logarithmic"}, [0, 0.9, 0.999]),
        ({"type": "categorical", "values": [1, True, "1", None]}, [1, True, "1", None]),
    ],
)
def test_what_a_setting_says_goes_to_the_space_and_back(bounds: dict[str, Any], values: list[Any]) -> None:
    space = dimension("x", bounds)
    for value in values:
        back = space.value(space.drawn(value))
        assert back == pytest.approx(value, abs=1e-12) if isinstance(value, float) else back == value
        assert space.distribution._contains(space.distribution.to_internal_repr(space.drawn(value)))
    if bounds["type"] == "categorical":
        assert [space.drawn(value) for value in values] == [0, 1, 2, 3]


def test_the_job_reads_a_question_and_leaves_settings(jobs: Jobs) -> None:
    output = jobs.suggest(question("sobol", 3))
    assert [each["algorithm"] for each in read(output / "result.json")["settings"]] == ["own"] * 3


def test_a_question_that_cannot_be_read_fails_the_job(tmp_path: Path) -> None:
    with pytest.raises(JobFailed, match="question for settings cannot be read"):
        Jobs(tmp_path).suggest({**question("sobol", 3), "sampler": "magic"})
    broken = {"x": {"type": "continuous", "min": 0, "max": 1, "scaling": "auto"}}
    with pytest.raises(JobFailed, match="'x' cannot be searched"):
        Jobs(tmp_path / "other").suggest(question("sobol", 3, ranges=broken))
