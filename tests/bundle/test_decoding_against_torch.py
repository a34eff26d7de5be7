"""Two implementations of the chains, numpy's and PyTorch's, say the same."""

import numpy as np
import pytest

from bioweave.bundle import Chain, Chains, decode
from bioweave.document import TagScheme, TagSet

TAG_SETS = (TagSet(("Disease",)), TagSet(("Gene", "Species"), TagScheme.BIOES))


def test_spans_and_marginals_equal_those_of_the_crf_that_was_trained() -> None:
    torch = pytest.importorskip("torch", reason="PyTorch comes with the extra train")
    from bioweave.model.crf import Crf

    torch.manual_seed(3)
    crfs = [Crf(tag_set) for tag_set in TAG_SETS]
    for crf in crfs:
        for parameter in crf.parameters():
            torch.nn.init.normal_(parameter)
    chains = Chains(
        tuple(
            Chain(tag_set, *(part[0].detach().double().numpy() for part in crf.scores()))
            for tag_set, crf in zip(TAG_SETS, crfs, strict=True)
        )
    )
    lengths = torch.tensor([1, 7, 30, 64, 2])
    emissions = 3 * torch.randn(len(lengths), 64, sum(map(len, TAG_SETS)))
    sequences = [rows[:length].numpy() for rows, length in zip(emissions, lengths, strict=True)]
    decoded = decode(sequences, chains, with_marginals=True)
    for place, crf in enumerate(crfs):
        own = emissions[..., chains.columns[place]].contiguous()
        tags, marginals = crf.viterbi(own, lengths), crf.marginals(own, lengths)
        for row, length in enumerate(lengths.tolist()):
            spans = [span[:3] for span in decoded[row].spans if span.head == place]
            assert spans == TAG_SETS[place].decode(tags[row, :length].tolist())
            expected = marginals[row, :length].numpy()
            assert np.allclose(decoded[row].marginals[place], expected, atol=1e-5)
