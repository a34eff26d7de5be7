"""The documents to measure on, and those that a model could have learned from beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bioweave.corpus import carve, info, load
from bioweave.document import Document
from bioweave.errors import CorpusError

# What a recipe does unless it says otherwise.
_CARVED_SHARE = 0.1
_SEED = 13


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Documents to measure on, and the train split of the same corpus without them.

    `carved_with` is the seed by which a dev split was parted from train, None for a published
    split.
    """

    documents: tuple[Document, ...]
    training: tuple[Document, ...]
    carved_with: int | None = None


def hold_out(corpus: str, split: str, provenance: Mapping[str, Any]) -> HeldOut:
    """A split of a corpus and what is left to learn from.

    For a corpus that publishes no dev split, dev is what training parts from train, by the seed in
    the model's `provenance`. Raises CorpusError for any other split that is not there.
    """
    splits = info(corpus).splits
    if split == "dev" and "dev" not in splits and "train" in splits:
        seed = int(provenance.get("seed", _SEED))
        learned = provenance.get("corpora", {}).get(corpus, {})
        share = float(learned.get("carved") or _CARVED_SHARE)
        training, documents = carve(load(corpus, "train"), share, seed)
        if not documents:
            raise CorpusError(f"{corpus} has no dev split and too few documents to part one from")
        return HeldOut(tuple(documents), tuple(training), seed)
    documents = load(corpus, split)
    training = load(corpus, "train") if "train" in splits else []
    return HeldOut(tuple(documents), tuple(training))
