"""What the part-of-speech tagger sees of a word: itself, its affixes and its shape, as hashes.

A hash is FNV-1a (Fowler, Noll and Vo) over code points in 32 bits, begun at another value for each
kind of feature, so that the same letters as a prefix and as a suffix are two features. The hashes
are part of a trained tagger: changing anything here makes old ones useless.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bioweave.features.characters import code_points

_N_CHARACTERS = 32
_PRIME = np.uint32(16777619)
_BASIS = 2166136261

_SUFFIXES = (1, 2, 3, 4, 5)
_PREFIXES = (1, 2, 3)
FEATURES = (
    "norm",  # lower case, digits as 0, typeset signs as typed
    "last part",  # of the norm, after the last hyphen: what decides for `NF-kappaB-dependent`
    "shape",  # letters as X or x, digits as d, at most two of a kind in a row
    *(f"suffix {length}" for length in _SUFFIXES),
    *(f"prefix {length}" for length in _PREFIXES),
)

# The training text (GENIA) is plain ASCII: Greek letters are spelled out, quotes are TeX's.
_GREEK = dict(
    zip(
        "αβγδεζηθικλμνξοπρστυφχψω",
        "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
        "sigma tau upsilon phi chi psi omega".split(),
        strict=True,
    )
) | {"ς": "sigma", "µ": "mu", "ϕ": "phi", "ϑ": "theta", "ϵ": "epsilon"}
_SIGNS = {"“": "``", "”": "''", '"': "''", "‘": "`", "’": "'", "′": "'", "×": "x", "·": "*"}
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
_DIGITS = dict.fromkeys("123456789", "0")
_SPELLING = str.maketrans(_GREEK | _SIGNS | _DASHES | _DIGITS)


def normalise(word: str) -> str:
    """The word as the tagger compares it.

    >>> normalise("TNF-α")
    'tnf-alpha'
    >>> normalise("1995")
    '0000'
    """
    return word.lower().translate(_SPELLING)


def feature_hashes(words: Sequence[str]) -> npt.NDArray[np.uint32]:
    """One hash per word and feature, [n_words, len(FEATURES)], in the order of `FEATURES`."""
    norms = [normalise(word) for word in words]
    points = code_points(norms, _N_CHARACTERS)
    last_points = code_points([norm[norm.rfind("-") + 1 :] for norm in norms], _N_CHARACTERS)
    columns = [
        _fold(points, "norm"),
        _fold(last_points, "last part"),
        _fold(_shapes(code_points(words, _N_CHARACTERS)), "shape"),
    ]
    backwards = _reversed(points)
    columns += [_fold(backwards[:, :length], f"suffix {length}") for length in _SUFFIXES]
    columns += [_fold(points[:, :length], f"prefix {length}") for length in _PREFIXES]
    return np.stack(columns, axis=1)


def _fold(points: npt.NDArray[np.uint32], feature: str) -> npt.NDArray[np.uint32]:
    """The hash of each row of code points; zeros, wherever they stand, do not count."""
    seed = (_BASIS + 0x9E3779B9 * FEATURES.index(feature)) % 2**32
    hashes = np.full(len(points), seed, dtype=np.uint32)
    for column in points.T:
        hashes = np.where(column == 0, hashes, (hashes ^ column) * _PRIME)
    return hashes


def _reversed(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    lengths = np.count_nonzero(points, axis=1)
    from_end = lengths[:, None] - 1 - np.arange(points.shape[1])
    letters = np.take_along_axis(points, np.maximum(from_end, 0), axis=1)
    return np.where(from_end >= 0, letters, np.uint32(0))


def _shapes(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    letters = points.view("<U1")
    kinds = points.copy()
    kinds[np.char.isupper(letters)] = ord("X")
    kinds[np.char.islower(letters)] = ord("x")
    kinds[np.char.isdecimal(letters)] = ord("d")
    third = (kinds[:, 2:] == kinds[:, 1:-1]) & (kinds[:, 2:] == kinds[:, :-2])
    kinds[:, 2:][third] = 0
    return kinds
