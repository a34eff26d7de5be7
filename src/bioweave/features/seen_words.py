"""A memory of what was computed for words: running text repeats itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock

import numpy as np
import numpy.typing as npt

_CAPACITY = 1 << 17  # words; with their features some 20 MB


class SeenWords:
    """Rows of numbers by word, computed once for each; None has a row of zeros.

    `compute` gives an array [n_words, n_columns]. Threads may share it. When it is full it
    forgets everything, which costs less than knowing what is oldest.
    """

    def __init__(
        self,
        compute: Callable[[Sequence[str]], npt.NDArray[np.int32]],
        *,
        n_columns: int,
        capacity: int = _CAPACITY,
    ) -> None:
        self._compute = compute
        self._capacity = capacity
        self._n_columns = n_columns
        self._lock = Lock()
        self._forget()

    def __getitem__(self, words: Sequence[str | None]) -> npt.NDArray[np.int32]:
        """The words' rows, [n_words, n_columns]."""
        with self._lock:
            if not self._learn(words):
                self._forget()
                if not self._learn(words):
                    return self._computed(words)
            places = np.fromiter(map(self._places.__getitem__, words), np.intp, len(words))
            return self._rows[places]

    def _forget(self) -> None:
        self._places: dict[str | None, int] = {None: 0}
        # Untouched memory costs nothing, so all of it is asked for at once.
        self._rows = np.zeros((self._capacity + 1, self._n_columns), dtype=np.int32)

    def _learn(self, words: Sequence[str | None]) -> bool:
        """Whether there was room for the words that are new."""
        new = [word for word in dict.fromkeys(words) if word not in self._places]
        start = len(self._places)
        if start + len(new) > len(self._rows):
            return False
        if new:
            self._rows[start : start + len(new)] = self._compute([word or "" for word in new])
            self._places.update(zip(new, range(start, start + len(new)), strict=True))
        return True

    def _computed(self, words: Sequence[str | None]) -> npt.NDArray[np.int32]:
        rows = self._compute([word or "" for word in words])
        return np.where(np.array([word is None for word in words])[:, None], 0, rows)
