import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.service.media_types import ANSWERS, JSON, NDJSON, answer_type, content_type
from bioweave.service.problems import ProblemError


@pytest.mark.parametrize(
    ("accept", "body", "expected"),
    [
        (None, "text/plain", JSON),
        ("*/*", "application/xml", "application/xml"),
        ("application/json", "application/xml", JSON),
        ("application/*", "text/x-pubtator", JSON),
        ("text/x-pubtator;q=0.5, application/json;q=0.4", JSON, "text/x-pubtator"),
        ("application/json;q=0, */*", JSON, NDJSON),
        ("TEXT/XML", JSON, "text/xml"),
    ],
)
def test_the_answer_has_the_type_that_is_liked_best(accept, body, expected) -> None:
    assert answer_type(accept, body) == expected


def test_what_cannot_be_made_is_not_acceptable() -> None:
    with pytest.raises(ProblemError) as caught:
        answer_type("image/png", JSON)
    assert caught.value.status == 406
    assert JSON in caught.value.detail


@given(st.text(), st.sampled_from(ANSWERS))
def test_whatever_is_accepted_the_answer_is_one_of_ours(accept, body) -> None:
    try:
        assert answer_type(accept, body) in ANSWERS
    except ProblemError as problem:
        assert problem.status == 406


def test_parameters_and_case_of_a_content_type_do_not_matter() -> None:
    assert content_type("Application/JSON; charset=utf-8") == JSON
    assert content_type(None) == JSON
    with pytest.raises(ProblemError) as caught:
        content_type("image/png")
    assert caught.value.status == 415
