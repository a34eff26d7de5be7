"""Many runs of one recipe: what its parts are worth, how sure that is, and which settings do best.

Torch and Optuna are loaded only when a command begins.
"""

from bioweave.experiments.runs.ablation import ablate, write_report
from bioweave.experiments.runs.cross_validation import cross_validate
from bioweave.experiments.runs.out_of_fold import DocumentMarginals, Marginals, read_marginals
from bioweave.experiments.runs.switches import Switch, load_switches
from bioweave.experiments.runs.tuning import tune

__all__ = [
    "DocumentMarginals",
    "Marginals",
    "Switch",
    "ablate",
    "cross_validate",
    "load_switches",
    "read_marginals",
    "tune",
    "write_report",
]
