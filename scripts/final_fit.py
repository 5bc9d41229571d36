"""The final fit job: preprocessing and estimator, fitted together on all training rows."""

from __future__ import annotations

from sklearn.pipeline import Pipeline
from threadpoolctl import threadpool_limits

from crossfold import algorithms, model, paths, roles, table, target
from crossfold.batch import read_batch
from crossfold.chance import settle
from crossfold.columns import load_columns
from crossfold.failure import CrossfoldError, describe, guard
from crossfold.fits import weighted
from crossfold.rows import row_hash
from crossfold.stopping import exit_on_sigterm


def main() -> None:
    batch = read_batch(paths.hyperparameters())
    if len(batch.settings) != 1:
        raise CrossfoldError(f"A final fit takes one setting; it was given {len(batch.settings)}.")
    setting = batch.settings[0]
    code = paths.channel("code")
    columns = load_columns(code)
    raw = table.read(paths.channel("table"), columns)
    classes = target.classes_of(raw, columns, batch.task)
    truth = target.numbers_of(raw, columns, batch.task, classes)
    features = table.features(raw, columns)
    table.refuse_all_missing(features, columns, "in the training rows")
    estimator = algorithms.build(setting, batch.seed, code, batch.task)
    pipeline = Pipeline([("preprocessing", columns.preprocessing()), ("estimator", estimator)])
    try:
        with threadpool_limits(1):
            weights = weighted(estimator, roles.weights(raw, columns))
            settle()
            pipeline.fit(features, truth, **{f"estimator__{name}": weight for name, weight in weights.items()})
    except Exception as error:
        raise CrossfoldError(
            f"The final fit of setting {setting.name!r} ({setting.algorithm}) failed: {describe(error)}"
        ) from error
    card = model.make_card(columns, batch.task, classes, setting, len(features), row_hash(features.index))
    model.save(pipeline, card, paths.model(), code)
    print(f"fitted {setting.name} on {len(features)} rows")


if __name__ == "__main__":
    exit_on_sigterm()
    with guard():
        main()
