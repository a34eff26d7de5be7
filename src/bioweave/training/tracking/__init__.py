"""Who follows a run: TensorBoard by its event files, and MLflow where a recipe asks for it.

Only what is asked for is imported.
"""

from bioweave.training.tracking.choice import TrackingChoice
from bioweave.training.tracking.tracker import Results
from bioweave.training.tracking.trackers import Trackers, check_installed, tracked

__all__ = ["Results", "Trackers", "TrackingChoice", "check_installed", "tracked"]
