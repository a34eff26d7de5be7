"""How one source is read: where it is, what it is, and which of its entries are wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ENGLISH = "ENG"


@dataclass(frozen=True, slots=True)
class SourceSettings:
    r"""One source of a lexicon.

    `prefix` comes before ids that have none: one for all, or by a pattern that the whole id must
    fit (`{"MESH": "[CD]\\d+", "OMIM": "\\d+"}`). `label` goes to all entries that no other rule
    gives one; `labels` to those with a code that begins so (`{"C": "Disease", "F03": "Disease"}`:
    the longest beginning decides, and the empty label leaves a branch out), `codes` being the file
    that tells an id's codes where the source itself does not. `properties` are given to every
    concept of the source. `taxa` are the organisms wanted from `gene_info`, all by default.
    `languages`, `vocabularies` (SAB) and `suppressed` choose rows of RRF files.
    """

    path: Path
    format: str | None = None  # None: by the file's name and first lines
    name: str | None = None
    version: str | None = None  # None: what the file says of itself
    licence: str | None = None
    prefix: str | Mapping[str, str] | None = field(default=None, hash=False)
    label: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    codes: Path | None = None
    properties: Mapping[str, str] = field(default_factory=dict, hash=False)
    encoding: str = "utf-8"
    taxa: tuple[str, ...] = ()
    languages: tuple[str, ...] = (ENGLISH,)
    vocabularies: tuple[str, ...] = ()
    suppressed: bool = False
