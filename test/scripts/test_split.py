"""The split: which rows are held out, trained on and tested on, and how they are told apart."""

from __future__ import annotations

import hashlib

import pandas as pd
import pytest
from jobs import FOLDS, TITANIC, CrossValidation, JobFailed, Jobs, as_csv, preprocessing, read, small_table

from crossfold.rows import row_hash


def test_row_hash_is_of_ascending_decimal_ids() -> None:
    expected = hashlib.sha256(b"2\n9\n10").hexdigest()
    assert row_hash([10, 2, 9]) == f"sha256:{expected}"
    assert row_hash([10, 2]) != row_hash([10, 2, 9])
    assert row_hash([]) == "sha256:" + hashlib.sha256(b"").hexdigest()


def test_result_describes_the_split(titanic: CrossValidation) -> None:
    result = read(titanic.split / "result.json")
    assert (result["rows"], result["holdout_rows"], result["target"]) == (891, 179, "Survived")
    assert result["classes"] == ["0", "1"]
    assert result["class_counts"] == {"0": 549, "1": 342}
    assert result["goals"] == {"roc_auc": "maximize", "accuracy": "maximize", "log_loss": "minimize"}
    assert result["data_sha256"] == hashlib.sha256((TITANIC / "titanic.csv").read_bytes()).hexdigest()


def test_tables_hold_exactly_their_rows(titanic: CrossValidation) -> None:
    folds = read(titanic.split / "folds.json")
    train = pd.read_parquet(titanic.split / "train" / "table.parquet")
    holdout = pd.read_parquet(titanic.split / "holdout" / "table.parquet")
    assert train.index.name == holdout.index.name == "row"
    assert holdout.index.tolist() == folds["holdout"]
    assert sorted([*train.index, *holdout.index]) == list(range(891))
    raw = pd.read_csv(TITANIC / "titanic.csv", dtype=str)
    for table in (train, holdout):
        assert set(table.columns) == {"Age", "SibSp", "Parch", "Fare", "Pclass", "Sex", "Deck", "Embarked", "Survived"}
        assert table.fillna("").astype(str).equals(raw.loc[table.index, table.columns].fillna("").astype(str))
    assert read(titanic.split / "result.json")["train_hash"] == row_hash(train.index)


@pytest.mark.parametrize("scheme", ["stratified", "plain"])
@pytest.mark.parametrize(("rows", "folds", "holdout", "seed"), [(40, 2, 0.5, 0), (61, 5, 0.2, 7), (200, 10, 0.1, 99)])
def test_folds_partition_the_training_rows(
    jobs: Jobs, scheme: str, rows: int, folds: int, holdout: float, seed: int
) -> None:
    jobs.write_scripts({"preprocessing.py": preprocessing()})
    out = jobs.split(as_csv(small_table(rows)), folds=folds, holdout=holdout, seed=seed, scheme=scheme)
    made = read(out / "folds.json")
    result = read(out / "result.json")
    train = set(range(rows)) - set(made["holdout"])
    assert made["rows"] == rows and made["holdout"] == sorted(made["holdout"])
    assert [fold["fold"] for fold in made["folds"]] == list(range(folds))
    tested: list[int] = []
    for fold, described in zip(made["folds"], result["folds"], strict=True):
        assert fold["train"] == sorted(fold["train"]) and fold["test"] == sorted(fold["test"])
        assert not set(fold["train"]) & set(fold["test"])
        assert set(fold["train"]) | set(fold["test"]) == train
        assert described["train_hash"] == row_hash(fold["train"]) and described["train_rows"] == len(fold["train"])
        assert described["test_hash"] == row_hash(fold["test"]) and described["test_rows"] == len(fold["test"])
        tested += fold["test"]
    assert sorted(tested) == sorted(train)


def test_same_seed_same_split_other_seed_other_split(jobs: Jobs, titanic: CrossValidation) -> None:
    assert (jobs.split() / "folds.json").read_bytes() == (titanic.split / "folds.json").read_bytes()
    assert read(jobs.split(seed=43) / "folds.json")["holdout"] != read(titanic.split / "folds.json")["holdout"]


def test_unnamed_columns_blank_lines_and_a_byte_order_mark_are_no_matter(jobs: Jobs) -> None:
    jobs.write_scripts({"preprocessing.py": preprocessing()})
    table = small_table()
    plain = jobs.split(as_csv(table))
    extra = [["", *table[0], "note"]] + [[str(n), *row, "é"] for n, row in enumerate(table[1:])]
    other = jobs.split(b"\xef\xbb\xbf" + as_csv(extra).replace("\n", "\r\n").encode() + b"\r\n\r\n")
    assert read(plain / "folds.json") == read(other / "folds.json")
    assert pd.read_parquet(plain / "train" / "table.parquet").equals(pd.read_parquet(other / "train" / "table.parquet"))


def test_classes_that_are_numbers_are_in_order_of_value(jobs: Jobs) -> None:
    jobs.write_scripts({"preprocessing.py": preprocessing()})
    assert read(jobs.split(as_csv(small_table(60, ("10", "9", "2.0")))) / "result.json")["classes"] == ["2", "9", "10"]


def test_a_split_within_a_fold_sees_its_training_rows_alone(jobs: Jobs) -> None:
    whole = read(jobs.split() / "folds.json")
    inner = read(jobs.split(within=2) / "folds.json")
    train, test = set(whole["folds"][2]["train"]), set(whole["folds"][2]["test"])
    assert len(inner["folds"]) == FOLDS and inner["holdout"] == []
    for fold in inner["folds"]:
        assert set(fold["train"]) | set(fold["test"]) == train
        assert not (set(fold["train"]) | set(fold["test"])) & (test | set(whole["holdout"]))
    assert sorted(row for fold in inner["folds"] for row in fold["test"]) == sorted(train)


def test_a_split_of_a_sample_keeps_the_classes_and_leaves_the_holdout_out(jobs: Jobs) -> None:
    whole, split = read(jobs.split() / "folds.json"), jobs.split(sample=0.3)
    part = read(split / "folds.json")
    rows = sorted(row for fold in part["folds"] for row in fold["test"])
    assert set(rows).isdisjoint(whole["holdout"])
    assert len(rows) == pytest.approx(0.3 * 712, abs=1)
    table = pd.read_csv(TITANIC / "titanic.csv")
    assert table["Survived"][rows].mean() == pytest.approx(table["Survived"].mean(), abs=0.01)
    assert read(split / "result.json")["holdout_rows"] == 0


def test_a_sample_within_a_fold_is_of_its_training_rows_alone(jobs: Jobs) -> None:
    outer = read(jobs.split() / "folds.json")["folds"][2]
    part = read(jobs.split(within=2, sample=0.3) / "folds.json")
    rows = sorted(row for fold in part["folds"] for row in fold["test"])
    assert set(rows) <= set(outer["train"])
    assert len(rows) == pytest.approx(0.3 * len(outer["train"]), abs=1)


def test_a_split_within_a_fold_that_is_not_there_is_refused(jobs: Jobs) -> None:
    with pytest.raises(JobFailed, match="no fold 7"):
        jobs.split(within=7)
