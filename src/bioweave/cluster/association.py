"""How strongly two things go together, by how often each and both are there."""

from __future__ import annotations

from math import exp, inf, lgamma, log, log2

# Of what is left of a sum, this share is too little to be seen in a double.
_NEGLIGIBLE = 1e-17


def pointwise_information(both: int, one: int, other: int, n: int) -> float:
    """log2 of how much oftener the two are together than by chance; -inf if they never are.

    >>> pointwise_information(both=10, one=20, other=50, n=1000)
    3.3219280948873...
    """
    if both == 0:
        return -inf
    return log2(both) + log2(n) - log2(one) - log2(other)


def fisher_p(both: int, one: int, other: int, n: int) -> float:
    """The probability that chance brings the two together so often, or oftener.

    Fisher's exact test, one-sided: the upper tail of the hypergeometric distribution of how many of
    `one` draws out of `n` are among `other`. Exact to some 10 digits, and 0.0 below 1e-308.
    """
    most = min(one, other)
    if both <= max(0, one + other - n):
        return 1.0
    # Terms fall from the mode on, so the tail is summed from its largest term.
    term = exp(_log_probability(both, one, other, n))
    if both <= (one + 1) * (other + 1) / (n + 2):
        return max(0.0, 1.0 - _sum_downwards(both - 1, one, other, n))
    total = 0.0
    for k in range(both, most + 1):
        total += term
        if term <= total * _NEGLIGIBLE:
            break
        term *= (one - k) * (other - k) / ((k + 1) * (n - one - other + k + 1))
    return min(1.0, total)


def _sum_downwards(k: int, one: int, other: int, n: int) -> float:
    """The lower tail up to and with `k`, which is below the mode."""
    total, least = 0.0, max(0, one + other - n)
    term = exp(_log_probability(k, one, other, n))
    while k >= least:
        total += term
        if term <= total * _NEGLIGIBLE:
            break
        term *= k * (n - one - other + k) / ((one - k + 1) * (other - k + 1))
        k -= 1
    return total


def _log_probability(both: int, one: int, other: int, n: int) -> float:
    return _log_choose(other, both) + _log_choose(n - other, one - both) - _log_choose(n, one)


def _log_choose(n: int, k: int) -> float:
    if k in (0, n):
        return 0.0
    if k == 1 or k == n - 1:
        return log(n)
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
