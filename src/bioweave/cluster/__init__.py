"""Corpora larger than memory, and larger than a machine: each document annotated exactly once."""

from bioweave.cluster.engine import Engine, EngineName, make_engine
from bioweave.cluster.job import AnnotatorSettings, Job
from bioweave.cluster.progress import Progress, Watcher
from bioweave.cluster.report import RunReport
from bioweave.cluster.run import Limits, run_at_scale

__all__ = [
    "AnnotatorSettings",
    "Engine",
    "EngineName",
    "Job",
    "Limits",
    "Progress",
    "RunReport",
    "Watcher",
    "make_engine",
    "run_at_scale",
]
