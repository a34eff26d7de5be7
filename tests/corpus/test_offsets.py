from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from bioweave.corpus.offsets import MAX_SHIFT, place_mention
from bioweave.document import Span


def test_right_offsets_stand_without_a_problem() -> None:
    assert place_mention("a gene", 2, 6, "gene") == (Span(2, 6), None)


def test_what_overlaps_the_offsets_wins_over_what_is_nearer_to_their_letters() -> None:
    text = "the ratio a/ostrenin"
    assert place_mention(text, 11, 20, "ostrenin").span == Span(12, 20)


def test_spaces_and_punctuation_may_differ_from_the_text() -> None:
    text = 'A " DEAD " box.'
    placement = place_mention(text, 2, 14, "  DEAD   box")
    assert placement.span == Span(2, 14)
    assert placement.problem is not None


def test_a_mention_longer_than_its_offsets_is_taken_whole() -> None:
    assert place_mention("a 2P domain channel", 2, 11, "2P domain channel").span == Span(2, 19)


def test_the_nearest_of_two_places_is_taken() -> None:
    text = "AN" + " " * 10 + "AN" + " " * 10
    assert place_mention(text, 9, 11, "AN").span == Span(12, 14)
    assert place_mention(text, 4, 6, "AN").span == Span(0, 2)


def test_what_is_nowhere_near_is_not_found() -> None:
    text = "gene" + " " * (MAX_SHIFT + 10) + "x"
    span, problem = place_mention(text, len(text) - 1, len(text), "gene")
    assert span is None
    assert problem is not None
    assert place_mention("text", 90, 95, "gene").span is None
    assert place_mention("text", -3, 1, "gene").span is None
    assert place_mention("text", 1, 1, "").span is None


@given(st.text(max_size=60), st.text(min_size=1, max_size=8), st.text(max_size=60), st.data())
def test_a_slipped_mention_is_found_verbatim(
    before: str, mention: str, after: str, data: st.DataObject
) -> None:
    assume(mention.strip())
    text = before + mention + after
    slip = data.draw(st.integers(-MAX_SHIFT, MAX_SHIFT))
    start = len(before) + slip
    span, problem = place_mention(text, start, start + len(mention), mention)
    assert span is not None
    found = text[span.start : span.end]
    letters = "".join(filter(str.isalnum, mention))
    assert found == mention.strip() or "".join(filter(str.isalnum, found)) == letters
    if slip == 0:
        assert (span, problem) == (Span(start, start + len(mention)), None)
