"""The train job: carry a batch of fits over folds that were preprocessed in jobs of their own, and score each."""

from __future__ import annotations

from crossfold import paths
from crossfold.batch import read_batch
from crossfold.carry import carry, leave
from crossfold.failure import guard
from crossfold.fold_tables import read_fold
from crossfold.stopping import exit_on_sigterm


def main() -> None:
    batch = read_batch(paths.hyperparameters())
    leave(carry(batch, paths.channel("code"), lambda fold: read_fold(paths.channel(f"fold-{fold}"), fold)))


if __name__ == "__main__":
    exit_on_sigterm()
    with guard():
        main()
