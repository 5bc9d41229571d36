"""One stack for all tests, and a check of every answer against AWS's own output shapes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stack import Stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The stack that the tests share; no test may depend on what another has left there."""
    stack = Stack()
    try:
        yield stack
    finally:
        stack.down()


@pytest.fixture(scope="module")
def own() -> Iterator[Stack]:
    """A stack of a test file's own: one whose endpoint it may kill, or whose weather no other test has to bear."""
    stack = Stack()
    try:
        yield stack
    finally:
        stack.down()
