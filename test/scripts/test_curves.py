"""The points of a report's curves, and the importance of columns."""

from __future__ import annotations

import numpy as np
import pytest
from jobs import ALGORITHMS, CrossValidation, Jobs, as_csv, preprocessing, read, small_table
from sklearn.calibration import calibration_curve
from sklearn.inspection import permutation_importance
from sklearn.metrics import auc, precision_recall_curve, roc_auc_score, roc_curve

from crossfold import metrics, model, table, target
from crossfold.curves import BINS, POINTS, curves_of
from crossfold.importance import importance_of


def predictions(rows: int, classes: int = 2) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(7)
    truth = random.integers(0, classes, rows)
    raw = random.random((rows, classes)) + np.eye(classes)[truth] / 4
    return truth, raw / raw.sum(axis=1, keepdims=True)


def test_few_points_are_scikit_learns_own() -> None:
    truth, given = predictions(60)
    [curves] = curves_of(truth, given, None)["classes"]
    x, y, _ = roc_curve(truth, given[:, 1])
    assert curves["class"] == 1
    assert np.array(curves["roc"]) == pytest.approx(np.column_stack([x, y]), abs=1e-6)
    precision, recall, _ = precision_recall_curve(truth, given[:, 1], drop_intermediate=True)
    expected = np.column_stack([recall[::-1], precision[::-1]])
    assert np.array(curves["precision_recall"]) == pytest.approx(expected, abs=1e-6)
    observed, predicted = calibration_curve(truth, given[:, 1], n_bins=BINS)
    assert [each["observed"] for each in curves["calibration"]] == pytest.approx(observed)
    assert [each["predicted"] for each in curves["calibration"]] == pytest.approx(predicted)
    assert sum(each["weight"] for each in curves["calibration"]) == 60


def test_many_points_are_cut_and_the_area_stays() -> None:
    truth, given = predictions(20_000)
    [curves] = curves_of(truth, given, None)["classes"]
    for name in ("roc", "precision_recall"):
        assert 100 < len(curves[name]) <= POINTS
    assert curves["roc"][0] == [0, 0] and curves["roc"][-1] == [1, 1]
    x, y = np.array(curves["roc"]).T
    assert auc(x, y) == pytest.approx(roc_auc_score(truth, given[:, 1]), abs=2e-3)


def test_weights_count_as_rows_do() -> None:
    truth, given = predictions(40)
    weight = np.arange(40) % 3 + 1
    [weighted] = curves_of(truth, given, weight.astype(float))["classes"]
    [repeated] = curves_of(truth.repeat(weight), given.repeat(weight, axis=0), None)["classes"]
    assert weighted["share"] == pytest.approx(repeated["share"])
    assert np.array(weighted["roc"]) == pytest.approx(np.array(repeated["roc"]), abs=1e-6)
    for one, other in zip(weighted["calibration"], repeated["calibration"], strict=True):
        assert one == pytest.approx(other)


def test_each_class_has_its_own_curves_and_one_without_rows_none() -> None:
    truth, given = predictions(90, classes=4)
    given = given[truth != 2]
    truth = truth[truth != 2]
    assert [each["class"] for each in curves_of(truth, given, None)["classes"]] == [0, 1, 3]


def test_a_regression_has_pairs_over_the_whole_range() -> None:
    truth = np.random.default_rng(3).normal(size=5000)
    pairs = curves_of(truth, truth + 1, None)["pairs"]
    assert len(pairs) == POINTS
    assert pairs[0][0] == pytest.approx(truth.min(), rel=1e-5) and pairs[-1][0] == pytest.approx(truth.max(), rel=1e-5)
    assert all(predicted == pytest.approx(true + 1, abs=1e-4) for true, predicted in pairs)


def test_a_fit_and_an_evaluation_leave_theirs(titanic: CrossValidation, jobs: Jobs) -> None:
    settings = {"a": {"algorithm": "logistic_regression", "hyperparameters": ALGORITHMS["logistic_regression"]}}
    output = jobs.train(settings, [{"setting": "a", "fold": 2}], {2: titanic.folds[2]})
    [fit] = read(output / "curves.json")["fits"]
    [score] = read(output / "result.json")["fits"]
    assert (fit["setting"], fit["fold"]) == ("a", 2)
    x, y = np.array(fit["classes"][0]["roc"]).T
    assert auc(x, y) == pytest.approx(score["metrics"]["roc_auc"], abs=1e-4)

    folder = jobs.final_fit(titanic.split, "logistic_regression", ALGORITHMS["logistic_regression"])
    evaluation = jobs.evaluate(titanic.split, folder)
    assert read(evaluation / "curves.json")["classes"][0]["class"] == 1
    importance = read(evaluation / "importance.json")
    assert importance["left_out"] is None
    # Who drowned was decided by sex before all else.
    assert importance["features"][0]["feature"] == "Sex" and importance["features"][0]["mean"] > 0.05


@pytest.mark.parametrize("scoring", ["roc_auc", "accuracy"])
def test_an_importance_is_scikit_learns(titanic: CrossValidation, jobs: Jobs, scoring: str) -> None:
    folder = jobs.final_fit(titanic.split, "random_forest", ALGORITHMS["random_forest"])
    fitted = model.load(folder)
    rows = table.read(titanic.split / "holdout", fitted.columns)
    truth = target.numbers_of(rows, fitted.columns, fitted.card.task, fitted.card.classes)
    features = table.features(rows, fitted.columns)
    weight = np.linspace(0.5, 1.5, len(rows))
    theirs = permutation_importance(
        fitted.pipeline, features, truth, scoring=scoring, n_repeats=5, random_state=0, sample_weight=weight
    )
    [metric] = metrics.find([scoring], "classification", jobs.scripts)
    ours = importance_of(metric, fitted, rows, truth, weight)["features"]
    for name, mean, sd in zip(features, theirs["importances_mean"], theirs["importances_std"], strict=True):
        [own] = [each for each in ours if each["feature"] == name]
        assert (own["mean"], own["sd"]) == pytest.approx((mean, sd), abs=1e-12)


def test_the_column_that_decides_is_the_important_one(jobs: Jobs) -> None:
    jobs.task = "regression"
    jobs.write_scripts({"preprocessing.py": preprocessing(numeric=("x", "z"), categorical=())})
    rows = [[str(n % 11), str(n * 7 % 13), str(3 * (n % 11))] for n in range(120)]
    split = jobs.split(as_csv([["x", "z", "y"], *rows]), metrics="rmse", scheme="plain")
    folder = jobs.final_fit(split, "ridge", {})
    features = {each["feature"]: each["mean"] for each in importance_in(jobs, split, folder)["features"]}
    # A loss gets larger when the column is shuffled: the importance is positive all the same.
    assert features["x"] > 1 and features["z"] == pytest.approx(0, abs=0.05)


def test_a_table_too_wide_says_so(jobs: Jobs) -> None:
    names = [f"x{n}" for n in range(101)]
    jobs.write_scripts({"preprocessing.py": preprocessing(numeric=names, categorical=())})
    rows = [[*(str((n * k) % 7) for k in range(101)), row[-1]] for n, row in enumerate(small_table()[1:])]
    split = jobs.split(as_csv([[*names, "y"], *rows]), metrics="accuracy")
    importance = importance_in(jobs, split, jobs.final_fit(split, "logistic_regression", {}), "accuracy")
    assert importance == {"left_out": "the table has 101 columns, more than 100", "features": []}


def importance_in(jobs: Jobs, split, folder, metric: str = "rmse"):  # noqa: ANN001, ANN201
    return read(jobs.evaluate(split, folder, [metric]) / "importance.json")
