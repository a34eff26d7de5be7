"""Several trained taggers pooled into one: fitted, compared and written as a bundle."""

from bioweave.experiments.fusing.comparison import METHODS, compare
from bioweave.experiments.fusing.fitting import fit_fusion
from bioweave.experiments.fusing.fuse import fuse
from bioweave.experiments.fusing.members import Member, draft_of, open_members
from bioweave.experiments.fusing.opinions import Opinions, ask
from bioweave.experiments.fusing.page import fusion_page

__all__ = [
    "METHODS",
    "Member",
    "Opinions",
    "ask",
    "compare",
    "draft_of",
    "fit_fusion",
    "fuse",
    "fusion_page",
    "open_members",
]
