"""The tuner as the endpoint talks to it: lines of JSON to a process and back."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from typing import Any

import pytest
from forked import SOURCES

RANGES = {
    "IntegerParameterRanges": [
        {"Name": "depth", "MinValue": "2", "MaxValue": "9", "ScalingType": "Auto"},
        {"Name": "trees", "MinValue": "1", "MaxValue": "1000", "ScalingType": "Logarithmic"},
    ],
    "ContinuousParameterRanges": [
        {"Name": "share", "MinValue": "0.5", "MaxValue": "1", "ScalingType": "Linear"},
        {"Name": "rate", "MinValue": "1e-6", "MaxValue": "1", "ScalingType": "Logarithmic"},
        {"Name": "decay", "MinValue": "0.5", "MaxValue": "0.99999", "ScalingType": "ReverseLogarithmic"},
    ],
    "CategoricalParameterRanges": [{"Name": "loss", "Values": ["a", "b"]}],
}
GRID = {
    "CategoricalParameterRanges": [{"Name": "x", "Values": ["1", "2", "3"]}, {"Name": "y", "Values": ["on", "off"]}]
}


def search(strategy: str = "Random", seed: int | None = 7, **fields: Any) -> dict[str, Any]:
    return {"strategy": strategy, "seed": seed, "goal": "Maximize", "ranges": RANGES, **fields}


class Conversation:
    """One tuner process."""

    def __init__(self, first: dict[str, Any]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(SOURCES / "tuner.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.ready = self.say(first)

    def say(self, request: object) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def ask(self) -> dict[str, Any]:
        return self.say({"ask": True})

    def end(self) -> tuple[int, str]:
        _, errors = self.process.communicate()
        return self.process.returncode, errors


def scored(strategy: str, seed: int | None, count: int) -> list[dict[str, str]]:
    """The hyperparameters of trials, two at a time, whose score is the share."""
    talk = Conversation(search(strategy, seed))
    found: list[dict[str, str]] = []
    for number in range(0, count, 2):
        for _ in range(2):
            given = talk.ask()
            assert given["trial"] == len(found)
            found.append(given["hyperparameters"])
        for told in (number + 1, number):
            assert talk.say({"tell": told, "value": float(found[told]["share"])}) == {"ok": True}
    assert talk.end() == (0, "")
    return found


@pytest.mark.parametrize("strategy", ["Random", "Bayesian"])
def test_values_are_texts_in_their_ranges(strategy: str) -> None:
    for values in scored(strategy, 7, 40):
        assert list(values) == ["depth", "trees", "share", "rate", "decay", "loss"]
        assert values["depth"].isdecimal() and 2 <= int(values["depth"]) <= 9
        assert values["trees"].isdecimal() and 1 <= int(values["trees"]) <= 1000
        for name, low, high in (("share", 0.5, 1.0), ("rate", 1e-6, 1.0), ("decay", 0.5, 0.99999)):
            assert low <= float(values[name]) <= high
            assert values[name] == repr(float(values[name]))
        assert values["loss"] in ("a", "b")


@pytest.mark.parametrize("strategy", ["Random", "Bayesian"])
def test_a_seed_repeats_the_search(strategy: str) -> None:
    assert scored(strategy, 7, 24) == scored(strategy, 7, 24)
    assert scored(strategy, 7, 2) != scored(strategy, 8, 2)


def test_scales() -> None:
    """Half of the draws lie below the middle of each scale, give or take."""
    found = scored("Random", 1, 200)
    below = {
        "share": sum(float(values["share"]) < 0.75 for values in found),
        "rate": sum(float(values["rate"]) < 1e-3 for values in found),
        "trees": sum(int(values["trees"]) < 32 for values in found),
        "decay": sum(1 - float(values["decay"]) < (0.5 * 1e-5) ** 0.5 for values in found),
    }
    assert all(70 < count < 130 for count in below.values()), below


@pytest.mark.parametrize(("goal", "better"), [("Maximize", True), ("Minimize", False)])
def test_bayesian_goes_where_the_goal_is(goal: str, better: bool) -> None:
    ranges = {"ContinuousParameterRanges": [{"Name": "x", "MinValue": "0", "MaxValue": "1"}]}
    talk = Conversation(search("Bayesian", ranges=ranges, goal=goal))
    found = []
    for _ in range(40):
        given = talk.ask()
        found.append(float(given["hyperparameters"]["x"]))
        talk.say({"tell": given["trial"], "value": found[-1]})
    late = sum(found[20:]) / 20
    assert (late > 0.6) is better
    assert (late < 0.4) is not better
    talk.end()


@pytest.mark.parametrize("seed", [None, 3])
def test_grid_yields_each_combination_once(seed: int | None) -> None:
    talk = Conversation(search("Grid", seed, ranges=GRID))
    assert talk.ready == {"ready": True, "grid": 6}
    found = []
    for number in range(6):
        found.append(talk.ask()["hyperparameters"])
        if number % 2:
            talk.say({"tell": number, "value": None if number == 3 else 0.5})
    assert talk.ask() == {"done": True}
    for number in (0, 2, 4):
        assert talk.say({"tell": number, "value": 0.5}) == {"ok": True}
    assert talk.ask() == {"done": True}
    assert sorted((each["x"], each["y"]) for each in found) == sorted(itertools.product("123", ("on", "off")))
    assert talk.end() == (0, "")


def test_a_trial_without_a_score_does_not_end_the_search() -> None:
    talk = Conversation(search("Bayesian"))
    assert talk.ready == {"ready": True, "grid": None}
    for value in (None, float("nan"), 0.5):
        assert talk.say({"tell": talk.ask()["trial"], "value": value}) == {"ok": True}
    assert talk.end() == (0, "")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"strategy": "Annealing"}, "Annealing"),
        ({"pruning": {"rule": "luck"}}, "luck"),
        ({"goal": "Best"}, "Best"),
        ({"ranges": {}}, "at least one"),
        ({"strategy": "Grid"}, "CategoricalParameterRanges only"),
        ({"ranges": {"IntegerParameterRanges": [{"Name": "k", "MinValue": "9", "MaxValue": "2"}]}}, "k"),
        ({"ranges": {"IntegerParameterRanges": [{"Name": "k", "MinValue": "1"}]}}, "MaxValue"),
        (
            {
                "ranges": {
                    "ContinuousParameterRanges": [
                        {"Name": "z", "MinValue": "0", "MaxValue": "1", "ScalingType": "ReverseLogarithmic"}
                    ]
                }
            },
            "MaxValue < 1",
        ),
    ],
)
def test_a_search_that_makes_no_sense(fields: dict[str, Any], named: str) -> None:
    talk = Conversation(search(**fields))
    assert list(talk.ready) == ["error"]
    assert named in talk.ready["error"]
    assert talk.end() == (2, "")


@pytest.mark.parametrize("request_", [{"tell": 5, "value": 1}, {"tell": "0"}, {"what": 1}, []])
def test_a_request_that_makes_no_sense(request_: object) -> None:
    talk = Conversation(search())
    assert list(talk.say(request_)) == ["error"]
    assert talk.end() == (2, "")


def test_a_trial_is_told_once() -> None:
    talk = Conversation(search())
    talk.ask()
    talk.say({"tell": 0, "value": 1})
    assert "trial 0" in talk.say({"tell": 0, "value": 1})["error"]
    assert talk.end()[0] == 2


@pytest.mark.parametrize("strategy", ["Random", "Grid"])
def test_goes_on_after_a_restart_where_it_was(strategy: str) -> None:
    ranges = GRID if strategy == "Grid" else RANGES
    before, after = (Conversation(search(strategy, ranges=ranges)) for _ in range(2))
    drawn = [before.ask()["hyperparameters"] for _ in range(6)]
    for number in range(3):
        assert after.say({"made": drawn[number]}) == {"trial": number}
    assert [after.ask()["hyperparameters"] for _ in range(3)] == drawn[3:]


def test_a_restart_takes_up_what_bayesian_proposed() -> None:
    before, after = (Conversation(search("Bayesian")) for _ in range(2))
    drawn = [before.ask()["hyperparameters"] for _ in range(3)]
    for number, hyperparameters in enumerate(drawn):
        assert after.say({"made": hyperparameters}) == {"trial": number}
    for number in range(3):
        assert after.say({"tell": number, "value": 0.5}) == {"ok": True}
    assert after.ask()["hyperparameters"] not in drawn


def test_a_restart_with_another_search_is_an_error() -> None:
    talk = Conversation(search())
    assert "no longer proposes" in talk.say({"made": {"depth": "3"}})["error"]


def test_bayesian_begins_where_its_parents_ended() -> None:
    ranges = {"ContinuousParameterRanges": [{"Name": "x", "MinValue": "0", "MaxValue": "1"}]}
    talk = Conversation(search("Bayesian", ranges=ranges))
    for number in range(40):
        x = number / 40
        assert talk.say({"parent": {"x": str(x), "other": "7"}, "value": -abs(x - 0.7)}) == {"ok": True}
    assert talk.say({"parent": {"x": "2"}, "value": 9}) == {"ok": True}
    found = []
    for _ in range(10):
        given = talk.ask()
        assert given["trial"] >= 41
        found.append(float(given["hyperparameters"]["x"]))
        talk.say({"tell": given["trial"], "value": -abs(found[-1] - 0.7)})
    assert sum(abs(x - 0.7) < 0.2 for x in found) >= 8


def curve(end: float) -> list[float]:
    """Scores that rise to `end` over ten epochs."""
    return [end * epoch / 10 for epoch in range(1, 11)]


def test_the_median_of_running_averages_stops_what_is_worse() -> None:
    talk = Conversation(search(pruning={"rule": "median"}))
    for number, end in enumerate((0.5, 0.6, 0.7, 0.8, 0.9)):
        talk.ask()
        assert talk.say({"report": number, "values": curve(end)}) == {"prune": False}
        talk.say({"tell": number, "value": end})
    # At the second epoch the running averages are .15 of the ends: their median is .105.
    for value, stopped in ((0.106, False), (0.104, True)):
        number = talk.ask()["trial"]
        assert talk.say({"report": number, "values": [0.9]}) == {"prune": False}
        assert talk.say({"report": number, "values": [0.9, value]}) == {"prune": stopped}
        assert talk.say({"tell": number, "value": value, "pruned": stopped}) == {"ok": True}


def test_hyperband_stops_early_and_at_the_largest_resource() -> None:
    talk = Conversation(search("Hyperband", pruning={"rule": "hyperband", "least": 1, "most": 9}))
    stopped = set()
    for number in range(40):
        talk.ask()
        for epoch in range(1, 11):
            values = [number % 7 / 7] * epoch
            if talk.say({"report": number, "values": values})["prune"]:
                stopped.add(epoch)
                break
        talk.say({"tell": number, "value": values[-1], "pruned": True})
    assert 10 in stopped
    assert min(stopped) < 9


def test_a_report_of_a_trial_that_does_not_run_is_an_error() -> None:
    assert "does not run" in Conversation(search()).say({"report": 3, "values": [1]})["error"]
