"""Named corpora: their documents by split, statistics, defects, and what they share."""

from bioweave.corpus.carving import carve
from bioweave.corpus.checking import CheckReport, SplitCheck, check, check_json
from bioweave.corpus.defects import Action, Defect
from bioweave.corpus.folds import fold_numbers, split_fold
from bioweave.corpus.grouping import group_documents
from bioweave.corpus.labels import (
    LABELS,
    RELATION_LABELS,
    TYPE_LABELS,
    label_of,
    labels_of,
    scored_relations,
)
from bioweave.corpus.loading import files, load, load_with_defects
from bioweave.corpus.lookup import CorpusInfo, corpora_folder, corpus_names, info
from bioweave.corpus.merging import Drop, Part, count_drops, merge
from bioweave.corpus.overlap import Overlap, SplitName, overlap, overlap_json
from bioweave.corpus.portions import take_portion
from bioweave.corpus.speech import load_pos
from bioweave.corpus.statistics import (
    MentionCount,
    SplitStatistics,
    statistics,
    statistics_json,
)

__all__ = [
    "LABELS",
    "RELATION_LABELS",
    "TYPE_LABELS",
    "Action",
    "CheckReport",
    "CorpusInfo",
    "Defect",
    "Drop",
    "MentionCount",
    "Overlap",
    "Part",
    "SplitCheck",
    "SplitName",
    "SplitStatistics",
    "carve",
    "check",
    "check_json",
    "corpora_folder",
    "corpus_names",
    "count_drops",
    "files",
    "fold_numbers",
    "group_documents",
    "info",
    "label_of",
    "labels_of",
    "load",
    "load_pos",
    "load_with_defects",
    "merge",
    "overlap",
    "overlap_json",
    "scored_relations",
    "split_fold",
    "statistics",
    "statistics_json",
    "take_portion",
]
