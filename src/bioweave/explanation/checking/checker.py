"""Methods of explanation put to the test on mentions of many documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bioweave.annotator import Annotator
from bioweave.document import Document
from bioweave.explanation.checking.trial import RANDOM_DRAWS, Row, Trial
from bioweave.explanation.games_of_documents import GamesOfDocuments
from bioweave.explanation.kept_rows import KeptRows
from bioweave.explanation.methods import Weigher
from bioweave.explanation.methods.choosing import SAMPLES, SEED, choose_method
from bioweave.explanation.sampling import Sampled

# Methods that draw. They weigh every so many mentions once more with another seed: as dear as the
# first time, and a quarter of them tells how far weights depend on the draw.
_DRAWING = ("shap", "lime")
AGAIN_EVERY = 4


class Checker:
    """Tests methods of explanation on what an annotator finds.

    Raises what `choose_method` raises.
    """

    def __init__(
        self,
        annotator: Annotator,
        methods: Sequence[str],
        *,
        samples: int = SAMPLES,
        seed: int = SEED,
    ) -> None:
        self._annotator = annotator
        self.settings: dict[str, Any] = {
            "methods": list(methods),
            "samples": samples,
            "seed": seed,
            "draws": RANDOM_DRAWS,
            "again_every": AGAIN_EVERY,
        }

        def method(name: str, seed: int) -> Weigher:
            return choose_method(name, annotator.bundle, samples=samples, seed=seed)

        self._trial = Trial(
            {name: method(name, seed) for name in methods},
            {name: method(name, seed + 1) for name in methods if name in _DRAWING},
            seed,
        )
        self._games = GamesOfDocuments(annotator)

    def rows(
        self, documents: Sequence[Document], sampled: Sequence[Sampled], kept: KeptRows
    ) -> Iterator[Row]:
        """A row for each mention: those that are `kept`, then the others, which are kept as well.

        Where an exception ends it, an interruption by its user among them, what was done is kept.
        """
        todo = [one for one in sampled if one.key not in kept]
        yield from (kept[one.key] for one in sampled if one.key in kept)
        for one, game in self._games(documents, todo):
            row = self._trial(game, one.turn, with_again=one.turn % AGAIN_EVERY == 0)
            kept.add(one.key, {**_named(documents[one.document], one), **row})
            yield kept[one.key]


def _named(document: Document, one: Sampled) -> Row:
    mention = one.mention
    return {
        "document": document.id,
        "place": one.document,
        "start": mention.start,
        "end": mention.end,
        "label": mention.label,
        "turn": one.turn,
    }
