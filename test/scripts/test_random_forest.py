"""What makes the fits of a forest faster leaves what it learns as it is."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from crossfold import algorithms
from crossfold.batch import Setting
from crossfold.fits import trained

SEED = 3
ROWS = np.random.default_rng(SEED).normal(size=(300, 6))
TARGET = (ROWS[:, 0] + ROWS[:, 1] ** 2 > 1).astype(int)


def setting(hyperparameters: dict[str, Any], algorithm: str = "random_forest") -> Setting:
    return Setting("a", algorithm, {"n_estimators": 20, **hyperparameters})


@pytest.mark.parametrize(
    ("hyperparameters", "by_column"), [({"max_depth": 3}, True), ({}, False), ({"max_depth": None}, False)]
)
def test_a_forest_of_shallow_trees_reads_its_rows_by_column(
    tmp_path: Path, hyperparameters: dict[str, Any], by_column: bool
) -> None:
    arranged = algorithms.arranged(setting(hyperparameters), ROWS, tmp_path)
    assert arranged.flags.f_contiguous == by_column
    assert np.allclose(arranged, ROWS)


@pytest.mark.parametrize("hyperparameters", [{"max_depth": 3}, {"max_depth": 5, "max_features": 0.5}, {}])
def test_what_the_forest_learns_does_not_depend_on_it(tmp_path: Path, hyperparameters: dict[str, Any]) -> None:
    given = setting(hyperparameters)
    estimator = algorithms.build(given, SEED, tmp_path, "classification")
    ours = trained(estimator, given, tmp_path, ROWS, TARGET, None)
    plain = RandomForestClassifier(n_estimators=20, random_state=SEED, **hyperparameters).fit(ROWS, TARGET)
    assert np.array_equal(ours.predict_proba(ROWS), plain.predict_proba(ROWS))


def test_an_algorithm_without_a_wish_gets_the_rows_as_they_are(tmp_path: Path) -> None:
    assert algorithms.arranged(setting({}, "xgboost"), ROWS, tmp_path) is ROWS


@pytest.mark.parametrize("tree", [DecisionTreeClassifier, DecisionTreeRegressor])
def test_a_forest_does_not_work_out_the_signature_of_its_trees_anew(tree: type, tmp_path: Path) -> None:
    algorithms.load("random_forest", tmp_path, "classification")
    assert inspect.signature(tree.__init__) is inspect.signature(tree.__init__)
    assert "max_depth" in tree().get_params()
