"""The tokenizer of taggers without an encoder: windows are measured in it, nothing reads it."""

from __future__ import annotations

from tokenizers import Tokenizer, models, pre_tokenizers

_UNKNOWN = "[UNK]"


def word_tokenizer() -> Tokenizer:
    """A tokenizer that makes one unknown piece of each run of letters and each punctuation mark."""
    tokenizer = Tokenizer(models.WordLevel({_UNKNOWN: 0}, unk_token=_UNKNOWN))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer
