"""Oracles: brute force over all pairings, nervaluate, and the BioCreative II rule retold."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nervaluate import Evaluator

from bioweave.document import Span
from bioweave.scoring.counts import Counts
from bioweave.scoring.extents import Extent
from bioweave.scoring.matching import count_alternatives, count_relaxed, count_strict


def spans(longest: int = 6):
    start, length = st.integers(0, 20), st.integers(1, longest)
    return st.builds(lambda first, n: (first, first + n), start, length)


def extents(**sizes):
    plain = st.builds(lambda span: Extent(*span), spans())
    gapped = st.builds(
        lambda span, gap, n: Extent(
            span[0],
            span[1] + gap + n,
            (Span(*span), Span(span[1] + gap, span[1] + gap + n)),
        ),
        spans(),
        st.integers(1, 4),
        st.integers(1, 4),
    )
    return st.sets(st.one_of(plain, gapped), **sizes)


def flat(items):
    """Those extents that overlap none taken before: what one sequence of tags can hold."""
    taken: list[Extent] = []
    for item in sorted(items):
        if not any(item.overlaps(other) for other in taken):
            taken.append(item)
    return taken


def most_pairs_by_trying_all(gold, predicted):
    few, many = sorted((list(gold), list(predicted)), key=len)
    padded = many + [None] * len(few)
    return max(
        sum(b is not None and a.overlaps(b) for a, b in zip(few, order, strict=True))
        for order in permutations(padded, len(few))
    )


@given(extents(max_size=4), extents(max_size=4))
def test_relaxed_makes_as_many_pairs_as_trying_all(gold, predicted):
    n_hits = most_pairs_by_trying_all(gold, predicted)
    expected = Counts(n_hits, len(predicted) - n_hits, len(gold) - n_hits)
    assert count_relaxed(gold, predicted) == expected


def test_relaxed_moves_partners_so_that_both_find_one():
    # Greedy pairing gives the long prediction to the first gold mention and strands the second.
    gold = {Extent(0, 4), Extent(6, 9)}
    predicted = {Extent(0, 9), Extent(2, 3)}
    assert count_relaxed(gold, predicted) == Counts(2, 0, 0)


def test_relaxed_pairs_one_prediction_with_one_gold_mention_only():
    assert count_relaxed({Extent(0, 4), Extent(6, 9)}, {Extent(0, 9)}) == Counts(1, 0, 1)
    assert count_relaxed({Extent(0, 9)}, {Extent(0, 4), Extent(6, 9)}) == Counts(1, 1, 0)


def test_relaxed_survives_a_chain_of_ten_thousand_overlaps():
    gold = {Extent(4 * index, 4 * index + 3) for index in range(10_000)}
    predicted = {Extent(4 * index + 2, 4 * index + 5) for index in range(10_000)}
    assert count_relaxed(gold, predicted) == Counts(10_000, 0, 0)


@pytest.mark.parametrize("count", [count_strict, count_relaxed])
@given(gold=extents(max_size=8), predicted=extents(max_size=8))
def test_counts_are_in_bounds_symmetric_and_perfect_on_gold(count, gold, predicted):
    counts = count(gold, predicted)
    assert counts.true_positives + counts.false_positives == len(predicted)
    assert counts.true_positives + counts.false_negatives == len(gold)
    assert min(counts) >= 0
    assert count(predicted, gold) == Counts(counts[0], counts[2], counts[1])
    assert count(gold, gold) == Counts(len(gold), 0, 0)


@given(extents(max_size=8), extents(max_size=8))
def test_relaxed_finds_whatever_strict_finds(gold, predicted):
    strict, relaxed = count_strict(gold, predicted), count_relaxed(gold, predicted)
    assert relaxed.true_positives >= strict.true_positives


def as_entities(items):
    # nervaluate's ends are inclusive.
    return [{"label": "Gene", "start": item.start, "end": item.end - 1} for item in items]


def nervaluate_correct(gold, predicted, scheme):
    if not gold or not predicted:
        return 0
    evaluator = Evaluator([as_entities(gold)], [as_entities(predicted)], ["Gene"], loader="dict")
    return evaluator.evaluate()["entities"]["Gene"][scheme].correct


plain_sets = st.sets(st.builds(lambda span: Extent(*span), spans()), max_size=6)


@given(plain_sets, plain_sets)
def test_strict_agrees_with_nervaluate(gold, predicted):
    gold, predicted = flat(gold), flat(predicted)
    exact = count_strict(set(gold), set(predicted)).true_positives
    # nervaluate lets an overlap use up a gold mention that a later prediction equals, so it may
    # find fewer; where every prediction overlaps at most one gold mention, and the other way
    # round, there is no such choice.
    if one_to_one(gold, predicted):
        assert nervaluate_correct(gold, predicted, "strict") == exact
    else:
        assert nervaluate_correct(gold, predicted, "strict") <= exact


@given(plain_sets, plain_sets)
def test_relaxed_is_nervaluate_type_with_the_largest_pairing(gold, predicted):
    gold, predicted = flat(gold), flat(predicted)
    most = count_relaxed(set(gold), set(predicted)).true_positives
    greedy = nervaluate_correct(gold, predicted, "ent_type")
    assert most / 2 <= greedy <= most
    if one_to_one(gold, predicted):
        assert greedy == most


def one_to_one(gold, predicted):
    return all(
        sum(left.overlaps(right) for right in one_side) <= 1
        for other_side, one_side in ((gold, predicted), (predicted, gold))
        for left in other_side
    )


def bc2_counts(gold, predicted, alternatives):
    """The BioCreative II rule retold line by line, in its own inclusive offsets."""
    gold, predicted, alternatives = (
        [(start, end - 1) for start, end in side] for side in (gold, predicted, alternatives)
    )

    def is_alternative(alternative, start, end):
        first, last = alternative
        within = first >= start and last <= end
        around = first <= start and last >= end
        at_the_end = start <= first <= end <= last
        at_the_start = first <= start <= last <= end
        return within or around or at_the_end or at_the_start

    n_found = 0
    for start, end in gold:
        names = [other for other in alternatives if is_alternative(other, start, end)]
        n_found += any(guess == (start, end) or guess in names for guess in predicted)
    n_wrong = sum(guess not in gold and guess not in alternatives for guess in predicted)
    return Counts(n_found, n_wrong, len(gold) - n_found)


@given(st.sets(spans(), max_size=6), st.sets(spans(), max_size=6), st.lists(spans(), max_size=6))
def test_alternatives_count_as_biocreative_does(gold, predicted, alternatives):
    counts = count_alternatives(
        {Extent(*span) for span in gold}, {Extent(*span) for span in predicted}, alternatives
    )
    assert counts == bc2_counts(gold, predicted, alternatives)


@pytest.mark.parametrize(
    ("predicted", "expected"),
    [
        ([(0, 20)], Counts(1, 0, 0)),
        ([(6, 20)], Counts(1, 0, 0)),  # an alternative
        ([(6, 20), (0, 12)], Counts(1, 0, 0)),  # two alternatives: neither is wrong
        ([(5, 20)], Counts(0, 1, 1)),  # an overlap is not enough
        ([(30, 34)], Counts(0, 0, 1)),  # an alternative that overlaps no gold mention
        ([], Counts(0, 0, 1)),
    ],
)
def test_alternatives_of_one_gene(predicted, expected):
    counts = count_alternatives(
        {Extent(0, 20)},
        {Extent(*span) for span in predicted},
        [(6, 20), (0, 12), (30, 34)],
    )
    assert counts == expected


def test_one_alternative_of_two_genes_finds_both():
    genes, pair = {Extent(0, 4), Extent(9, 13)}, {Extent(0, 13)}
    assert count_alternatives(genes, pair, [(0, 13)]) == Counts(2, 0, 0)


@given(extents(max_size=6), extents(max_size=6))
def test_without_alternatives_the_rule_is_strict(gold, predicted):
    assert count_alternatives(gold, predicted, []) == count_strict(gold, predicted)
