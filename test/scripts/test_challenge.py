"""The challenge: champion and challenger on rows that neither was trained on."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from jobs import TITANIC, CrossValidation, JobFailed, Jobs
from sklearn.metrics import roc_auc_score

from crossfold.paired import paired_bootstrap

TEXT = (TITANIC / "titanic.csv").read_text(encoding="utf-8")


def test_the_bootstrap_sees_a_gain_a_loss_and_a_tie() -> None:
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 2, 400)
    good, bad = truth + rng.normal(size=400), truth + rng.normal(0, 5, size=400)

    def compare(a: np.ndarray, b: np.ndarray, sign: int = 1) -> tuple[float, float]:
        found = paired_bootstrap(
            lambda at: (roc_auc_score(truth[at], a[at]), roc_auc_score(truth[at], b[at])), truth, sign, 0.95, 0
        )
        assert found.champion == roc_auc_score(truth, a) and found.challenger == roc_auc_score(truth, b)
        assert found.low <= found.challenger - found.champion <= found.high
        return found.p_better, found.p_worse

    better, worse = compare(bad, good)
    assert better < 0.01 and worse > 0.99
    assert compare(bad, good, sign=-1) == (worse, better)
    assert compare(good, bad)[1] < 0.01
    # Equal in every resample: neither better nor worse.
    assert compare(good, good) == (1.0, 1.0)


def test_only_rows_that_the_champion_has_not_seen_count(titanic: CrossValidation, jobs: Jobs) -> None:
    champion = (titanic.split, jobs.final_fit(titanic.split, "logistic_regression", {"C": 1.0}))
    split = jobs.split(TEXT, seed=7)
    challenger = (split, jobs.final_fit(split, "random_forest", {"n_estimators": 50}))
    result = jobs.challenge(champion, challenger, "accuracy")
    trained = set(pd.read_parquet(titanic.split / "train" / "table.parquet").index)
    held = set(pd.read_parquet(split / "holdout" / "table.parquet").index)
    # Rows of equal text count as seen once for each time.
    assert 0 < result["rows"] <= len(held - trained)
    assert {"champion", "challenger", "low", "high", "p_better", "p_worse"} < result.keys()


def test_a_champion_that_has_seen_all_rows_cannot_be_compared(titanic: CrossValidation, jobs: Jobs) -> None:
    champion = (titanic.split, jobs.final_fit(titanic.split, "logistic_regression", {"C": 1.0}))
    seen = jobs.folder / "seen"
    (seen / "holdout").mkdir(parents=True)
    (seen / "holdout" / "table.parquet").write_bytes((titanic.split / "train" / "table.parquet").read_bytes())
    with pytest.raises(JobFailed, match=r"Only 0 rows of the holdout are new"):
        jobs.challenge(champion, (seen, champion[1]), "roc_auc")
