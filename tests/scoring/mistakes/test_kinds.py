"""One invented document for each kind, and for what decides between two that both fit."""

import re

import pytest

from bioweave.document import Document, Mention, Span
from bioweave.scoring import MistakeKind, sort_mistakes, tally
from bioweave.scoring.mistakes import DETAILS

LABELS = ("Disease", "Chemical", "Gene")


def document(text, *mentions, id="d", **metadata):
    """Mentions are (text, label) or (text, label, which occurrence)."""
    found = []
    for covered, label, *which in mentions:
        start = -1
        for _ in range(1 + (which[0] if which else 0)):
            start = text.index(covered, start + 1)
        found.append(Mention(start, start + len(covered), covered, label))
    return Document(id, text, tuple(found), metadata=metadata).checked()


def sort(gold, predicted, training=(), **options):
    return sort_mistakes([gold], [predicted], LABELS, training=training, **options)


def only(gold, predicted, training=(), **options):
    (one,) = sort(gold, predicted, training, **options)
    return one


OTHER_TEXT = document("Nothing of note.", ("Nothing", "Disease"))


@pytest.mark.parametrize(
    ("predicted", "details"),
    [
        ("velmar syndrome", ("left", "too short")),
        ("severe velmar", ("right", "too short")),
        ("velmar", ("both", "too short")),
        ("with severe velmar syndrome", ("left", "too long")),
        ("severe velmar syndrome in", ("right", "too long")),
        ("velmar syndrome in", ("both", "shifted")),
    ],
)
def test_boundary_says_which_side_and_how(predicted, details):
    text = "Fever with severe velmar syndrome in two."
    gold = document(text, ("severe velmar syndrome", "Disease"))
    one = only(gold, document(text, (predicted, "Disease")))
    assert one.kind is MistakeKind.BOUNDARY
    assert one.tags == details


def test_what_is_left_over_of_a_split_mention_is_a_boundary_too():
    text = "Fever with severe velmar syndrome."
    gold = document(text, ("severe velmar syndrome", "Disease"))
    first, second = sort(gold, document(text, ("severe", "Disease"), ("syndrome", "Disease")))
    assert {first.kind, second.kind} == {MistakeKind.BOUNDARY}
    assert ["left over" in one.tags for one in (first, second)].count(True) == 1


def test_label_is_a_place_that_was_called_something_else():
    text = "We measured velmarin."
    one = only(document(text, ("velmarin", "Gene")), document(text, ("velmarin", "Chemical")))
    assert one.kind is MistakeKind.LABEL
    assert one.mistake.gold.label == "Gene"


def test_label_is_also_a_false_alarm_on_a_mention_of_another_label_that_is_not_scored():
    text = "We measured velmarin."
    gold = document(text, ("velmarin", "CellLine"))
    assert only(gold, document(text, ("velmarin", "Gene"))).kind is MistakeKind.LABEL


def test_label_is_also_a_miss_where_only_the_other_of_two_labels_was_found():
    text = "We measured velmarin."
    gold = document(text, ("velmarin", "Gene"), ("velmarin", "Chemical"))
    one = only(gold, document(text, ("velmarin", "Chemical")))
    assert (one.kind, one.mistake.gold.label) == (MistakeKind.LABEL, "Gene")


@pytest.mark.parametrize("missed", ["AVS", "AVSs", "ZRK1", "T-PLX"])
def test_abbreviation_is_written_like_one(missed):
    text = f"Two had {missed} then."
    assert only(document(text, (missed, "Disease")), document(text)).kind == "abbreviation"


def test_abbreviation_is_also_what_the_document_spells_out():
    text = "Brinase-like velmarosis (bvel) came back: bvel is rare."
    gold = document(text, ("bvel", "Disease"), ("bvel", "Disease", 1))
    one = only(gold, document(text, ("bvel", "Disease")))
    assert (one.kind, one.tags) == (MistakeKind.ABBREVIATION, ("defined here",))


def test_an_abbreviation_with_a_wrong_edge_is_a_boundary_that_bears_the_other_as_a_tag():
    text = "Two AVS patients."
    gold = document(text, ("AVS", "Disease"))
    one = only(gold, document(text, ("AVS patients", "Disease")))
    assert (one.kind, one.tags) == (MistakeKind.BOUNDARY, ("abbreviation", "right", "too long"))


@pytest.mark.parametrize(
    "missed", ["hepatic and renal torvosis", "torvosis/calvosis", "ostrenia as well as calvosis"]
)
def test_composite_is_several_things_in_one_stretch(missed):
    text = f"A case of {missed} here."
    assert only(document(text, (missed, "Disease")), document(text)).kind == "composite"


def test_a_comma_joins_nothing():
    text = "A case of torvosis, type 2 here."
    assert only(document(text, ("torvosis, type 2", "Disease")), document(text)).kind == "other"


@pytest.mark.parametrize(
    "said",
    [
        {"metadata": {"type": "CompositeMention"}},
        {"metadata": {"parts": ["a", "b"]}},
        {"fragments": (Span(0, 4), Span(5, 13))},
    ],
)
def test_composite_is_also_what_the_corpus_says_is_one(said):
    text = "Mild calvosis."
    gold = Document("d", text, (Mention(0, 13, "Mild calvosis", "Disease", **said),))
    assert only(gold, document(text)).kind is MistakeKind.COMPOSITE


def test_nested_is_a_miss_within_another_gold_mention():
    text = "Ovarian calvosis syndrome was seen."
    gold = document(text, ("Ovarian calvosis syndrome", "Disease"), ("Ovarian calvosis", "Disease"))
    one = only(gold, document(text, ("Ovarian calvosis syndrome", "Disease")))
    assert (one.kind, one.mistake.gold.text) == (MistakeKind.NESTED, "Ovarian calvosis")


def test_nested_is_a_false_alarm_within_a_mention_of_another_label():
    text = "The calvosis kinase was low."
    gold = document(text, ("calvosis kinase", "Gene"))
    predicted = document(text, ("calvosis kinase", "Gene"), ("calvosis", "Disease"))
    assert only(gold, predicted).kind is MistakeKind.NESTED


def test_an_edge_beside_a_nested_mention_of_another_label_is_a_boundary():
    text = "The mild calvosis kinase was low."
    gold = document(text, ("mild calvosis", "Disease"), ("mild calvosis kinase", "Gene"))
    predicted = document(text, ("calvosis", "Disease"), ("mild calvosis kinase", "Gene"))
    assert only(gold, predicted).kind is MistakeKind.BOUNDARY
    assert only(gold, document(text, ("mild calvosis kinase", "Gene"))).kind is MistakeKind.NESTED


def test_long_counts_words_but_no_punctuation():
    text = "A deficiency of the fifth part was seen, and 1-methyl-4-phenyl-pentalin given."
    long = "deficiency of the fifth part"
    gold = document(text, (long, "Disease"), ("1-methyl-4-phenyl-pentalin", "Chemical"))
    assert [one.kind for one in sort(gold, document(text))] == ["long", "long"]
    assert [one.kind for one in sort(gold, document(text), long_words=6)] == ["other", "other"]


def test_unseen_and_seen_compare_texts_without_case_and_hyphens():
    training = [document("Beta-velmarosis came.", ("Beta-velmarosis", "Disease"))]
    text = "Mild beta velmarosis, or quellemia?"
    gold = document(text, ("beta velmarosis", "Disease"), ("quellemia", "Disease"))
    assert [one.kind for one in sort(gold, document(text), training)] == ["seen", "unseen"]


def test_seen_is_seen_with_this_label():
    training = [document("Velmarin rose.", ("Velmarin", "Gene"))]
    text = "We gave velmarin."
    gold = document(text, ("velmarin", "Chemical"))
    assert only(gold, document(text), training).kind is MistakeKind.UNSEEN


def test_capitals_of_short_words_count():
    training = [document("It is ALL here.", ("ALL", "Disease"))]
    text = "That was all then."
    one = only(document(text), document(text, ("all", "Disease")), training)
    assert one.kind is MistakeKind.UNSEEN


def test_without_a_train_split_nothing_is_seen_or_unseen():
    text = "Mild quellemia."
    one = only(document(text, ("quellemia", "Disease")), document(text))
    assert (one.kind, one.tags) == (MistakeKind.OTHER, ())


def test_doubtful_is_a_false_alarm_on_words_annotated_elsewhere_in_the_document():
    text = "Quellemia is rare. With quellemia came fever."
    gold = document(text, ("Quellemia", "Disease"))
    predicted = document(text, ("Quellemia", "Disease"), ("quellemia", "Disease"))
    one = only(gold, predicted, [OTHER_TEXT])
    assert (one.kind, one.tags) == (MistakeKind.DOUBTFUL, ("unseen", "as in the document"))


def test_doubtful_is_a_miss_of_words_left_bare_elsewhere_in_the_document():
    text = "Quellemia is rare. With quellemia came fever."
    gold = document(text, ("Quellemia", "Disease"))
    assert only(gold, document(text)).kind is MistakeKind.DOUBTFUL


def test_one_occurrence_against_two_makes_no_doubt():
    text = "Quellemia is rare. With quellemia came fever; quellemia went."
    gold = document(text, ("quellemia", "Disease"), ("quellemia", "Disease", 1))
    # Left bare at the start, annotated in between, and missed at the end.
    assert only(gold, document(text, ("quellemia", "Disease"))).kind is MistakeKind.DOUBTFUL
    text += " So quellemia it is."
    found = [("quellemia", "Disease", place) for place in range(3)]
    predicted = document(text, found[0], found[2])
    assert only(document(text, *found), predicted).kind is MistakeKind.OTHER


def test_words_within_a_longer_mention_are_not_left_bare():
    text = "Ovarian calvosis is rare. With calvosis came fever."
    gold = document(text, ("Ovarian calvosis", "Disease"), ("calvosis", "Disease", 1))
    one = only(gold, document(text, ("Ovarian calvosis", "Disease")))
    assert one.kind is MistakeKind.OTHER


def test_doubtful_is_a_boundary_that_is_drawn_otherwise_elsewhere_in_the_document():
    text = "Mild quellemia is rare. With mild quellemia came fever."
    gold = document(text, ("quellemia", "Disease"), ("mild quellemia", "Disease"))
    predicted = document(text, ("quellemia", "Disease"), ("quellemia", "Disease", 1))
    one = only(gold, predicted)
    assert one.kind is MistakeKind.DOUBTFUL
    assert one.tags == ("boundary", "as in the document", "left", "too short")


def training_with(n_annotated, n_bare):
    text = "So quellemia came."
    return [
        *(document(text, ("quellemia", "Disease")) for _ in range(n_annotated)),
        *(document(text) for _ in range(n_bare)),
    ]


@pytest.mark.parametrize(
    ("n_annotated", "n_bare", "kind"),
    [(3, 0, "doubtful"), (9, 1, "doubtful"), (8, 2, "seen"), (2, 0, "seen"), (0, 9, "unseen")],
)
def test_a_false_alarm_is_doubtful_if_training_nearly_always_annotates_it(
    n_annotated, n_bare, kind
):
    text = "Mild quellemia."
    predicted = document(text, ("quellemia", "Disease"))
    assert only(document(text), predicted, training_with(n_annotated, n_bare)).kind == kind


@pytest.mark.parametrize(("n_annotated", "n_bare", "kind"), [(0, 3, "doubtful"), (3, 3, "seen")])
def test_a_miss_is_doubtful_if_training_hardly_ever_annotates_it(n_annotated, n_bare, kind):
    text = "Mild quellemia."
    gold = document(text, ("quellemia", "Disease"))
    assert only(gold, document(text), training_with(n_annotated, n_bare)).kind == kind


def test_what_a_short_form_means_is_for_its_own_document_to_say():
    training = [document("The CT scan.") for _ in range(5)]
    text = "Copper torvosis (CT) is rare."
    gold = document(text, ("CT", "Disease"))
    assert only(gold, document(text), training).kind is MistakeKind.ABBREVIATION


def test_boundaries_that_the_corpus_accepts_are_doubtful():
    text = "Mild quellemia."
    gold = document(text, ("quellemia", "Disease"), alternatives=[[0, 14]])
    one = only(gold, document(text, ("Mild quellemia", "Disease")))
    assert (one.kind, "accepted" in one.tags) == (MistakeKind.DOUBTFUL, True)


def test_a_mention_that_starts_within_a_word_has_no_precedents():
    text = "Antivelmarin was velmarin."
    gold = document(text, ("velmarin", "Chemical"))
    assert only(gold, document(text)).kind is MistakeKind.OTHER


def test_gains_are_what_strict_f1_would_rise_by():
    text = "Two AVS patients had quellemia and gout."
    gold = document(text, ("AVS", "Disease"), ("quellemia", "Disease"), ("gout", "Disease"))
    predicted = document(text, ("AVS patients", "Disease"), ("gout", "Disease"))
    by_kind = {one.kind: one for one in tally(sort(gold, predicted), n_right=1)}
    # 1 right of 2 predicted and 3 gold: F1 is 2/5. Without the boundary 2 of 2 and 3 are right.
    boundary, other = by_kind[MistakeKind.BOUNDARY], by_kind[MistakeKind.OTHER]
    assert boundary.f1_gain == pytest.approx(4 / 5 - 2 / 5)
    assert (boundary.n_mistakes, boundary.n_misses, boundary.n_false_alarms) == (1, 1, 1)
    assert other.f1_gain == pytest.approx(4 / 6 - 2 / 5)
    assert (other.n_mistakes, other.n_misses, other.n_false_alarms) == (1, 1, 0)
    assert boundary.share == other.share == 0.5
    assert by_kind[MistakeKind.ABBREVIATION].n_bearing == 1
    assert (boundary.tags["right"], boundary.labels["Disease"]) == (1, 1)


def test_the_documentation_names_the_kinds_in_their_order(repository):
    text = (repository / "docs" / "errors.md").read_text("utf-8")
    assert re.findall(r"^\| (\w+) \|", text, re.M)[1:] == [kind.value for kind in MistakeKind]
    assert all(kind.meaning for kind in MistakeKind)


def test_tags_are_kinds_or_details(repository):
    training = [document("Gout came.", ("Gout", "Disease"))]
    text = "Mild velmar syndrome (MVS) and torvosis; MVS, gout, a part of the fifth brinase of two."
    gold = document(
        text,
        ("Mild velmar syndrome", "Disease"),
        ("MVS", "Disease", 1),
        ("part of the fifth brinase of two", "Gene"),
        alternatives=[[5, 20]],
    )
    predicted = document(
        text,
        ("velmar syndrome", "Disease"),
        ("torvosis; MVS", "Disease"),
        ("fifth", "Gene"),
        ("brinase", "Gene"),
        ("gout", "Disease"),
    )
    tags = {tag for one in sort(gold, predicted, training) for tag in one.tags}
    assert tags <= {*DETAILS, *MistakeKind}
    assert {"accepted", "left over", "defined here", "unseen", "left", "both"} <= tags
