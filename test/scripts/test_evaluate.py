"""The evaluation: the holdout's score, and a model archive that is not trusted."""

from __future__ import annotations

import io
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from jobs import ALGORITHMS, CrossValidation, JobFailed, Jobs, read

from crossfold.archive import unpack
from crossfold.failure import CrossfoldError
from crossfold.rows import row_hash


def test_result_is_of_the_holdout(titanic: CrossValidation, jobs: Jobs) -> None:
    model = jobs.final_fit(titanic.split, "logistic_regression", ALGORITHMS["logistic_regression"])
    evaluation = jobs.evaluate(titanic.split, model, ["accuracy"])
    held = read(titanic.split / "folds.json")["holdout"]
    result = read(evaluation / "result.json")
    assert (result["rows"], result["holdout_hash"]) == (len(held), row_hash(held))
    predictions = pd.read_parquet(evaluation / "predictions.parquet")
    assert (predictions[["p0", "p1"]].to_numpy().argmax(axis=1) == predictions["target"]).mean() == result["metrics"][
        "accuracy"
    ]


def test_a_class_that_the_training_rows_lack_is_named(titanic: CrossValidation, jobs: Jobs) -> None:
    model = jobs.final_fit(titanic.split, "logistic_regression", {})
    split = jobs.folder / "split"
    shutil.copytree(titanic.split, split)
    table = pd.read_parquet(split / "holdout" / "table.parquet")
    table.iloc[0, table.columns.get_loc("Survived")] = "2"
    table.to_parquet(split / "holdout" / "table.parquet")
    with pytest.raises(JobFailed, match="class that the training rows do not have: 2"):
        jobs.evaluate(split, model)


def add(name: str, size: int = 1, **changes: object) -> Callable[[tarfile.TarFile], None]:
    def write(archive: tarfile.TarFile) -> None:
        member = tarfile.TarInfo(name)
        member.size = size
        for field, value in changes.items():
            setattr(member, field, value)
        archive.addfile(member, io.BytesIO(b"x" * member.size))

    return write


@pytest.mark.parametrize(
    "hostile",
    [
        add("../outside"),
        add("a/../../outside"),
        add("link", 0, type=tarfile.SYMTYPE, linkname="/etc"),
        add("link", 0, type=tarfile.SYMTYPE, linkname="../.."),
        add("hard", 0, type=tarfile.LNKTYPE, linkname="../../etc/passwd"),
        add("device", 0, type=tarfile.CHRTYPE),
        add("big", 5000),
    ],
)
def test_a_hostile_archive_is_refused(tmp_path: Path, hostile: Callable[[tarfile.TarFile], None]) -> None:
    archive = tmp_path / "model.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        hostile(tar)
    folder = tmp_path / "in" / "model"
    folder.mkdir(parents=True)
    with pytest.raises(CrossfoldError, match=r"refused|cannot be unpacked safely"):
        unpack(archive, folder, limit=4000)
    assert not (tmp_path / "in" / "outside").exists() and list(folder.iterdir()) == []


def test_an_absolute_path_lands_inside(tmp_path: Path) -> None:
    archive = tmp_path / "model.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        add(f"{tmp_path}/outside")(tar)
    unpack(archive, tmp_path / "model")
    assert not (tmp_path / "outside").exists()


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.tar.gz").write_bytes(b"not a tar")
    with pytest.raises(CrossfoldError, match="cannot be unpacked"):
        unpack(tmp_path / "model.tar.gz", tmp_path / "model")
    with pytest.raises(CrossfoldError, match="missing"):
        unpack(tmp_path / "other.tar.gz", tmp_path / "model")
