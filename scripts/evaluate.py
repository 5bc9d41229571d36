"""The evaluate job: score the final model on the holdout, once."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from crossfold import metrics, model, paths, roles, table, target
from crossfold.archive import unpack
from crossfold.bias import bias_of
from crossfold.chance import settle
from crossfold.curves import curves_of
from crossfold.failure import Arguments, guard
from crossfold.files import write_json
from crossfold.fits import prediction_table
from crossfold.importance import importance_of
from crossfold.rows import row_hash
from crossfold.smoke import smoke_test
from crossfold.stopping import exit_on_sigterm


def main(argv: Sequence[str] | None = None) -> None:
    parser = Arguments(prog="evaluate.py")
    parser.add_argument("--metrics", type=metrics.listed, required=True)
    names = parser.parse_args(argv).metrics

    with tempfile.TemporaryDirectory() as scratch:
        unpack(paths.processing_input("model") / "model.tar.gz", Path(scratch))
        loaded = model.load(Path(scratch))
    holdout = table.read(paths.processing_input("holdout"), loaded.columns)
    chosen = metrics.find(names, loaded.card.task, paths.processing_input("code"))
    truth = target.numbers_of(holdout, loaded.columns, loaded.card.task, loaded.card.classes)
    settle()
    given = loaded.predictions(holdout)
    weight = roles.weights(holdout, loaded.columns)
    scores = metrics.score(chosen, truth, given, loaded, holdout, weight)

    folder = paths.processing_output("evaluation")
    rows = holdout.index.to_numpy()
    prediction_table(rows, truth, given).to_parquet(folder / "predictions.parquet", index=False)
    write_json(folder / "smoke.json", smoke_test(loaded, holdout))
    write_json(folder / "curves.json", curves_of(truth, given, weight))
    write_json(folder / "bias.json", bias_of(holdout, loaded.columns, truth, given, weight))
    write_json(folder / "importance.json", importance_of(chosen[0], loaded, holdout, truth, weight))
    write_json(
        folder / "result.json",
        {"rows": len(holdout), "metrics": scores, "holdout_hash": row_hash(rows)},
    )
    for name, value in scores.items():
        print(f"holdout {name}: {value!r}")


if __name__ == "__main__":
    exit_on_sigterm()
    with guard():
        main()
