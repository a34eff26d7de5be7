"""What went wrong, mistake by mistake: each miss and each false alarm once, sorted by kind."""

from bioweave.scoring.mistakes.kinds import DETAILS, MistakeKind
from bioweave.scoring.mistakes.pairing import Mistake, find_mistakes
from bioweave.scoring.mistakes.sorting import LONG_WORDS, SortedMistake, sort_mistakes
from bioweave.scoring.mistakes.tally import Tally, tally

__all__ = [
    "DETAILS",
    "LONG_WORDS",
    "Mistake",
    "MistakeKind",
    "SortedMistake",
    "Tally",
    "find_mistakes",
    "sort_mistakes",
    "tally",
]
