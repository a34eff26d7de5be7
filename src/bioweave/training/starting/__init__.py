"""Training that goes on from a model instead of from a bare encoder."""

from bioweave.training.starting.start import Start, open_start, take_over, take_over_encoder

__all__ = ["Start", "open_start", "take_over", "take_over_encoder"]
