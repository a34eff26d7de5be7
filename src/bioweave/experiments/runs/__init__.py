"""Many runs of one recipe: what its parts are worth, how sure that is, and which settings do best.

Torch and Optuna are loaded only when a command begins.
"""

from bioweave.experiments.runs.ablation import ablate, write_ablation
from bioweave.experiments.runs.brief import brief
from bioweave.experiments.runs.cross_validation import cross_validate, write_cross_validation
from bioweave.experiments.runs.out_of_fold import DocumentMarginals, Marginals, read_marginals
from bioweave.experiments.runs.switches import Switch, SwitchFile, load_switches
from bioweave.experiments.runs.tuning import tune, write_tuning

__all__ = [
    "DocumentMarginals",
    "Marginals",
    "Switch",
    "SwitchFile",
    "ablate",
    "brief",
    "cross_validate",
    "load_switches",
    "read_marginals",
    "tune",
    "write_ablation",
    "write_cross_validation",
    "write_tuning",
]
