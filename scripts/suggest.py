"""The suggest job: settings for the next trials, from the ranges of the pipeline and the scores of trials so far."""

from __future__ import annotations

from crossfold import paths
from crossfold.failure import guard
from crossfold.files import read_json, write_json
from crossfold.stopping import exit_on_sigterm
from crossfold.suggestions import parse_question, suggest


def main() -> None:
    question = parse_question(read_json(paths.processing_input("question") / "question.json"))
    settings = suggest(question)
    write_json(paths.processing_output("settings") / "result.json", {"settings": settings})
    print(f"{len(settings)} settings by the sampler {question.sampler}")


if __name__ == "__main__":
    exit_on_sigterm()
    with guard():
        main()
