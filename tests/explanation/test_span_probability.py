"""The probability of a span against going through every tagging."""

import numpy as np
import pytest
from random_chains import all_taggings, random_chain, random_scores

from bioweave.document import TagScheme, TagSet, WordSpan
from bioweave.explanation.span_probability import absence_probability, span_probability

N_WORDS = 5


@pytest.mark.parametrize("scheme", list(TagScheme))
@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_sum_over_all_taggings_that_have_the_span(scheme: TagScheme, seed: int) -> None:
    tag_set = TagSet(("Disease", "Gene"), scheme)
    chain = random_chain(seed, N_WORDS, tag_set)
    taggings = all_taggings(*random_scores(seed, N_WORDS, tag_set), tag_set)
    for start in range(N_WORDS):
        for end in range(start + 1, N_WORDS + 1):
            for label in tag_set.labels:
                span = WordSpan(start, end, label)
                expected = sum(p for tags, p in taggings.items() if span in tag_set.decode(tags))
                assert span_probability(chain, tag_set, span) == pytest.approx(expected, abs=1e-12)
            none = sum(p for tags, p in taggings.items() if not any(tags[start:end]))
            assert absence_probability(chain, start, end) == pytest.approx(none, abs=1e-12)


def test_a_label_that_the_tags_lack_is_an_error() -> None:
    tag_set = TagSet(("Disease",))
    with pytest.raises(KeyError, match="Gene"):
        span_probability(random_chain(0, 3, tag_set), tag_set, WordSpan(0, 1, "Gene"))


def test_probabilities_of_all_readings_of_a_word_sum_to_one() -> None:
    tag_set = TagSet(("Disease",))
    chain = random_chain(7, N_WORDS, tag_set)
    holding = [
        span_probability(chain, tag_set, WordSpan(start, end, "Disease"))
        for start in range(3)
        for end in range(3, N_WORDS + 1)
    ]
    assert np.sum(holding) + absence_probability(chain, 2, 3) == pytest.approx(1)
