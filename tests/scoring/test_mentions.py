"""Oracles: seqeval on BIO sequences, and strict_f1 against score_mentions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics.v1 import precision_recall_fscore_support
from seqeval.scheme import IOB2

from bioweave.document import Document, Mention, TagSet
from bioweave.scoring import Counts, Score, score_mentions, strict_f1

LABELS = ("Chemical", "Disease")
WORDS = "zinc helps in rickets and copper deficit with gout".split()
TAGS = TagSet(LABELS)
documents_of_tags = st.lists(
    st.lists(st.sampled_from(TAGS.names), min_size=1, max_size=len(WORDS)), min_size=1, max_size=6
)


def document(number, words, spans):
    starts = [sum(len(word) + 1 for word in words[:index]) for index in range(len(words))]
    text = " ".join(words)
    mentions = []
    for word_start, word_end, label in spans:
        start, end = starts[word_start], starts[word_end - 1] + len(words[word_end - 1])
        mentions.append(Mention(start, end, text[start:end], label))
    return Document(f"d{number}", text, tuple(mentions)).checked()


def valid(tags):
    """The same tags spelled so that every mention starts with B."""
    indices = [TAGS.index[tag] for tag in tags]
    return [TAGS.names[tag] for tag in TAGS.encode(TAGS.decode(indices), len(tags))]


def from_tags(sequences):
    return [
        document(number, WORDS[: len(tags)], TAGS.decode([TAGS.index[tag] for tag in tags]))
        for number, tags in enumerate(sequences)
    ]


@given(st.data(), documents_of_tags)
def test_strict_agrees_with_seqeval(data, gold_tags):
    predicted_tags = [
        data.draw(st.lists(st.sampled_from(TAGS.names), min_size=len(tags), max_size=len(tags)))
        for tags in gold_tags
    ]
    gold_tags = [valid(tags) for tags in gold_tags]
    predicted_tags = [valid(tags) for tags in predicted_tags]
    strict = score_mentions(from_tags(gold_tags), from_tags(predicted_tags), LABELS).strict
    assert strict.overall == pytest.approx(seqeval_scores(gold_tags, predicted_tags, "micro"))
    per_label = seqeval_scores(gold_tags, predicted_tags, None)
    for label, *expected in per_label:
        assert strict.by_label[label] == pytest.approx(expected)
    named = {label for label, *_ in per_label}
    assert all(
        score == Score(0, 0, 0, 0) for label, score in strict.by_label.items() if label not in named
    )


def seqeval_scores(gold_tags, predicted_tags, average):
    named = sorted(
        {tag[2:] for tags in (*gold_tags, *predicted_tags) for tag in tags if tag != "O"}
    )
    if not named:
        return (0, 0, 0, 0) if average else []
    precision, recall, f1, support = precision_recall_fscore_support(
        gold_tags, predicted_tags, average=average, scheme=IOB2, zero_division=0
    )
    if average:
        return precision, recall, f1, support
    return list(zip(named, precision, recall, f1, support, strict=True))


@given(st.data(), documents_of_tags)
def test_scores_are_symmetric_and_early_stopping_sees_the_same_f1(data, gold_tags):
    predicted_tags = [
        data.draw(st.lists(st.sampled_from(TAGS.names), min_size=len(tags), max_size=len(tags)))
        for tags in gold_tags
    ]
    gold, predicted = from_tags(gold_tags), from_tags(predicted_tags)
    forth, back = score_mentions(gold, predicted, LABELS), score_mentions(predicted, gold, LABELS)
    for one, other in ((forth.strict, back.strict), (forth.relaxed, back.relaxed)):
        assert one.overall.precision == other.overall.recall
        assert one.overall.f1 == other.overall.f1
    assert strict_f1(gold, predicted, LABELS) == forth.strict.overall.f1
    assert forth.relaxed.overall.f1 >= forth.strict.overall.f1


@given(documents_of_tags)
def test_gold_against_itself_is_perfect(tags):
    gold = from_tags(tags)
    n_mentions = sum(len(one.mentions) for one in gold)
    perfect = 1.0 if n_mentions else 0.0
    scores = score_mentions(gold, gold, LABELS)
    for rule in (scores.strict, scores.relaxed):
        assert rule.overall == Score(perfect, perfect, perfect, n_mentions)


def test_labels_that_are_not_asked_for_do_not_count():
    words = ["zinc", "helps", "gout"]
    gold = [document(0, words, [(2, 3, "Disease")])]
    predicted = [document(0, words, [(2, 3, "Disease"), (0, 1, "Chemical")])]
    assert score_mentions(gold, predicted, ["Disease"]).strict.overall == Score(1, 1, 1, 1)
    assert score_mentions(gold, predicted, LABELS).strict.overall.precision == 0.5


def test_a_mention_given_twice_counts_once_on_either_side():
    once = document(0, WORDS, [(0, 1, "Chemical")])
    twice = document(0, WORDS, [(0, 1, "Chemical"), (0, 1, "Chemical")])
    for gold, predicted in ((once, twice), (twice, once)):
        scores = score_mentions([gold], [predicted], LABELS)
        assert scores.strict.overall == scores.relaxed.overall == Score(1, 1, 1, 1)


def test_the_right_span_with_the_wrong_label_counts_nowhere():
    gold = [document(0, WORDS, [(3, 4, "Disease")])]
    predicted = [document(0, WORDS, [(3, 4, "Chemical")])]
    scores = score_mentions(gold, predicted, LABELS)
    assert scores.strict.by_document.tolist() == scores.relaxed.by_document.tolist() == [[0, 1, 1]]


def test_alternatives_are_scored_where_gold_carries_them():
    text = "serum insulin rose"
    gene = Mention(6, 13, "insulin", "Gene")
    longer = Mention(0, 13, "serum insulin", "Gene")
    plain = Document("d", text, (gene,))
    gold = Document("d", text, (gene,), metadata={"alternatives": [[0, 13]]})
    predicted = Document("d", text, (longer,))
    assert score_mentions([plain], [predicted], ["Gene"]).alternatives is None
    scores = score_mentions([gold], [predicted], ["Gene"])
    assert scores.strict.overall.f1 == 0
    assert scores.alternatives is not None
    assert scores.alternatives.overall == Score(1, 1, 1, 1)


def test_counts_per_document_add_up_to_the_whole():
    gold = [document(0, WORDS, [(0, 1, "Chemical"), (3, 4, "Disease")]), document(1, WORDS, [])]
    predicted = [document(0, WORDS, [(0, 1, "Chemical")]), document(1, WORDS, [(8, 9, "Disease")])]
    strict = score_mentions(gold, predicted, LABELS).strict
    assert strict.by_document.tolist() == [[1, 0, 1], [0, 1, 0]]
    assert Counts(*strict.by_document.sum(axis=0).tolist()).score() == strict.overall


@pytest.mark.parametrize(
    ("predicted", "message"),
    [
        ([], "1 gold documents against 0"),
        ([Document("other", "gout")], "one order"),
        ([Document("d", "gout.")], "text of document 'd' differs"),
    ],
)
def test_documents_that_do_not_pair_are_refused(predicted, message):
    with pytest.raises(ValueError, match=message):
        score_mentions([Document("d", "gout")], predicted, LABELS)
