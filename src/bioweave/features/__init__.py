"""What a tagger reads: windows of pieces, and features of words."""

from bioweave.features.settings import FeatureSettings

__all__ = ["FeatureSettings"]
