"""Pages of whole studies, from the summaries that commands left: no model is needed any more."""

from bioweave.experiments.studies.pages import write_study_pages

__all__ = ["write_study_pages"]
