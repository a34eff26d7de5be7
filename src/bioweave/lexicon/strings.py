"""Many strings in one run of bytes: decoded one by one, as they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, overload

import numpy as np
import numpy.typing as npt

from bioweave.lexicon.container import Section, SectionFile

_CHUNK = 4096


class StringTable(Sequence[str]):
    """Strings by number; `find` needs them sorted by code point.

    `offsets` has one more entry than there are strings: each begins where the last one ended.
    """

    def __init__(self, blob: memoryview, offsets: npt.NDArray[Any]) -> None:
        self._blob = blob
        self._offsets = offsets

    @classmethod
    def read(cls, file: SectionFile, name: str) -> StringTable:
        """What `string_sections` made."""
        return cls(file.raw(f"{name}.text"), file.array(f"{name}.offsets"))

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        return str(self._bytes(index), "utf-8")

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), _CHUNK):
            offsets = self._offsets[start : start + _CHUNK + 1].tolist()
            chunk = bytes(self._blob[offsets[0] : offsets[-1]])
            for begin, end in pairwise(offsets):
                yield chunk[begin - offsets[0] : end - offsets[0]].decode()

    def find(self, text: str) -> int | None:
        """The number of a string in a sorted table; None where it is not."""
        # Lone surrogates are in no table: their bytes are no UTF-8.
        wanted = text.encode("utf-8", errors="surrogatepass")
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if bytes(self._bytes(middle)) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self._bytes(low) == wanted else None

    def _bytes(self, index: int) -> memoryview:
        return self._blob[int(self._offsets[index]) : int(self._offsets[index + 1])]


def string_sections(name: str, strings: Iterable[str]) -> Mapping[str, Section]:
    """The sections that `StringTable.read` reads."""
    encoded = [string.encode() for string in strings]
    offsets = np.zeros(len(encoded) + 1, dtype=np.uint64)
    np.cumsum(np.fromiter(map(len, encoded), np.uint64, len(encoded)), out=offsets[1:])
    if int(offsets[-1]) <= np.iinfo(np.uint32).max:
        offsets = offsets.astype(np.uint32)
    return {f"{name}.text": b"".join(encoded), f"{name}.offsets": offsets}
