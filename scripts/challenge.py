"""The challenge job: champion and challenger on the same rows, that neither was trained on."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from crossfold import metrics, model, paths, roles, table, target
from crossfold.archive import unpack
from crossfold.chance import settle
from crossfold.failure import Arguments, CrossfoldError, guard
from crossfold.files import write_json
from crossfold.metric import Metric
from crossfold.paired import paired_bootstrap
from crossfold.row_sets import unseen
from crossfold.stopping import exit_on_sigterm

LEAST = 10  # rows: fewer say nothing about a difference


def main(argv: Sequence[str] | None = None) -> None:
    parser = Arguments(prog="challenge.py")
    parser.add_argument("--metric", required=True)
    parser.add_argument("--confidence", type=float, required=True)
    parser.add_argument("--seed", type=int, required=True)
    arguments = parser.parse_args(argv)

    with tempfile.TemporaryDirectory() as scratch:
        challenger = load("challenger", Path(scratch))
        holdout = table.read(paths.processing_input("holdout"), challenger.columns)
        train = table.read_shared(paths.processing_input("train"), challenger.columns)
        rows = holdout.iloc[unseen(holdout[list(train.columns)], train)]
        if len(rows) < LEAST:
            raise CrossfoldError(
                f"Only {len(rows)} rows of the holdout are new to the champion; {LEAST} are the fewest that can be"
                " compared. Add rows, or raise `split.holdout`."
            )
        code, task = paths.processing_input("code"), challenger.card.task
        [metric] = metrics.find([arguments.metric], task, code)
        theirs = answers(challenger, rows, metric)
        # Only now: the modules of one model stand in the way of the other's.
        champion = load("champion", Path(scratch))
        if champion.card.classes != challenger.card.classes:
            raise CrossfoldError(
                f"The champion knows the classes {', '.join(champion.card.classes)}, the challenger"
                f" {', '.join(challenger.card.classes)}: they cannot be compared. Deploy a run of this data by hand."
            )
        gone = [name for name in champion.card.features if name not in rows.columns]
        if gone:
            raise CrossfoldError(
                f"The champion reads the columns {', '.join(gone)}, which preprocessing.py does not name any more: they"
                " cannot be compared. Deploy a run of these scripts by hand."
            )
        ours = answers(champion, rows, metric)

    truth = target.numbers_of(rows, challenger.columns, task, challenger.card.classes)
    weight = roles.weights(rows, challenger.columns)
    classes = len(challenger.card.classes)

    def score(given: np.ndarray, at: np.ndarray) -> float:
        return float(metric.function(truth[at], given[at], classes, None if weight is None else weight[at]))

    compared = paired_bootstrap(
        lambda at: (score(ours, at), score(theirs, at)),
        truth if classes else np.zeros(len(rows)),
        1 if metric.goal == "maximize" else -1,
        arguments.confidence,
        arguments.seed,
    )
    write_json(paths.processing_output("challenge") / "result.json", {"rows": len(rows), **asdict(compared)})
    print(f"{metric.name} on {len(rows)} rows: champion {compared.champion!r}, challenger {compared.challenger!r}")


def load(name: str, scratch: Path) -> model.Model:
    unpack(paths.processing_input(name) / "model.tar.gz", scratch / name)
    return model.load(scratch / name)


def answers(loaded: model.Model, rows: pd.DataFrame, metric: Metric) -> np.ndarray:
    """What the metric is computed from: labels, probabilities or values."""
    settle()
    return loaded.predict(rows) if metric.needs == "label" else loaded.predictions(rows)


if __name__ == "__main__":
    exit_on_sigterm()
    with guard():
        main()
