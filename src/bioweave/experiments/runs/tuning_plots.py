"""A study drawn: how the best value grew, and which settings mattered."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bioweave.experiments.runs.study import quiet
from bioweave.whole_files import write_whole

if TYPE_CHECKING:
    import optuna


def importance(study: optuna.Study) -> dict[str, float]:
    """Each parameter's share in what makes trials differ (PED-ANOVA; Watanabe et al., 2023).

    Empty where too few trials came to their end, or all to the same value.
    """
    import optuna

    finished = study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,))
    if len({one.value for one in finished}) < 2:
        return {}
    with quiet():
        found = optuna.importance.get_param_importances(
            study, evaluator=optuna.importance.PedAnovaImportanceEvaluator()
        )
    return {name: float(share) for name, share in found.items()}


def plot_study(study: optuna.Study, folder: Path) -> None:
    """Write `history.png`, and `importance.png` where importance is known."""
    import matplotlib as mpl

    # Optuna draws with pyplot, which would look for a screen.
    mpl.use("Agg")
    from matplotlib import pyplot
    from optuna.visualization import matplotlib as drawing

    with quiet():
        _save(drawing.plot_optimization_history(study), folder / "history.png")
        if importance(study):
            _save(drawing.plot_param_importances(study), folder / "importance.png")
    pyplot.close("all")


def _save(axes: Any, path: Path) -> None:
    picture = BytesIO()
    axes.figure.savefig(picture, format="png", dpi=120, bbox_inches="tight")
    write_whole(path, picture.getvalue())
