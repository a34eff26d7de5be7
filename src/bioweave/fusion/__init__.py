"""Many models' opinions of a document's tags -> one: pure numpy, whatever the models are."""

from bioweave.fusion.calibration import fit_temperature
from bioweave.fusion.chain import TagChain, joined_chains
from bioweave.fusion.common_tags import common_chain, common_tag_set
from bioweave.fusion.fitting import fit_linear, fit_log_linear
from bioweave.fusion.pools import LinearPool, LogLinearPool, Pool
from bioweave.fusion.reading import PooledSpan, likeliest_spans, probable_spans
from bioweave.fusion.saving import load_pool, pool_arrays
from bioweave.fusion.stacking import StackingPool, stacked_features
from bioweave.fusion.votes import Vote, vote

__all__ = [
    "LinearPool",
    "LogLinearPool",
    "Pool",
    "PooledSpan",
    "StackingPool",
    "TagChain",
    "Vote",
    "common_chain",
    "common_tag_set",
    "fit_linear",
    "fit_log_linear",
    "fit_temperature",
    "joined_chains",
    "likeliest_spans",
    "load_pool",
    "pool_arrays",
    "probable_spans",
    "stacked_features",
    "vote",
]
