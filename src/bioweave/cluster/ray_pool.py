"""Workers that are Ray's actors: on this machine, or wherever `RAY_ADDRESS` says there is room.

Actors and nothing else of Ray: what goes to them are the paths of shards, and no data flow through
its store (docs/decisions/016).
"""

from __future__ import annotations

import logging
import os
from typing import Any

from bioweave.cluster.scheduling import Died
from bioweave.cluster.shards import Shard
from bioweave.cluster.work import Work, sendable
from bioweave.errors import BioweaveError, ConfigurationError, MissingExtraError

# Read when Ray is first imported: nothing is reported to anyone.
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
# Ray's workers run at the lowest priority but a few otherwise, behind all else on the machine.
os.environ.setdefault("RAY_worker_niceness", "0")
# Whoever asks for no GPU finds those that there are all the same; Ray warns that this will come.
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")

try:
    import ray
    from ray.exceptions import RayError
except ModuleNotFoundError as error:
    raise MissingExtraError("ray", extra="ray", needed_for="--engine ray") from error

# The smallest that Ray takes: only paths and counts pass through it.
_OBJECT_STORE_BYTES = 80 << 20
_OUT_OF_MEMORY = 137
_ADDRESS = "RAY_ADDRESS"


class RayPool:
    """Actors, each known by its handle; with a GPU each where the device is `cuda`.

    Those for which the cluster has no room wait until it has: its autoscaler sees them.
    """

    def __init__(self, n_workers: int, *, device: str = "cpu") -> None:
        self._is_ours = not ray.is_initialized()
        if self._is_ours and os.environ.get(_ADDRESS):
            _join_cluster()
        elif self._is_ours:
            _start_cluster(n_workers)
            there: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
            if device == "cuda" and not there.get("GPU"):
                ray.shutdown()
                raise ConfigurationError("--device cuda: Ray finds no GPU on this machine")
        self._actor: Any = ray.remote(
            # One that died is replaced here, where its shard is known.
            max_restarts=0,
            num_cpus=1,
            num_gpus=1 if device == "cuda" else 0,
        )(_Actor)
        self._awaited: dict[Any, Any] = {}

    def start(self, work: Work) -> Any:
        """A further actor."""
        handle: Any = self._actor.remote(work)
        self._awaited[handle.prepare.remote()] = handle
        return handle

    def give(self, handle: Any, shard: Shard) -> None:
        """Have an actor do a shard."""
        self._awaited[handle.do.remote(shard)] = handle

    def hear(self) -> tuple[Any, dict[str, Any] | BaseException | Died | None]:
        """The next one that tells something."""
        [ready], _ = ray.wait(list(self._awaited), num_returns=1)
        handle = self._awaited.pop(ready)
        try:
            return handle, ray.get(ready)
        except RayError as error:
            return handle, Died(str(error).strip().splitlines()[0])

    def end(self, handle: Any) -> None:
        """Kill it."""
        for awaited in [ref for ref, one in self._awaited.items() if one == handle]:
            del self._awaited[awaited]
        ray.kill(handle)

    def close(self) -> None:
        """Let go of Ray, which ends with it where it began here."""
        if self._is_ours:
            ray.shutdown()


def _start_cluster(n_workers: int) -> None:
    try:
        ray.init(
            # Or it would join whatever cluster runs on this machine.
            "local",
            num_cpus=n_workers,
            object_store_memory=_OBJECT_STORE_BYTES,
            include_dashboard=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except Exception as error:  # it has no other for a start that takes more than 30 seconds
        raise BioweaveError(
            f"Ray did not start on this machine ({error}); try again, or --engine local"
        ) from error


def _join_cluster() -> None:
    try:
        ray.init(log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, ValueError) as error:
        raise ConfigurationError(
            f"{_ADDRESS}={os.environ[_ADDRESS]}: no Ray cluster lets us in there ({error}); is it "
            "running, and does it ask for a token (RAY_AUTH_MODE=token, RAY_AUTH_TOKEN)?"
        ) from error


class _Actor:
    """Does the work; what it raises it hands back, or Ray would wrap it."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def prepare(self) -> BaseException | None:
        try:
            self._work.prepare()
        except MemoryError:
            os._exit(_OUT_OF_MEMORY)
        except Exception as error:
            return sendable(error)
        return None

    def do(self, shard: Shard) -> dict[str, Any] | BaseException:
        try:
            return self._work(shard)
        except MemoryError:
            os._exit(_OUT_OF_MEMORY)
        except Exception as error:
            return sendable(error)
