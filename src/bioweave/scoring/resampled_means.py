"""How far means over mentions depend on which documents happened to be there.

Documents are what is drawn, as in `resampling`: mentions of one document resemble each other. A
mean is that over all mentions of the documents drawn, some of them more than once.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def bootstrap_means(
    totals: Floats,
    counts: npt.NDArray[np.integer],
    *,
    resamples: int = 1000,
    level: float = 0.95,
    seed: int = 0,
) -> Floats:
    """Percentile intervals [values, 2] of the means of several values over mentions.

    `totals` [documents, values] are sums over each document's mentions, and `counts` [documents]
    their numbers. All values see the same draws, so that an interval of paired differences is that
    of their totals. Raises ValueError where there is no mention.

    >>> bootstrap_means(np.array([[3.0], [1.0]]), np.array([3, 1])).tolist()
    [[1.0, 1.0]]
    """
    if totals.ndim != 2 or counts.shape != totals.shape[:1] or not counts.all() or not len(counts):
        raise ValueError(
            f"totals are {totals.shape} and counts {counts.shape}, expected [documents, values] "
            "and [documents], with a mention in each document"
        )
    random = np.random.default_rng(seed)
    # How often each document is drawn is all that a mean needs to know.
    drawn = random.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=resamples)
    means = (drawn @ totals) / (drawn @ counts)[:, None]
    tail = 50.0 * (1.0 - level)
    intervals: Floats = np.percentile(means, [tail, 100.0 - tail], axis=0).T
    return intervals
