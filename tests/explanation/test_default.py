"""The record on the bundle that ships: evidence, notes, long documents."""

from __future__ import annotations

import pytest

import bioweave
from bioweave.annotator import Annotator
from bioweave.document import Document
from bioweave.errors import ConfigurationError
from bioweave.explanation import Explainer, from_json, to_json

TEXT = (
    "The clinic saw many families. Lithium was given to a woman with bipolar disorder, who then "
    "developed nephrogenic diabetes insipidus (NDI). NDI is rare."
)


@pytest.fixture(scope="module")
def annotator() -> Annotator:
    return bioweave.load()


@pytest.fixture(scope="module")
def explainer(annotator: Annotator) -> Explainer:
    return Explainer(annotator, method="occlusion")


def test_every_mention_found_has_its_record(explainer: Explainer, annotator: Annotator) -> None:
    document = Document("d1", TEXT)
    found = annotator(document).mentions
    explained = list(explainer.mentions(document))
    assert [(one.start, one.end, one.label) for one in explained] == [
        (*mention.span, mention.label) for mention in found
    ]
    assert len(found) >= 4
    assert {one.evidence.threshold for one in explained if one.label == "Disease"} == {0.3, 0.5}
    for one, mention in zip(explained, found, strict=True):
        assert one.is_found
        assert one.mention == mention.text == TEXT[one.start : one.end]
        assert one.text == TEXT[one.text_start : one.text_start + len(one.text)]
        assert all(word.text == TEXT[word.start : word.end] for word in one.words)
        assert one.evidence.confidence == mention.confidence
        names, asked = annotator.selection.names, annotator.selection.mode.found[mention.label]
        assert names is not None
        # "bipolar disorder" is a name that it learned from.
        is_known = names(mention.text, mention.label)
        assert one.evidence.threshold == (asked.known if is_known else asked.unknown)
        assert 0 <= one.base < one.probability <= 1
        assert -1 <= one.evidence.transition_share <= one.probability
        assert one.settings["model"] == "default"
        assert any("one sentence" in note and "out of 3" in note for note in one.notes)
    assert from_json(to_json(explained)) == explained


def test_probabilities_are_those_of_annotate(explainer: Explainer) -> None:
    [lithium] = explainer.mentions(Document("d1", TEXT), "Chemical")
    assert lithium.probability == pytest.approx(lithium.evidence.confidence, abs=1e-5)
    assert lithium.heaviest(1)[0].text == "Lithium"


def test_a_short_form_brings_its_long_form_and_what_training_called_it(
    explainer: Explainer,
) -> None:
    last = list(explainer.mentions(Document("d1", TEXT), "Disease"))[-1]
    assert (last.mention, last.start) == ("NDI", TEXT.rindex("NDI"))
    assert last.evidence.long_form == "nephrogenic diabetes insipidus"
    likest = last.evidence.learned[0]
    assert "nephrogenic" in likest.name and likest.concepts == ("MESH:D018500",)
    assert [one.likeness for one in last.evidence.learned] == sorted(
        (one.likeness for one in last.evidence.learned), reverse=True
    )


def test_a_part_of_a_mention_was_not_found_and_the_whole_instead(explainer: Explainer) -> None:
    start = TEXT.index("diabetes")
    one = explainer.span(Document("d1", TEXT), start, start + len("diabetes"), "Disease")
    assert not one.is_found and one.evidence.confidence is None
    # It knows "diabetes" as a name, and so asks for less: all of that is wanting.
    assert one.evidence.threshold == 0.3
    assert one.distance < -0.99 * one.evidence.threshold
    [instead] = one.evidence.instead
    assert instead.text == "nephrogenic diabetes insipidus" and instead.probability > 0.8
    assert one.evidence.absence < 0.1
    assert one.evidence.runner_up is not None
    assert one.evidence.runner_up.label != "Disease"


def test_without_a_label_a_span_has_the_mentions_or_the_likeliest(explainer: Explainer) -> None:
    document = Document("d1", TEXT)
    start = TEXT.index("bipolar")
    found = explainer.span(document, start, start + len("bipolar disorder"))
    assert found.label == "Disease" and found.is_found
    other = explainer.span(document, 4, 9)
    assert not other.is_found
    assert f"no label was asked for, and {other.label} is the likeliest here" in other.notes
    runner_up = other.evidence.runner_up
    assert runner_up is not None and runner_up.probability <= other.probability


def test_a_cut_word_is_widened_and_said_so(explainer: Explainer) -> None:
    start = TEXT.index("ithium")
    one = explainer.span(Document("d1", TEXT), start, start + 4, "Chemical")
    assert one.mention == "Lithium" and one.is_found
    assert any(f"the span {start}:{start + 4} was widened" in note for note in one.notes)


def test_a_label_that_the_model_lacks(explainer: Explainer) -> None:
    document = Document("d1", TEXT)
    for ask in (
        lambda: explainer.span(document, 0, 3, "Planet"),
        lambda: list(explainer.mentions(document, "Planet")),
    ):
        with pytest.raises(ConfigurationError, match="does not find Planet: its labels are Dis"):
            ask()


def test_lone_surrogates_do_not_stop_it(explainer: Explainer) -> None:
    [one] = explainer.mentions(Document("d1", "Lithium \ud800 was given."), "Chemical")
    assert "\ufffd" in one.text
    assert from_json(to_json([one])) == [one]


def test_of_ten_thousand_words_one_sentence_is_weighed_and_said_so(explainer: Explainer) -> None:
    filler = "The clinic saw many families over the years and wrote down all that it saw. "
    text = filler * 350 + "Lithium was given for gout. " + filler * 350
    start = text.index("gout")
    one = explainer.span(Document("d1", text), start, start + 4, "Disease")
    assert one.is_found and one.probability > 0.5
    assert one.text == "Lithium was given for gout."
    assert [word.text for word in one.words] == "Lithium was given for gout .".split()
    assert any("out of 701 in the document" in note for note in one.notes)
    # Only the window around the sentence went through the graph again, not the document.
    assert one.settings["variants"] <= len(one.words) + 2
