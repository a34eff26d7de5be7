"""A pool that all share, and of which nobody takes so much that nothing is left for others."""

from __future__ import annotations

from collections import Counter


class Shares:
    """How much of a pool each owner holds.

    An owner may hold as much as is left for everybody else: one alone gets half of the pool, two
    get a third each, and whoever comes next finds something (dynamic thresholds with alpha = 1,
    Choudhury and Hahne, IEEE/ACM Transactions on Networking 6(2), 1998). None is whoever needs no
    key: there is nobody to keep something for, and it may hold all.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.total = 0
        self._held: Counter[str | None] = Counter()

    def held(self, owner: str | None) -> int:
        """How much the owner holds."""
        return self._held[owner]

    def fits(self, owner: str | None, amount: int) -> bool:
        """Whether the owner may take so much more."""
        left = self.most - self.total - amount
        if left < 0:
            return False
        return owner is None or self._held[owner] + amount <= left

    def take(self, owner: str | None, amount: int) -> None:
        """Take so much, whether it fits or not."""
        self._held[owner] += amount
        self.total += amount

    def give_back(self, owner: str | None, amount: int) -> None:
        """Give back what was taken."""
        self.total -= amount
        self._held[owner] -= amount
        if not self._held[owner]:
            del self._held[owner]
