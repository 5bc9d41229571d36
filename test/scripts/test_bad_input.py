"""Bad input ends in one clear message that names cause, place and way out, and exit code 1."""

from __future__ import annotations

import os
from collections.abc import Callable
from unittest import mock

import pytest
from jobs import ROOT, JobFailed, Jobs, as_csv, failure_of, preprocessing, small_table, split_arguments, started

from crossfold.failure import describe

Table = list[list[str]]


def changed(change: Callable[[Table], object], rows: int = 40) -> str:
    table = small_table(rows)
    change(table)
    return as_csv(table)


def set_column(position: int, value: str) -> Callable[[Table], object]:
    def change(table: Table) -> None:
        for row in table[1:]:
            row[position] = value

    return change


def set_cell(line: int, position: int, value: str) -> Callable[[Table], object]:
    def change(table: Table) -> None:
        table[line - 1][position] = value

    return change


LATIN = as_csv(small_table()).encode() + "1,café,no\n".encode("latin-1")
CASES: dict[str, tuple[str | bytes, list[str]]] = {
    "empty file": ("", ["table.csv is empty", "header"]),
    "only a byte order mark": (b"\xef\xbb\xbf", ["table.csv is empty"]),
    "header only": ("x,c,y\n", ["no rows", "below the header"]),
    "target missing": (changed(set_cell(1, 2, "label")), ["'y'", "table.csv does not have", "x, c, label"]),
    "feature missing, close match": (changed(set_cell(1, 0, "X ")), ["'x'", "table.csv", "Did you mean 'X '?"]),
    "semicolons": (as_csv(small_table()).replace(",", ";"), ["separated by commas"]),
    "one class": (changed(set_column(2, "no")), ["'y'", "one class only ('no')", "TARGET"]),
    "no target value at all": (changed(set_column(2, "")), ["'y'", "no value at all"]),
    "a missing target value": (changed(set_cell(9, 2, "NA")), ["missing in 1 of 40 rows", "line 9", "Remove"]),
    "column all missing": (changed(set_column(0, "NaN")), ["'x'", "no value at all", "Take it out"]),
    "quoted line break": (
        changed(set_cell(7, 1, '"a\nb"')),
        ["line 7", "'c'", "line break", "Replace line breaks"],
    ),
    "quoted carriage return": (changed(set_cell(7, 1, '"a\rb"')), ["line 7", "'c'", "line break"]),
    "line break in the header": (changed(set_cell(1, 0, '"x\nx"')), ["the header", "line break"]),
    "open quote": (changed(set_cell(7, 1, '"a')), ["line 7", "quote"]),
    "not UTF-8": (LATIN, ["0xe9", f"offset {LATIN.index(0xE9)}", "line 42", "iconv"]),
    "UTF-16": ("x,c,y\n".encode("utf-16"), ["offset 0", "UTF-16"]),
    "duplicate names": (changed(set_cell(1, 1, "x")), ["'x' 2 times", "name of its own"]),
    "short row": (changed(lambda t: t[4].pop()), ["line 5", "2 values", "3 columns"]),
    "long row": (changed(lambda t: t[4].append("z")), ["line 5", "4 values", "double quotes"]),
    "not a number": (changed(set_cell(9, 0, "?")), ["Row 7 (line 9)", "'x'", "'?'", "CATEGORICAL"]),
    "infinite": (changed(set_cell(9, 0, "inf")), ["Row 7 (line 9)", "'x'", "finite"]),
    "digits with underscores": (changed(set_cell(9, 0, "1_0")), ["'1_0'"]),
    "a class of one row": (changed(set_cell(9, 2, "maybe")), ["'maybe'", "1 row"]),
}


@pytest.mark.parametrize("case", CASES)
def test_split_refuses(jobs: Jobs, case: str) -> None:
    data, expected = CASES[case]
    jobs.write_scripts({"preprocessing.py": preprocessing()})
    with pytest.raises(JobFailed) as failed:
        jobs.split(data)
    assert failed.value.code == 1
    for part in expected:
        assert part in failed.value.message
    assert "\n" not in failed.value.message
    assert len(failed.value.message.encode()) <= 1024


def test_more_folds_than_rows_of_the_smallest_class_after_the_holdout(jobs: Jobs) -> None:
    jobs.write_scripts({"preprocessing.py": preprocessing()})
    table = small_table(40)
    for line, row in enumerate(table[1:]):
        row[2] = "yes" if line < 6 else "no"
    jobs.split(as_csv(table), folds=5)
    with pytest.raises(JobFailed, match=r"'yes' has 5 rows.* 6 stratified folds .*after the holdout"):
        jobs.split(as_csv(table), folds=6)


def test_without_stratification_a_fold_without_a_class_is_refused(jobs: Jobs) -> None:
    jobs.write_scripts({"preprocessing.py": preprocessing()})
    table = small_table(60)
    for line, row in enumerate(table[1:]):
        row[2] = "yes" if line < 4 else "no"
    with pytest.raises(JobFailed, match=r"(Fold \d|holdout).* no .*row of the class 'yes'.*scheme: stratified"):
        jobs.split(as_csv(table), scheme="plain", folds=10)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"metrics": "roc_au"}, "no metric 'roc_au'. Did you mean 'roc_auc'"),
        ({"metrics": ""}, "No metric"),
        ({"folds": 1}, "at least 2 folds"),
        ({"holdout": 1.5}, "above 0 and below 1"),
        ({"folds": "many"}, "wrong arguments"),
    ],
)
def test_wrong_arguments(jobs: Jobs, changes: dict[str, object], expected: str) -> None:
    with pytest.raises(JobFailed, match=expected):
        jobs.split(**changes)


def test_as_a_process_it_exits_1_with_the_message_in_both_files_and_on_stderr(jobs: Jobs) -> None:
    jobs.write_scripts({"preprocessing.py": preprocessing(target="Z")})
    base = jobs.split_tree(as_csv(small_table()))
    with started(base, "processing/input/code/split.py", split_arguments()) as process:
        _, errors = process.communicate()
    assert process.returncode == 1
    message = failure_of(base, 1).message
    assert "'Z'" in message and message in errors
    assert not (base / "processing" / "output" / "split" / "result.json").exists()


PREPROCESSING_CASES = {
    "no file": ({"other.py": ""}, "There is no preprocessing.py"),
    "no target": ({"preprocessing.py": "NUMERIC = ['x']"}, "TARGET"),
    "target of the wrong type": ({"preprocessing.py": "TARGET = ['y']"}, r"TARGET.*found \['y'\]"),
    "no categorical": ({"preprocessing.py": "TARGET = 'y'\nNUMERIC = ['x']"}, "CATEGORICAL"),
    "a string for a list": ({"preprocessing.py": "TARGET = 'y'\nNUMERIC = 'x'\nCATEGORICAL = []"}, "NUMERIC.*list"),
    "no features": ({"preprocessing.py": "TARGET = 'y'\nNUMERIC = []\nCATEGORICAL = []"}, "no features"),
    "named twice": ({"preprocessing.py": preprocessing(["x"], ["x"])}, "'x' twice"),
    "target as a feature": ({"preprocessing.py": preprocessing(["x", "y"])}, "'y' among the features"),
    "no function": ({"preprocessing.py": "TARGET = 'y'\nNUMERIC = ['x']\nCATEGORICAL = []"}, "build_preprocessing"),
    "syntax error": ({"preprocessing.py": "TARGET = 'y'\nNUMERIC = [\n"}, r"SyntaxError.*in preprocessing.py:2"),
    "error of its own": (
        {"preprocessing.py": "\nimport nothing_of_that_name\n"},
        r"nothing_of_that_name.*preprocessing.py:2",
    ),
}


@pytest.mark.parametrize("script", sorted(file.name for file in (ROOT / "scripts").glob("*.py")))
def test_no_script_of_ours_is_named_as_the_users(jobs: Jobs, script: str) -> None:
    base = jobs.tree("input/data/code")
    file = base / "input" / "data" / "code" / script
    with mock.patch.dict(os.environ, SM_BASE_DIR=str(base)), pytest.raises(ValueError) as failed:
        exec(compile("raise ValueError('of the data')", file, "exec"))
    with mock.patch.dict(os.environ, SM_BASE_DIR=str(base)):
        assert describe(failed.value) == "ValueError: of the data"


@pytest.mark.parametrize("case", PREPROCESSING_CASES)
def test_a_wrong_preprocessing_file_is_named(jobs: Jobs, case: str) -> None:
    files, expected = PREPROCESSING_CASES[case]
    jobs.write_scripts(files)
    with pytest.raises(JobFailed, match=expected):
        jobs.split(as_csv(small_table()))
