"""A pipeline's own metrics: what they are given, that they count as any other, and how a wrong one is named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from bundled import as_text, bundled, cross_validate, scripts_for
from jobs import JobFailed, Jobs, as_csv, preprocessing, read, small_table
from sklearn.datasets import load_diabetes, load_wine

CLASSES = """
import numpy as np


def profit(truth, label):
    return np.sum(10 * (label == 1) * (truth == 1) - 3 * (label == 1) * (truth != 1))


def surprise(truth, probability, sample_weight=None):
    assert probability.ndim == (1 if truth.max() == 1 else 2)
    given = probability if probability.ndim == 1 else probability[:, 1]
    return np.average(np.abs((truth == 1) - given), weights=sample_weight)


METRICS = {
    "profit": {"function": profit, "needs": "label", "goal": "maximize"},
    "surprise": {"function": surprise, "needs": "probability", "goal": "minimize"},
}
"""
NUMBERS = """
def worst(truth, value):
    return abs(truth - value).max()


METRICS = {"worst": {"function": worst, "needs": "value", "goal": "minimize"}}
"""


@pytest.mark.parametrize("classes", [2, 3])
def test_own_metrics_of_classes(jobs: Jobs, classes: int) -> None:
    frame = bundled(load_wine)
    frame = frame[frame["y"] < classes].assign(w=lambda table: np.arange(len(table)) % 3 + 1)
    jobs.write_scripts({**scripts_for(frame, "WEIGHT = 'w'", ("w",)), "metrics.py": CLASSES})
    split = jobs.split(as_text(frame), folds=2, metrics="profit,surprise,accuracy")
    assert read(split / "result.json")["goals"] == {
        "profit": "maximize",
        "surprise": "minimize",
        "accuracy": "maximize",
    }
    output, scores = cross_validate(jobs, split, {"logistic_regression": {}}, ["profit", "surprise"], 2)
    predictions = pd.read_parquet(output / "predictions.parquet")
    for (_, fold), ours in scores.items():
        part = predictions[predictions["fold"] == fold]
        shares = part.filter(regex=r"^p\d$").to_numpy()
        bought, good = shares.argmax(axis=1) == 1, part["target"].to_numpy() == 1
        assert ours["profit"] == 10 * (bought & good).sum() - 3 * (bought & ~good).sum()
        weight = part["row"].to_numpy() % 3 + 1
        assert ours["surprise"] == pytest.approx(np.average(np.abs(good - shares[:, 1]), weights=weight), abs=1e-12)
    model = jobs.final_fit(split, "logistic_regression", {})
    assert set(read(jobs.evaluate(split, model, ["profit"]) / "result.json")["metrics"]) == {"profit"}


def test_an_own_metric_of_numbers(jobs: Jobs) -> None:
    frame = bundled(load_diabetes)
    jobs.task = "regression"
    jobs.write_scripts({**scripts_for(frame), "metrics.py": NUMBERS})
    split = jobs.split(as_text(frame), scheme="plain", folds=2, metrics="worst")
    output, scores = cross_validate(jobs, split, {"ridge": {}}, ["worst"], 2)
    predictions = pd.read_parquet(output / "predictions.parquet")
    errors = (predictions["target"] - predictions["prediction"]).abs().groupby(predictions["fold"]).max()
    assert [scores["ridge", fold]["worst"] for fold in (0, 1)] == errors.tolist()


def entry(text: str) -> str:
    return f"def f(truth, label):\n    return 1.0\n\nMETRICS = {{'own': {text}}}\n"


GOOD = "{'function': f, 'needs': 'label', 'goal': 'maximize'}"
WRONG: dict[str, tuple[str, str]] = {
    "no METRICS": ("x = 1\n", "metrics.py has to set METRICS .*found None"),
    "a list": ("METRICS = ['own']\n", r"set METRICS .*found \['own'\]"),
    "a bare function": (entry("f"), "'own' in metrics.py has to have the form"),
    "a key too few": (entry("{'function': f, 'goal': 'maximize'}"), "'own' in metrics.py has to have the form"),
    "a wrong goal": (entry(GOOD.replace("maximize", "up")), "'own' .* goal 'up'; allowed: maximize, minimize"),
    "a wrong need": (entry(GOOD.replace("label", "score")), "needs 'score'; allowed: probability, label, value"),
    "no function": (entry(GOOD.replace("f,", "3,")), "'own' in metrics.py needs a function"),
    "a function of one": (entry(GOOD).replace("truth, label", "label"), "needs a function of the truth"),
    "a name that is taken": (entry(GOOD).replace("'own'", "'f1'"), "'f1', which is taken"),
    "a name in capitals": (entry(GOOD).replace("'own'", "'Own'"), "the name 'Own'; allowed: lower-case"),
    "another task's": (entry(GOOD.replace("label", "value")), "'own' is for regression"),
    "a syntax error": ("METRICS = {\n", r"SyntaxError.*metrics.py:1"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_metrics_file_is_refused_by_the_split(jobs: Jobs, case: str) -> None:
    text, expected = WRONG[case]
    jobs.write_scripts({"preprocessing.py": preprocessing(), "metrics.py": text})
    with pytest.raises(JobFailed, match=expected):
        jobs.split(as_csv(small_table()), metrics="accuracy,own")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("1 / 0", r"metric own cannot be computed: ZeroDivisionError.*metrics.py:2"),
        ("[truth]", "metric own cannot be computed: it returned .*one number"),
        ("float('nan')", "metric own has no value on these"),
    ],
)
def test_a_metric_that_fails_is_named_with_its_line(jobs: Jobs, body: str, expected: str) -> None:
    text = entry(GOOD).replace("return 1.0", f"return {body}")
    jobs.write_scripts({"preprocessing.py": preprocessing(), "metrics.py": text})
    split = jobs.split(as_csv(small_table()), folds=2, metrics="own")
    with pytest.raises(JobFailed, match=expected):
        cross_validate(jobs, split, {"logistic_regression": {}}, ["own"], 1)
