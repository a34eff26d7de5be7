"""Weights of the words of many spans, and of the words around them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from bioweave.annotator import Annotator
from bioweave.document import Document
from bioweave.explanation.corpus_wide.contexts import places_of
from bioweave.explanation.games_of_documents import GamesOfDocuments
from bioweave.explanation.kept_rows import KeptRows
from bioweave.explanation.methods.choosing import SAMPLES, SEED, choose_method
from bioweave.explanation.sampling import Sampled


class WeightGatherer:
    """Weighs words by one method; raises what `choose_method` raises."""

    def __init__(
        self, annotator: Annotator, method: str, *, samples: int = SAMPLES, seed: int = SEED
    ) -> None:
        self.settings: dict[str, Any] = {"method": method, "samples": samples, "seed": seed}
        self._weigh = choose_method(method, annotator.bundle, samples=samples, seed=seed)
        self._games = GamesOfDocuments(annotator)

    def rows(
        self,
        documents: Sequence[Document],
        wanted: Sequence[Sampled],
        found: Collection[str],
        kept: KeptRows,
    ) -> Iterator[dict[str, Any]]:
        """A row for each span: those that are `kept`, then the others, which are kept as well.

        `found` are the keys of those that were found; the others are near misses.
        """
        todo = [one for one in wanted if one.key not in kept]
        yield from (kept[one.key] for one in wanted if one.key in kept)
        for one, game in self._games(documents, todo):
            weights = self._weigh(game).weights
            words = [
                [place.where, place.term, place.spelled, float(weights[place.player])]
                for place in places_of(game.subject)
            ]
            row = {
                "place": one.document,
                "label": one.mention.label,
                "found": one.key in found,
                "probability": game.probability,
                "words": words,
            }
            kept.add(one.key, row)
            yield kept[one.key]
