"""The shapes of the tagger's tensors, named once.

Axes: *batch* windows, *pieces* of the encoder, *words*, *characters* of a word, *heads*, *tags* of
one head (or of all heads in a row, in `Emissions`), *features* of a vector.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jaxtyping import Bool, Float, Int
from torch import SymInt, Tensor

PieceIds = Int[Tensor, "batch pieces"]
PieceMask = Int[Tensor, "batch pieces"]
SecondPieceIds = Int[Tensor, "batch second_pieces"]
SecondPieceMask = Int[Tensor, "batch second_pieces"]
PieceVectors = Float[Tensor, "batch pieces piece_features"]
WordPieces = Int[Tensor, "batch words 2"]
WordCounts = Int[Tensor, "batch"]
WordMask = Bool[Tensor, "batch words"]
WordVectors = Float[Tensor, "batch words features"]
ContextVectors = Float[Tensor, "batch words context_features"]
Characters = Int[Tensor, "batch words characters"]
WordIndices = Int[Tensor, "batch words"]
DictionaryHits = Float[Tensor, "batch words dictionary_labels"]
TemplateIds = Int[Tensor, "batch words templates"]

Emissions = Float[Tensor, "batch words tags"]
OneHeadEmissions = Float[Tensor, "batch words _"]
HeadEmissions = Float[Tensor, "batch words heads tags"]
# Of the widest head, where `Emissions` counts the tags of all.
StackedEmissions = Float[Tensor, "batch words heads _"]
Tags = Int[Tensor, "batch words"]
HeadTags = Int[Tensor, "batch words heads"]
HeadMask = Bool[Tensor, "batch heads"]
LogScores = Float[Tensor, "batch"]
HeadLogScores = Float[Tensor, "batch heads"]
Marginals = Float[Tensor, "batch words tags"]

StartScores = Float[Tensor, "heads tags"]
TransitionScores = Float[Tensor, "heads tags tags"]
Scalar = Float[Tensor, ""]

if TYPE_CHECKING:
    Length = int
else:
    # During export lengths are symbols, which torch's own annotations pass over in silence.
    Length = int | SymInt
