"""How rerankers are trained."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LinkerTraining:
    """How rerankers are trained; chosen on the dev splits of ncbi-disease and bc5cdr."""

    hidden: int = 32
    epochs: int = 25
    batch_size: int = 64
    learning_rate: float = 2e-3
    weight_decay: float = 1e-3
    dropout: float = 0.1
    # A document's own names must not be what its mentions are linked by: the documents are cut into
    # so many parts, and each part is linked by what the others teach.
    folds: int = 10
    # How often an example is shown as it looks without the lexicon, so that a linker without
    # one can be weighed by the same network.
    share_without_lexicon: float = 0.3
    seed: int = 13
