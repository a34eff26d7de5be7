import pickle

import pytest

from bioweave.errors import FormatError, MissingExtraError, Place


def test_an_input_error_says_where() -> None:
    error = FormatError("not JSON", Place("a.jsonl", 3, "d1", 12))
    assert str(error) == "a.jsonl, line 3, document 'd1', offset 12: not JSON"


@pytest.mark.parametrize(
    "error",
    [
        FormatError("not JSON", Place("a.jsonl", 3)),
        MissingExtraError("torch", extra="train", needed_for="training"),
    ],
)
def test_errors_cross_process_boundaries(error: Exception) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert str(copy) == str(error)
