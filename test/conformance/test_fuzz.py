"""A short fuzz; `fuzz.py` runs longer ones."""

from __future__ import annotations

import fuzz


def test_no_mutated_request_breaks_the_endpoint() -> None:
    outcome = fuzz.run(count=1500, seed=3)
    assert outcome["faults"] == []
    assert outcome["a job afterwards"] == "Completed"
