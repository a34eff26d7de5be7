"""The pieces that are no text: what stands around it, and what hides it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from bioweave.errors import EncoderError

# What WordPiece and byte-level vocabularies call it; sentence encoders keep it unused.
_MASKS = ("[MASK]", "<mask>")


@dataclass(frozen=True, slots=True, eq=False)
class SpecialPieces:
    """Ids of special pieces.

    `before` and `after` stand around each sequence, `separator` (one or none) between two
    passages. `is_ordinary` [vocabulary] is True for what may be predicted, and may stand in for
    another piece: all that is not special.
    """

    before: tuple[int, ...]
    after: tuple[int, ...]
    mask: int
    is_ordinary: npt.NDArray[np.bool_]

    @property
    def separator(self) -> tuple[int, ...]:
        """What stands between two passages of one sequence."""
        return self.after[:1]


def special_pieces(tokenizer: Tokenizer, *, name: str) -> SpecialPieces:
    """The special pieces of an encoder's tokenizer; `name` is the encoder's, for the error.

    Raises EncoderError where the vocabulary has no piece to hide others behind, or no others.
    """
    mask = next((i for piece in _MASKS if (i := tokenizer.token_to_id(piece)) is not None), None)
    if mask is None:
        raise EncoderError(
            f"encoder {name!r} cannot be pretrained by masking: its tokenizer has neither of the "
            f"pieces {' and '.join(_MASKS)}; choose one that was made by masking (BERT and its kin)"
        )
    encoding = tokenizer.encode("a")
    is_special = encoding.special_tokens_mask
    first = is_special.index(0)
    last = len(is_special) - is_special[::-1].index(0)
    before, after = encoding.ids[:first], encoding.ids[last:]
    pieces = list(tokenizer.get_vocab().values())
    is_ordinary = np.zeros(max(pieces) + 1, dtype=np.bool_)
    is_ordinary[pieces] = True
    is_ordinary[[mask, *before, *after, *_named_special(tokenizer)]] = False
    if not is_ordinary.any():
        # What transformers makes up where there is neither tokenizer.json nor vocab.txt.
        raise EncoderError(
            f"encoder {name!r} has an empty tokenizer: its tokenizer.json is missing; copy it from "
            "where the weights came from"
        )
    return SpecialPieces(tuple(before), tuple(after), mask, is_ordinary)


def _named_special(tokenizer: Tokenizer) -> list[int]:
    """What the tokenizer calls special, and the piece for what it does not know."""
    added = tokenizer.get_added_tokens_decoder()
    special = [number for number, piece in added.items() if piece.special]
    unknown = tokenizer.token_to_id(getattr(tokenizer.model, "unk_token", None) or "")
    return special if unknown is None else [*special, unknown]
