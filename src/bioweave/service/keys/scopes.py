"""What a key may open."""

from __future__ import annotations

from enum import StrEnum


class Scope(StrEnum):
    """One kind of route; a key has those that it was made with, and none comes with another."""

    ANNOTATE = "annotate"
    JOBS = "jobs"
    FEEDBACK = "feedback"
    READ = "read"
    ADMIN = "admin"

    @property
    def meaning(self) -> str:
        """What it opens, in words."""
        return _MEANINGS[self]


_MEANINGS = {
    Scope.ANNOTATE: "annotate, explain and convert documents",
    Scope.JOBS: "leave large uploads, and fetch and remove one's own",
    Scope.FEEDBACK: "send corrections, and remove them",
    Scope.READ: "models, metrics and the monitor",
    Scope.ADMIN: "export corrections",
}
