"""The leak check job: score each setting with honest and with leaky preprocessing, and look for leaks in the folds."""

from __future__ import annotations

from collections.abc import Sequence

from threadpoolctl import threadpool_limits

from crossfold import algorithms, fold_warnings, metrics, paths, single_feature, table
from crossfold.batch import parse_batch
from crossfold.columns import load_columns
from crossfold.failure import Arguments, guard
from crossfold.files import read_json, write_json
from crossfold.leakage import compare
from crossfold.preprocessed import TrainingTable
from crossfold.splits import fold_from_json
from crossfold.stopping import exit_on_sigterm


def main(argv: Sequence[str] | None = None) -> None:
    parser = Arguments(prog="leak_check.py")
    # SageMaker limits the length of an argument, so the batch comes in pieces.
    parser.add_argument("--batch", action="append", required=True)
    batch = parse_batch("".join(parser.parse_args(argv).batch))

    code = paths.processing_input("code")
    columns = load_columns(code)
    objective = metrics.find(batch.metrics, batch.task, code)[0]
    for setting in batch.settings:
        algorithms.load(setting.algorithm, code, batch.task)
    written = read_json(paths.processing_input("folds") / "folds.json")
    folds = [fold_from_json(written, entry["fold"]) for entry in written["folds"]]
    rows = TrainingTable.of(table.read(paths.processing_input("table"), columns), columns, batch.task)

    with threadpool_limits(1):  # sums of floats differ with the number of threads
        comparison = compare(rows, folds, batch, objective, code)
        features = single_feature.scores(rows, folds)
    result = {
        "scores": [score.to_json() for score in comparison.scores],
        "evidence": [evidence.to_json() for evidence in comparison.evidence],
        "widths": comparison.widths,
        "duplicates": fold_warnings.duplicates(rows, folds),
        "groups": fold_warnings.split_groups(rows, folds),
        "times": fold_warnings.backward_times(rows, folds),
        "features": features,
    }
    write_json(paths.processing_output("leakage") / "result.json", result)
    print(f"{len(batch.settings)} settings on {len(folds)} folds, honest and leaky")


if __name__ == "__main__":
    exit_on_sigterm()
    with guard():
        main()
