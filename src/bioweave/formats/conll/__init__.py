"""CoNLL: a token and its tag a line."""

from bioweave.formats.conll.sentences import ConllSentence, ConllToken, parse_sentences

__all__ = ["ConllSentence", "ConllToken", "parse_sentences"]
