"""The service watched while it runs: traffic, drift, quality, and alerts."""

from bioweave.service.monitoring.monitor import Monitor

__all__ = ["Monitor"]
