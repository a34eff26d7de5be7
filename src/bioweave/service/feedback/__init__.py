"""What people correct: checked, counted, and kept without its text unless that is allowed."""

from bioweave.service.feedback.corrections import Correction, corrected
from bioweave.service.feedback.identity import Identity

__all__ = ["Correction", "Identity", "corrected"]
