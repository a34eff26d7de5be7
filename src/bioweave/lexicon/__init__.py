"""Terminologies compiled into one file: concepts by id and by name, and their names in text."""

from bioweave.lexicon.building import HoldingBack, build_lexicon
from bioweave.lexicon.concept import LearnedCaution, LexiconConcept, LexiconName, SourceInfo
from bioweave.lexicon.learning import AnnotatedDocuments
from bioweave.lexicon.lexicon import Lexicon
from bioweave.lexicon.matcher import LexiconMatch, Matcher
from bioweave.lexicon.normalisation import normalise
from bioweave.lexicon.sources.settings import SourceSettings

__all__ = [
    "AnnotatedDocuments",
    "HoldingBack",
    "LearnedCaution",
    "Lexicon",
    "LexiconConcept",
    "LexiconMatch",
    "LexiconName",
    "Matcher",
    "SourceInfo",
    "SourceSettings",
    "build_lexicon",
    "normalise",
]
