"""What words and contexts do in the mean: weights of many mentions, summed up by word."""

from bioweave.explanation.corpus_wide.gathering import WeightGatherer
from bioweave.explanation.corpus_wide.near_misses import FLOOR, spans_of
from bioweave.explanation.corpus_wide.tally import LEAST_DOCUMENTS, PRIOR, tally_words

__all__ = ["FLOOR", "LEAST_DOCUMENTS", "PRIOR", "WeightGatherer", "spans_of", "tally_words"]
