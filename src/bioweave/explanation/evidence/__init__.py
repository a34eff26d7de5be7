"""What speaks for or against a mention beside the weights of words."""

from bioweave.explanation.evidence.gathering import EvidenceGatherer
from bioweave.explanation.evidence.ties import without_ties

__all__ = ["EvidenceGatherer", "without_ties"]
