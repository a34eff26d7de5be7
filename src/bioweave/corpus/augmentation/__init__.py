"""More documents to learn from: changed copies of those there are, and made-up sentences."""

from bioweave.corpus.augmentation.case import CaseForm, CaseUnit, vary_case
from bioweave.corpus.augmentation.copies import Change, Copies, make_copies
from bioweave.corpus.augmentation.edits import Edit, edited
from bioweave.corpus.augmentation.greek import vary_greek
from bioweave.corpus.augmentation.mentions import replace_mentions
from bioweave.corpus.augmentation.names import (
    LexiconNames,
    ManySources,
    NameList,
    NameSource,
    names_in,
    read_names,
)
from bioweave.corpus.augmentation.shuffling import shuffle_segments
from bioweave.corpus.augmentation.templates import (
    Template,
    make_sentences,
    own_templates,
    parse_templates,
    read_templates,
)
from bioweave.corpus.augmentation.words import WordsByTag, replace_words

__all__ = [
    "CaseForm",
    "CaseUnit",
    "Change",
    "Copies",
    "Edit",
    "LexiconNames",
    "ManySources",
    "NameList",
    "NameSource",
    "Template",
    "WordsByTag",
    "edited",
    "make_copies",
    "make_sentences",
    "names_in",
    "own_templates",
    "parse_templates",
    "read_names",
    "read_templates",
    "replace_mentions",
    "replace_words",
    "shuffle_segments",
    "vary_case",
    "vary_greek",
]
