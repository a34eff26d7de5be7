"""Decoding against enumeration of every tagging."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.bundle.chains import FORBIDDEN, Chain, Chains, load_chains, save_chains
from bioweave.bundle.decoding import Decoded, decode
from bioweave.document import TagScheme, TagSet
from bioweave.errors import BundleError

TAG_SETS = (
    TagSet(("Disease",)),
    TagSet(("Gene", "Species")),
    TagSet(("Chemical",), TagScheme.BIOES),
)


def random_chain(tag_set: TagSet, random: np.random.Generator) -> Chain:
    n_tags = len(tag_set)
    return Chain(
        tag_set,
        np.where(tag_set.may_start, random.normal(size=n_tags), FORBIDDEN),
        np.where(tag_set.may_follow, random.normal(size=(n_tags, n_tags)), FORBIDDEN),
        np.where(tag_set.may_end, random.normal(size=n_tags), FORBIDDEN),
    )


def enumerate_taggings(emissions: np.ndarray, chain: Chain) -> tuple[list, np.ndarray]:
    """Every tagging of one head's emissions [n, T] and its probability."""
    taggings = list(itertools.product(range(len(chain.tag_set)), repeat=len(emissions)))
    scores = []
    for tags in taggings:
        score = chain.start[tags[0]] + chain.end[tags[-1]]
        score += sum(emissions[word, tag] for word, tag in enumerate(tags))
        score += sum(chain.transitions[pair] for pair in itertools.pairwise(tags))
        scores.append(score)
    weights = np.exp(np.array(scores) - max(scores))
    return taggings, weights / weights.sum()


def spans_of_head(decoded: Decoded, head: int) -> dict[tuple[int, int, str], float]:
    return {span[:3]: span.confidence for span in decoded.spans if span.head == head}


@given(
    st.integers(0, 2**32 - 1),
    st.lists(st.integers(0, 5), min_size=1, max_size=5),
    st.sampled_from((0.3, 2.0, 12.0)),
    st.booleans(),
)
def test_spans_confidences_and_marginals_equal_enumeration(
    seed: int, lengths: list[int], scale: float, is_softmax: bool
) -> None:
    random = np.random.default_rng(seed)
    make = Chain.independent if is_softmax else lambda tag_set: random_chain(tag_set, random)
    chains = Chains(tuple(make(tag_set) for tag_set in TAG_SETS))
    n_tags = sum(len(tag_set) for tag_set in TAG_SETS)
    sequences = [
        random.normal(scale=scale, size=(length, n_tags)).astype(np.float32) for length in lengths
    ]
    for sequence, decoded in zip(
        sequences, decode(sequences, chains, with_marginals=True), strict=True
    ):
        if len(sequence) == 0:
            assert decoded.spans == []
            continue
        for place, chain in enumerate(chains.heads):
            taggings, probabilities = enumerate_taggings(
                sequence[:, chains.columns[place]].astype(np.float64), chain
            )
            best = taggings[int(np.argmax(probabilities))]
            expected = chain.tag_set.decode(best)
            found = spans_of_head(decoded, place)
            assert list(found) == [tuple(span) for span in expected]
            for span in expected:
                start, end, _ = span
                share = sum(
                    probability
                    for tags, probability in zip(taggings, probabilities, strict=True)
                    # A softmax may spell one span in several ways: the one that was read counts.
                    if tags[start:end] == best[start:end] and span in chain.tag_set.decode(tags)
                )
                if is_softmax and chain.tag_set.names[best[start]][0] not in "BS":
                    continue  # whether it begins here depends on the word before
                assert found[tuple(span)] == pytest.approx(share, abs=1e-9)
            for word in range(len(sequence)):
                sums = np.bincount(
                    [tags[word] for tags in taggings], probabilities, len(chain.tag_set)
                )
                assert decoded.marginals[place][word] == pytest.approx(sums, abs=1e-6)


def test_a_sequence_does_not_hear_of_its_neighbours() -> None:
    random = np.random.default_rng(5)
    chains = Chains(tuple(random_chain(tag_set, random) for tag_set in TAG_SETS))
    n_tags = sum(len(tag_set) for tag_set in TAG_SETS)
    sequences = [
        random.normal(scale=3, size=(length, n_tags)).astype(np.float32)
        for length in random.integers(1, 200, size=150)
    ]
    together = decode(sequences, chains)
    assert sum(len(decoded.spans) for decoded in together) > 1000
    for sequence, decoded in zip(sequences, together, strict=True):
        [alone] = decode([sequence], chains)
        assert [span[:3] for span in alone.spans] == [span[:3] for span in decoded.spans]
        assert [span.confidence for span in alone.spans] == pytest.approx(
            [span.confidence for span in decoded.spans], abs=1e-12
        )


@pytest.mark.parametrize("scale", [60, 3000])
def test_long_sequences_and_sure_emissions_stay_finite(scale: float) -> None:
    chains = Chains((random_chain(TAG_SETS[2], np.random.default_rng(1)),))
    emissions = np.random.default_rng(2).normal(scale=scale, size=(5000, 5)).astype(np.float32)
    [decoded] = decode([emissions], chains, with_marginals=True)
    assert np.isfinite(decoded.marginals[0]).all()
    assert np.allclose(decoded.marginals[0].sum(axis=1), 1)
    assert all(0 < span.confidence <= 1 for span in decoded.spans)


def test_chains_survive_their_file_and_equal_chains_give_equal_files(tmp_path) -> None:
    random = np.random.default_rng(3)
    chains = Chains(tuple(random_chain(tag_set, random) for tag_set in TAG_SETS))
    save_chains(tmp_path / "a.npz", chains)
    save_chains(tmp_path / "b.npz", chains)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    loaded = load_chains(tmp_path / "a.npz", TAG_SETS)
    assert loaded.transitions == pytest.approx(chains.transitions, rel=1e-6)


def test_chains_of_other_heads_are_refused(tmp_path) -> None:
    chains = Chains((Chain.independent(TAG_SETS[0]),))
    save_chains(tmp_path / "a.npz", chains)
    with pytest.raises(BundleError, match="export the bundle again"):
        load_chains(tmp_path / "a.npz", TAG_SETS)
    with pytest.raises(BundleError, match="head 0 has 5 tags"):
        load_chains(tmp_path / "a.npz", TAG_SETS[1:2])
