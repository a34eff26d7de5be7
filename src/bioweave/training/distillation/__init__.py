"""Teachers' word-level probabilities: computed once, kept compactly, learned from by a student."""

from bioweave.training.distillation.taught import Teaching, prepare_teaching

__all__ = ["Teaching", "prepare_teaching"]
