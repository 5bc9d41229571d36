"""The served model: raw rows in any form give what the offline model gives."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jobs import ALGORITHMS, CrossValidation, Jobs, as_csv, preprocessing, read, small_table

import inference
from crossfold.model import Model

COLUMNS = ["Age", "SibSp", "Parch", "Fare", "Pclass", "Sex", "Deck", "Embarked"]
ROW = {
    "Age": 30,
    "SibSp": 0,
    "Parch": 1,
    "Fare": 26.55,
    "Pclass": 1,
    "Sex": "female",
    "Deck": "B",
    "Embarked": "Cherbourg",
}


@pytest.fixture(scope="module")
def folder(titanic: CrossValidation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Jobs(tmp_path_factory.mktemp("model")).final_fit(titanic.split, "xgboost", ALGORITHMS["xgboost"])


@pytest.fixture(scope="module")
def model(folder: Path) -> Model:
    return inference.model_fn(str(folder))


def ask(model: Model, body: str | bytes, kind: str = "application/json") -> list[dict[str, Any]]:
    prediction = inference.predict_fn(inference.input_fn(body, kind), model)
    text, answered = inference.output_fn(prediction, "application/json")
    assert answered == "application/json"
    return json.loads(text)["predictions"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_smoke_rows_get_exactly_the_offline_answers(titanic: CrossValidation, jobs: Jobs, algorithm: str) -> None:
    made = jobs.final_fit(titanic.split, algorithm, ALGORITHMS[algorithm])
    evaluation = jobs.evaluate(titanic.split, made)
    smoke = read(evaluation / "smoke.json")
    assert smoke["columns"] == COLUMNS
    assert len(smoke["json"]) == len(smoke["expected"]) == 20
    served = inference.model_fn(str(made))
    for body, kind in ((smoke["csv"], "text/csv"), (json.dumps(smoke["json"]), "application/json")):
        answers = ask(served, body, kind)
        assert [list(a["probabilities"].values()) for a in answers] == smoke["expected"]
        assert [a["label"] for a in answers] == ["01"[p[1] > p[0]] for p in smoke["expected"]]


def test_smoke_rows_stand_as_in_the_data_file(titanic: CrossValidation, jobs: Jobs, folder: Path) -> None:
    smoke = read(jobs.evaluate(titanic.split, folder) / "smoke.json")
    rows = list(csv.DictReader(io.StringIO(smoke["csv"])))
    with (titanic.jobs.scripts.parent / "titanic.csv").open(newline="") as file:
        data = list(csv.DictReader(file))
    held = read(titanic.split / "folds.json")["holdout"]
    assert rows == [{name: data[row][name] for name in COLUMNS} for row in held[:20]]
    for text, record in zip(rows, smoke["json"], strict=True):
        for name, value in record.items():
            assert (value is None) == (text[name] == "")
            if value is not None and name in ("Age", "SibSp", "Parch", "Fare"):
                assert value == float(text[name])


def test_every_form_of_a_row_is_the_same_row(model: Model) -> None:
    (expected,) = ask(model, json.dumps([ROW]))
    forms = [
        json.dumps(ROW),
        json.dumps({"instances": [ROW]}),
        json.dumps([{**ROW, "PassengerId": 7, "Name": "ignored"}]),
        json.dumps([{**ROW, "Pclass": "1"}]),
        json.dumps([{**ROW, "Pclass": 1.0}]),
        json.dumps([{**ROW, "Age": "30", "Fare": "26.55"}]),
        json.dumps([dict(reversed(ROW.items()))]).encode(),
    ]
    for body in forms:
        assert ask(model, body) == [expected], body
    values = ",".join(str(ROW[name]) for name in COLUMNS)
    backwards = f"{','.join(reversed(COLUMNS))}\n{','.join(str(ROW[name]) for name in reversed(COLUMNS))}\n"
    for text in (values, f"{','.join(COLUMNS)}\r\n{values}\r\n", backwards, values.replace(",1,female", ",1.0,female")):
        assert ask(model, text, "text/csv; charset=utf-8") == [expected], text
    assert ask(model, values, "text/csv; header=absent") == [expected]


def test_missing_and_unseen_values_are_answered(model: Model) -> None:
    empty = dict.fromkeys(COLUMNS)
    odd = {**ROW, "Embarked": "Atlantis", "Deck": 7, "Age": 1e12}
    answers = ask(model, json.dumps([empty, odd]))
    for answer in answers:
        assert sum(answer["probabilities"].values()) == pytest.approx(1)
    by_csv = ask(model, f"{','.join(COLUMNS)}\n{',' * 7}\n", "text/csv")
    assert by_csv[0] == ask(model, json.dumps([empty]))[0]
    nan = json.dumps([dict.fromkeys(COLUMNS, float("nan"))])
    assert ask(model, nan)[0] == by_csv[0]


def test_answer_as_csv_has_full_precision(model: Model) -> None:
    prediction = inference.predict_fn(inference.input_fn(json.dumps([ROW, ROW]), "application/json"), model)
    text, kind = inference.output_fn(prediction, "text/csv")
    assert kind == "text/csv"
    (expected, _) = ask(model, json.dumps([ROW, ROW]))
    rows = [line.split(",") for line in text.splitlines()]
    assert len(rows) == 2
    assert [rows[0][0], *map(float, rows[0][1:])] == [expected["label"], *expected["probabilities"].values()]
    for accept in (None, "*/*", "application/json; charset=utf-8", "text/html, application/json"):
        assert inference.output_fn(prediction, accept)[1] == "application/json"


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        ("", "text/csv", "empty"),
        ("[]", "application/json", "object"),
        ("[1]", "application/json", "not an object"),
        ("{", "application/json", "not valid JSON"),
        (json.dumps([ROW, {"Age": 3}]), "application/json", "Row 1 of the request lacks the columns 'SibSp'"),
        (json.dumps([{**ROW, "Sex": ["male"]}]), "application/json", "'Sex'"),
        (json.dumps([{**ROW, "Age": "old"}]), "application/json", "'Age': 'old' is not a finite number"),
        ("1,2,3", "text/csv", "3 values instead of 8"),
        ("Age,SibSp,Parch,Fare,Pclass\n1,2,3,4,5\n", "text/csv", "lacks the columns 'Sex', 'Deck', 'Embarked'"),
        (",".join(COLUMNS), "text/csv", "header and no rows"),
        ('"a', "text/csv", "cannot be read as CSV"),
        (b"\xff\xfe", "text/csv", "not UTF-8"),
        ("x", "application/x-npy", "content type"),
    ],
)
def test_a_wrong_request_is_a_value_error_that_says_why(
    model: Model, body: str | bytes, kind: str, expected: str
) -> None:
    with pytest.raises(ValueError, match=expected):
        inference.predict_fn(inference.input_fn(body, kind), model)


def test_an_answer_that_cannot_be_given(model: Model) -> None:
    prediction = inference.predict_fn(inference.input_fn(json.dumps(ROW), "application/json"), model)
    with pytest.raises(ValueError, match="image/png"):
        inference.output_fn(prediction, "image/png")


def test_the_model_serves_from_its_own_folder_alone(jobs: Jobs) -> None:
    """A fresh process that sees the model folder only, with a helper module of the pipeline's own."""
    extra = (
        "from own_steps import Double\n"
        "first = build_preprocessing\n"
        "def build_preprocessing():\n    return make_pipeline(first(), Double())\n"
    )
    steps = (
        "from sklearn.base import BaseEstimator, TransformerMixin\n"
        "class Double(TransformerMixin, BaseEstimator):\n"
        "    def fit(self, x, y=None):\n        self.width_ = x.shape[1]\n        return self\n"
        "    def transform(self, x):\n        return 2 * x\n"
    )
    jobs.write_scripts({"preprocessing.py": preprocessing(extra=extra), "own_steps.py": steps})
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(jobs.scripts))
        split = jobs.split(as_csv(small_table()))
        made = jobs.final_fit(split, "logistic_regression", {})
        expected = read(jobs.evaluate(split, made) / "smoke.json")
    sys.modules.pop("own_steps", None)
    code = made / "code"
    names = {file.name for file in code.iterdir() if file.name != "__pycache__"}
    assert names == {"inference.py", "crossfold", "preprocessing.py", "own_steps.py"}
    program = (
        "import sys; sys.path.insert(0, sys.argv[1] + '/code'); import inference as i;"
        "m = i.model_fn(sys.argv[1]); p = i.predict_fn(i.input_fn(sys.stdin.read(), 'text/csv'), m);"
        "print(i.output_fn(p, None)[0])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, str(made)], input=expected["csv"], capture_output=True, text=True, cwd="/"
    )
    assert answer.returncode == 0, answer.stderr
    predictions = json.loads(answer.stdout)["predictions"]
    assert [list(p["probabilities"].values()) for p in predictions] == expected["expected"]
    assert [set(p["probabilities"]) for p in predictions] == [{"no", "yes"}] * len(predictions)


def test_model_json_says_what_was_fitted(titanic: CrossValidation, folder: Path) -> None:
    card = read(folder / "model.json")
    result = read(titanic.split / "result.json")
    assert card["fitted_hash"] == result["train_hash"]
    assert card["fitted_rows"] == 712
    assert card["target"] == "Survived" and card["classes"] == ["0", "1"]
    assert card["numeric"] + card["categorical"] == COLUMNS
    assert card["setting"] == {"name": "best", "algorithm": "xgboost", "hyperparameters": ALGORITHMS["xgboost"]}
    assert {"python", "scikit-learn", "pandas", "numpy"} <= set(card["versions"])
