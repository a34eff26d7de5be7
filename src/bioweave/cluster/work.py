"""What workers do with a shard, the same on every engine: read its ids, or annotate it."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from bioweave.cluster.annotation import SickWorkerError, check_health
from bioweave.cluster.folder import RunFolder
from bioweave.cluster.identity import Identities, identify
from bioweave.cluster.job import AnnotatorSettings, Job
from bioweave.cluster.part_stream import ChangedError, UnreadableError
from bioweave.cluster.shard_pass import ShardPass
from bioweave.cluster.shards import Shard
from bioweave.cluster.tries import Tries
from bioweave.errors import BioweaveError
from bioweave.whole_files import write_json

if TYPE_CHECKING:
    from bioweave.cluster.job import AnyAnnotator

# A file that is too large for the memory does not get smaller.
_DEATHS_OF_READING = 5


class Work(Protocol):
    """Picklable, and done in processes that may die at any moment; doing it again does no harm."""

    def prepare(self) -> None:
        """Load what all shards need."""

    def __call__(self, shard: Shard) -> dict[str, Any]:
        """Do it, and tell of it in JSON values.

        Raises what ends the whole run: OSError for a disk that is full, BioweaveError; and
        SickWorkerError, which ends the worker.
        """

    def call_off(self, shard: Shard) -> None:
        """Forget a try that was ended on purpose."""


@dataclass(frozen=True, slots=True)
class Identifying:
    """Reads the ids in a shard; tells that, or what keeps it from being read."""

    folder: RunFolder

    def prepare(self) -> None:
        """Nothing is needed."""

    def __call__(self, shard: Shard) -> dict[str, Any]:
        """Write the shard's identities, unless they are there."""
        path = self.folder.identities(shard.number)
        if not Identities.are_at(path):
            tries = Tries.begin(self.folder.identity_tries(shard.number))
            if tries.n_deaths >= _DEATHS_OF_READING:
                tries.end()
                return _left(shard, f"{tries.n_deaths} workers died while they read it")
            try:
                found = identify(shard)
            except MemoryError:
                raise  # as good as a death, and counted as one
            except UnreadableError as error:
                tries.end()
                return _left(shard, error.message, error.place.source)
            except BaseException as error:
                tries.end()
                _mark_change(self.folder, error)
                raise
            found.write(path)
            tries.end()
        return {"number": shard.number}

    def call_off(self, shard: Shard) -> None:
        """Forget a try that was ended on purpose."""
        Tries.call_off(self.folder.identity_tries(shard.number))


@dataclass(frozen=True, slots=True)
class Annotating:
    """Annotates a shard; tells what its record does."""

    job: Job

    @property
    def folder(self) -> RunFolder:
        """Where the run is."""
        return RunFolder(self.job.out)

    def prepare(self) -> None:
        """Load the bundle, and see that it works before a document is at stake."""
        check_health(_annotator(self.job.settings))

    def __call__(self, shard: Shard) -> dict[str, Any]:
        """Write the shard's folder, unless it is there; or tell what keeps it from being done."""
        done: dict[str, Any] | None = self.folder.record(shard.number)
        if done is not None:
            return done
        annotator = _annotator(self.job.settings)
        path = self.folder.tries(shard.number)
        tries = Tries.begin(path)
        if tries.is_hopeless:
            tries.leave()
            return _left(shard, f"{tries.n_deaths} workers died while they annotated it")
        try:
            record = ShardPass(self.job, shard, tries).run(annotator)
        except (MemoryError, SickWorkerError):
            raise  # as good as a death: the next one is to take care
        except UnreadableError as error:
            Tries.call_off(path)
            return _left(shard, error.message, error.place.source)
        except OSError as error:
            Tries.call_off(path)
            if error.filename is not None:
                raise
            # Arrow does not say where.
            reason = error.strerror or str(error)
            raise OSError(error.errno, reason, str(self.folder.shard(shard.number))) from error
        except BaseException as error:
            Tries.call_off(path)
            _mark_change(self.folder, error)
            raise
        tries.end()
        return record

    def call_off(self, shard: Shard) -> None:
        """Forget a try that was ended on purpose."""
        Tries.call_off(self.folder.tries(shard.number))


def _left(shard: Shard, reason: str, path: str | None = None) -> dict[str, Any]:
    """What is told of a shard that is not done, and that a later attempt may do."""
    paths = [path] if path is not None else [part.path for part in shard.parts]
    return {"number": shard.number, "left": [{"path": one, "reason": reason} for one in paths]}


def _mark_change(folder: RunFolder, error: BaseException) -> None:
    """Leave word that this run cannot be gone on with, for --force."""
    if isinstance(error, ChangedError):
        write_json(folder.changed, {"path": error.place.source})


def sendable(error: Exception) -> Exception:
    """The error, or what it says, where it would not survive the way to another process."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return BioweaveError(f"{type(error).__name__}: {error}")
    return error


@lru_cache(maxsize=1)
def _annotator(settings: AnnotatorSettings) -> AnyAnnotator:
    return settings.make()
