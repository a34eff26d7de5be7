"""Which features a tagger reads beside the encoder's pieces."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """The word features that a tagger's graph takes as inputs; the default is none.

    `dictionary` names the labels whose dictionary hits are given, in the order of the input's
    last axis; it is empty where the tagger reads no dictionary. `templates` is the number of
    buckets that feature templates are hashed into, 0 for none.
    """

    characters: bool = False
    pos: bool = False
    vectors: bool = False
    dictionary: tuple[str, ...] = ()
    templates: int = 0

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the graph inputs that these features fill."""
        wanted = {
            "characters": self.characters,
            "pos": self.pos,
            "vectors": self.vectors,
            "dictionary": bool(self.dictionary),
            "templates": bool(self.templates),
        }
        return tuple(name for name, is_wanted in wanted.items() if is_wanted)
