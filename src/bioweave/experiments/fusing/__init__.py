"""Several trained taggers pooled into one: fitted, compared and written as a bundle."""

from bioweave.experiments.fusing.comparison import METHODS
from bioweave.experiments.fusing.draft import draft_of
from bioweave.experiments.fusing.fuse import fuse
from bioweave.experiments.fusing.members import Member, open_members
from bioweave.experiments.fusing.page import fusion_page

__all__ = ["METHODS", "Member", "draft_of", "fuse", "fusion_page", "open_members"]
