"""Where a recipe wants a run to be followed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bioweave.training.section import Section


class TrackingChoice(Section):
    """What is told of a run beside its own files; `steps.jsonl` and `progress.png` always are."""

    # Event files in RUN/tensorboard.
    tensorboard: bool = True
    # A run of MLflow's, of the same parameters, figures and files, and the model card.
    mlflow: bool = False
    # MLflow's store: a server's address, or sqlite:///FILE. By default what MLFLOW_TRACKING_URI
    # says, and otherwise a file in the folder where the command is called.
    uri: str | None = None
    experiment: Annotated[str, Field(min_length=1)] = "bioweave"
