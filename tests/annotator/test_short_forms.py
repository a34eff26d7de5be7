"""A document's short forms: invented texts, spans written out by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bioweave.annotator.short_forms import settle_short_forms
from bioweave.bundle import ScoredSpan, ShortFormRules
from bioweave.text import split_words

TEXT = (
    "Acute velmar syndrome (AVS) is rare. AVS spares the young, and non-AVS cases are mild. "
    "Quellimide acetate (QA) helps in AVS; QA is cheap."
)
DEFAULT = ShortFormRules()
OFF = ShortFormRules(spread=False, agree=False)
EVERYTHING = ShortFormRules(needs_long_form=("Chemical", "Disease"))


def settle(
    text: str, found: dict[str, str], rules: ShortFormRules = DEFAULT
) -> list[tuple[str, str, int]]:
    """What is found in the end: text, label and where each span starts.

    `found` maps what the tagger found, at its first place, to the label.
    """
    words = split_words(text)
    spans = [_span(text, words, part, label) for part, label in found.items()]
    settled = settle_short_forms(spans, words, text, rules)
    parts = [(words[s.word_start].start, words[s.word_end - 1].end, s.label) for s in settled]
    return sorted(((text[start:end], label, start) for start, end, label in parts), key=_start)


def _start(found: tuple[str, str, int]) -> int:
    return found[2]


def _span(text: str, words: list, part: str, label: str, confidence: float = 0.9) -> ScoredSpan:
    start = text.index(part)
    first = next(i for i, word in enumerate(words) if word.start == start)
    last = next(i for i, word in enumerate(words) if word.end == start + len(part))
    return ScoredSpan(first, last + 1, label, confidence, 0)


def test_a_short_form_is_what_its_long_form_is():
    found = settle(TEXT, {"Acute velmar syndrome": "Disease"})
    # Not the one behind the hyphen.
    assert found == [
        ("Acute velmar syndrome", "Disease", 0),
        ("AVS", "Disease", 23),
        ("AVS", "Disease", 37),
        ("AVS", "Disease", TEXT.index("AVS;")),
    ]


def test_a_mention_may_leave_out_the_long_forms_first_word_but_not_most_of_it():
    assert len(settle(TEXT, {"velmar syndrome": "Disease"})) == 4
    assert len(settle(TEXT, {"syndrome": "Disease"})) == 1


def test_what_was_found_is_left_alone():
    found = settle(TEXT, {"Acute velmar syndrome": "Disease", "AVS) is": "Gene"})
    assert ("AVS) is", "Gene", 23) in found
    assert ("AVS", "Disease", 23) not in found


def test_rules_can_be_switched_off():
    assert settle(TEXT, {"Acute velmar syndrome": "Disease"}, OFF) == [
        ("Acute velmar syndrome", "Disease", 0)
    ]


def test_a_short_form_without_its_long_form_goes_where_the_label_asks_for_it():
    assert settle(TEXT, {"QA": "Chemical"}, EVERYTHING) == []
    spared = settle(TEXT, {"QA": "Chemical"}, ShortFormRules(needs_long_form=("Disease",)))
    assert [text for text, *_ in spared] == ["QA"]
    # What nobody defines needs nothing.
    assert len(settle("ZRK is toxic.", {"ZRK": "Chemical"}, EVERYTHING)) == 1


def test_the_long_form_may_stand_behind_the_short_one():
    text = "In AVS (acute velmar syndrome) we saw AVS."
    found = settle(text, {"acute velmar syndrome": "Disease"})
    assert [(part, start) for part, _, start in found] == [
        ("AVS", 3),
        ("acute velmar syndrome", 8),
        ("AVS", text.rindex("AVS")),
    ]


def test_a_short_form_of_two_meanings_means_what_stands_last_before_it():
    text = "QA eases. Quellimide acetate (QA) and QA. Then quick assays (QA) are QA."
    places = [start for start in range(len(text)) if text.startswith("QA", start)]
    found = settle(text, {"Quellimide acetate": "Chemical"})
    assert [start for part, _, start in found if part == "QA"] == places[:3]
    # Behind the second definition, whose long form is no mention, nothing is one.
    words = split_words(text)
    spans = [_span(text, words, "Quellimide acetate", "Chemical")]
    for place in places:
        word = next(i for i, word in enumerate(words) if word.start == place)
        spans.append(ScoredSpan(word, word + 1, "Chemical", 0.6, 0))
    settled = settle_short_forms(spans, words, text, EVERYTHING)
    left = [words[span.word_start].start for span in settled if span.confidence == 0.6]
    assert left == places[:3]


def test_what_is_spelled_out_again_needs_to_be_found_once():
    text = "Quellimide acetate (QA) and QA. Then quellimide acetates (QA) are QA."
    found = settle(text, {"Quellimide acetate": "Chemical"})
    assert [part for part, *_ in found] == ["Quellimide acetate", "QA", "QA", "QA", "QA"]


def test_the_majority_of_places_decides():
    text = "QVX rose. Later QVX fell, and QVX rose again."
    assert len(settle(text, {"QVX": "Chemical"})) == 1  # one of three
    words = split_words(text)
    spans = [_span(text, words, "QVX", "Chemical")]
    second = next(i for i, word in enumerate(words) if word.start == text.index("QVX fell"))
    spans.append(ScoredSpan(second, second + 1, "Chemical", 0.5, 0))
    settled = settle_short_forms(spans, words, text, ShortFormRules())
    assert len(settled) == 3
    # As sure as the surest of them, and of the rule.
    assert 0.5 < settled[-1].confidence < 0.9


def test_words_that_are_no_short_forms_do_not_agree():
    text = "Gout came. Gout went. No gout, and Gout again."
    assert len(settle(text, {"Gout": "Disease"})) == 1


@given(
    st.lists(st.sampled_from(["acute", "velmar", "syndrome", "(AVS)", "AVS", "non-AVS", "."])),
    st.data(),
)
def test_spans_of_one_document_never_overlap_through_the_rules(parts, data):
    text = " ".join(parts)
    words = split_words(text)
    spans, position = [], 0
    while position < len(words):
        length = data.draw(st.integers(0, 3))
        label = data.draw(st.sampled_from(["Disease", "Chemical"]))
        if length and position + length <= len(words):
            spans.append(ScoredSpan(position, position + length, label, 0.7, 0))
        position += max(length, 1)
    settled = settle_short_forms(spans, words, text, EVERYTHING)
    taken = [place for span in settled for place in range(span.word_start, span.word_end)]
    assert len(taken) == len(set(taken))
    assert all(0.0 < span.confidence <= 0.7 for span in settled)
    assert settle_short_forms(spans, words, text, OFF) == spans
