"""Which label an entry has: its own, that of its branch, or its source's."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

# Of concepts whose source does not say what they are: mentions of every label may mean them.
ANY_LABEL: Final = "Any"


def label_of_names(label: str, known: Collection[str]) -> str | None:
    """Under which of a lexicon's labels the names for a label stand; None where it has none.

    >>> label_of_names("Disease", ["Disease", "Gene"]), label_of_names("Disease", ["Any"])
    ('Disease', 'Any')
    """
    return next((one for one in (label, ANY_LABEL) if one in known), None)


class BranchLabels:
    """Labels by the beginning of a code, such as a tree number.

    The longest beginning that fits a code decides for it; of several codes, the beginning that
    stands first in the table decides. The empty label says that a branch is not wanted.

    >>> labels = BranchLabels({"C": "Disease", "D": "Chemical", "D12.776": ""})
    >>> labels.of(["D12.776.097", "C04.557"]), labels.of(["D12.776.097"]), labels.of(["Z01"])
    ('Disease', '', None)
    """

    def __init__(self, labels: Mapping[str, str]) -> None:
        self._labels = dict(labels)
        self._ranks = {beginning: rank for rank, beginning in enumerate(labels)}
        self._lengths = sorted({len(beginning) for beginning in labels}, reverse=True)

    def of(self, codes: Iterable[str]) -> str | None:
        """The label for these codes; None where no beginning fits any of them."""
        beginnings = [found for code in codes if (found := self._beginning(code)) is not None]
        if not beginnings:
            return None
        wanted = [beginning for beginning in beginnings if self._labels[beginning]]
        return self._labels[min(wanted or beginnings, key=self._ranks.__getitem__)]

    def _beginning(self, code: str) -> str | None:
        for length in self._lengths:
            if code[:length] in self._labels:
                return code[:length]
        return None
