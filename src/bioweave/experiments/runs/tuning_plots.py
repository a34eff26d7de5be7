"""A search drawn from its summary: how the best value grew, and which settings mattered."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bioweave.experiments.figures import panels_of, saved, with_legend
from bioweave.experiments.runs.study import quiet

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


def plot_tuning(summary: Mapping[str, Any], path: Path) -> None:
    """Write a PNG: trials in their order with the best so far, and the settings' importance."""
    shares = sorted(summary["importance"].items(), key=lambda one: one[1])
    figure, panels = panels_of(
        1, 2 if shares else 1, width=5.5, height=max(3.4, 1.6 + 0.3 * len(shares))
    )
    history = panels[0]
    finished = [one for one in summary["trials"] if one["value"] is not None]
    numbers = [one["number"] for one in finished]
    values = [100 * one["value"] for one in finished]
    history.plot(numbers, values, "o", color="tab:blue", label="came to its end")
    history.step(
        numbers, np.maximum.accumulate(values), where="post", color="tab:red", label="best so far"
    )
    given_up = [one for one in summary["trials"] if one["state"] == "pruned" and one["epochs"]]
    if given_up:
        history.plot(
            [one["number"] for one in given_up],
            [100 * max(one["epochs"].values()) for one in given_up],
            "x",
            color="0.6",
            label="given up, with what it had by then",
        )
    history.set(xlabel="trial", ylabel="strict F1 on dev", title=f"search for {summary['recipe']}")
    history.locator_params(axis="x", integer=True)
    if shares:
        panels[1].barh([name for name, _ in shares], [share for _, share in shares], color="0.5")
        panels[1].set(xlabel="share in what makes trials differ", title="importance")
    saved(with_legend(figure), path)
