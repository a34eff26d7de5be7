"""Candidates against enumeration of every tagging, and what holds for any lattice."""

import itertools
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bioweave.bundle import Chain, Chains, ScoredSpan, decode
from bioweave.bundle.chains import FORBIDDEN
from bioweave.document import TagScheme, TagSet

TAG_SETS = (
    TagSet(("Disease",)),
    TagSet(("Gene", "Species")),
    TagSet(("Chemical",), TagScheme.BIOES),
)
SEEDS = st.integers(0, 2**32 - 1)
SCALES = st.sampled_from((0.3, 2.0, 12.0))
FLOORS = st.sampled_from((1e-4, 0.02, 0.2, 0.6))


def random_chain(tag_set: TagSet, random: np.random.Generator) -> Chain:
    n_tags = len(tag_set)
    return Chain(
        tag_set,
        np.where(tag_set.may_start, random.normal(size=n_tags), FORBIDDEN),
        np.where(tag_set.may_follow, random.normal(size=(n_tags, n_tags)), FORBIDDEN),
        np.where(tag_set.may_end, random.normal(size=n_tags), FORBIDDEN),
    )


def enumerated(emissions: np.ndarray, chain: Chain) -> dict[tuple[int, int, str], float]:
    """The probability of every span that some tagging of one head's emissions [n, T] has."""
    weights: dict[tuple, float] = {}
    for tags in itertools.product(range(len(chain.tag_set)), repeat=len(emissions)):
        score = chain.start[tags[0]] + chain.end[tags[-1]]
        score += sum(emissions[word, tag] for word, tag in enumerate(tags))
        score += sum(chain.transitions[pair] for pair in itertools.pairwise(tags))
        if score > FORBIDDEN / 2:
            weights[tags] = score
    top = max(weights.values())
    total = sum(np.exp(score - top) for score in weights.values())
    spans: dict[tuple[int, int, str], float] = defaultdict(float)
    for tags, score in weights.items():
        for span in chain.tag_set.decode(tags):
            spans[tuple(span)] += np.exp(score - top) / total
    return spans


def random_emissions(
    random: np.random.Generator, lengths: list[int], scale: float
) -> list[np.ndarray]:
    n_tags = sum(len(tag_set) for tag_set in TAG_SETS)
    return [
        random.normal(scale=scale, size=(length, n_tags)).astype(np.float32) for length in lengths
    ]


def of_head(spans: list[ScoredSpan], head: int) -> dict[tuple[int, int, str], float]:
    return {span[:3]: span.confidence for span in spans if span.head == head}


@settings(max_examples=50)
@given(SEEDS, st.lists(st.integers(0, 4), min_size=1, max_size=2), SCALES, FLOORS)
def test_candidates_are_what_enumeration_finds(
    seed: int, lengths: list[int], scale: float, floor: float
) -> None:
    random = np.random.default_rng(seed)
    chains = Chains(tuple(random_chain(tag_set, random) for tag_set in TAG_SETS))
    sequences = random_emissions(random, lengths, scale)
    plain = decode(sequences, chains)
    for sequence, decoded, without in zip(
        sequences, decode(sequences, chains, floor=floor), plain, strict=True
    ):
        assert decoded.spans == without.spans
        assert without.candidates == []
        if len(sequence) == 0:
            assert decoded.candidates == []
            continue
        for place, chain in enumerate(chains.heads):
            every = enumerated(sequence[:, chains.columns[place]].astype(np.float64), chain)
            best = of_head(decoded.spans, place)
            found = of_head(decoded.candidates, place)
            assert len(found) == sum(span.head == place for span in decoded.candidates)
            assert not found.keys() & best.keys()
            # What lies within rounding of the floor may fall on either side.
            surely = {span for span, share in every.items() if share > floor + 1e-9}
            assert surely - best.keys() <= found.keys()
            assert all(confidence >= floor for confidence in found.values())
            for span, confidence in found.items():
                assert confidence == pytest.approx(every[span], abs=1e-9)


@given(SEEDS, st.integers(1, 60), SCALES, FLOORS)
def test_spans_that_share_a_first_word_are_no_surer_than_their_beginning(
    seed: int, length: int, scale: float, floor: float
) -> None:
    random = np.random.default_rng(seed)
    chains = Chains(tuple(random_chain(tag_set, random) for tag_set in TAG_SETS))
    [sequence] = random_emissions(random, [length], scale)
    [decoded] = decode([sequence], chains, with_marginals=True, floor=floor)
    sums: dict[tuple[int, int, str], float] = defaultdict(float)
    for span in (*decoded.spans, *decoded.candidates):
        sums[span.head, span.word_start, span.label] += span.confidence
    assert all(floor <= span.confidence <= 1 for span in decoded.candidates)
    for (head, word, label), total in sums.items():
        names = chains.heads[head].tag_set.names
        first = [place for place, name in enumerate(names) if name in (f"B-{label}", f"S-{label}")]
        assert total <= decoded.marginals[head][word, first].sum() + 1e-5


def test_candidates_come_in_order_and_do_not_hear_of_other_sequences() -> None:
    random = np.random.default_rng(5)
    chains = Chains(tuple(random_chain(tag_set, random) for tag_set in TAG_SETS))
    sequences = random_emissions(random, list(range(1, 90)), 3.0)
    together = decode(sequences, chains, floor=0.05)
    assert sum(len(decoded.candidates) for decoded in together) > 1000
    for sequence, decoded in zip(sequences, together, strict=True):
        [alone] = decode([sequence], chains, floor=0.05)
        assert [span[:3] for span in alone.candidates] == [span[:3] for span in decoded.candidates]
        places = [(span.head, span.word_start) for span in decoded.candidates]
        assert places == sorted(places)


def test_a_head_without_ties_has_candidates_in_its_own_spelling() -> None:
    chains = Chains((Chain.independent(TAG_SETS[2]),))
    names = TAG_SETS[2].names
    emissions = np.full((2, len(names)), -9.0, dtype=np.float32)
    emissions[:, names.index("O")] = 1.0
    emissions[0, names.index("B-Chemical")] = emissions[1, names.index("E-Chemical")] = 0.0
    [decoded] = decode([emissions], chains, floor=0.01)
    assert decoded.spans == []
    [span] = [span for span in decoded.candidates if span.word_end == 2]
    share = 1 / (1 + np.e)
    assert span.confidence == pytest.approx(share**2, rel=1e-2)


@pytest.mark.parametrize("floor", [0.0, -1.0, 1.5])
def test_a_floor_is_a_probability(floor: float) -> None:
    chains = Chains((Chain.independent(TAG_SETS[0]),))
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        decode([np.zeros((3, 3), dtype=np.float32)], chains, floor=floor)
