"""What workers do with a shard, the same on every engine: read its ids, or annotate it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from bioweave.cluster.folder import RunFolder
from bioweave.cluster.identity import Identities, identify
from bioweave.cluster.job import AnnotatorSettings, Job
from bioweave.cluster.shard_pass import ShardPass
from bioweave.cluster.shards import Shard
from bioweave.cluster.tries import Tries
from bioweave.errors import BioweaveError

if TYPE_CHECKING:
    from bioweave.annotator import Annotator


class Work(Protocol):
    """Picklable, and done in processes that may die at any moment; doing it again does no harm."""

    def prepare(self) -> None:
        """Load what all shards need."""

    def __call__(self, shard: Shard) -> dict[str, Any]:
        """Do it, and tell of it in JSON values.

        Raises what ends the whole run: OSError for a disk that is full, BioweaveError.
        """

    def call_off(self, shard: Shard) -> None:
        """Forget a try that was ended on purpose."""


@dataclass(frozen=True, slots=True)
class Identifying:
    """Reads the ids in a shard; tells how many documents there are."""

    folder: RunFolder

    def prepare(self) -> None:
        """Nothing is needed."""

    def __call__(self, shard: Shard) -> dict[str, Any]:
        """Write the shard's identities, unless they are there."""
        path = self.folder.identities(shard.number)
        if not path.exists():
            tries = Tries.begin(self.folder.identity_tries(shard.number))
            if tries.is_hopeless:
                names = ", ".join(part.path for part in shard.parts)
                raise BioweaveError(f"{tries.n_deaths} workers died while they read {names}")
            try:
                identify(shard).write(path)
            finally:
                tries.end()
        return {"number": shard.number, "documents": Identities.read(path).n_documents}

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
        """Load the bundle."""
        _annotator(self.job.settings)

    def __call__(self, shard: Shard) -> dict[str, Any]:
        """Write the shard's folder, unless it is there."""
        done: dict[str, Any] | None = self.folder.record(shard.number)
        if done is not None:
            return done
        annotator = _annotator(self.job.settings)
        path = self.folder.tries(shard.number)
        tries = Tries.begin(path)
        try:
            record = ShardPass(self.job, shard, tries).run(annotator)
        except MemoryError:
            raise  # as good as a death: the next one is to take care
        except OSError as error:
            Tries.call_off(path)
            if error.filename is not None:
                raise
            # Arrow does not say where.
            reason = error.strerror or str(error)
            raise OSError(error.errno, reason, str(self.folder.shard(shard.number))) from error
        except BaseException:
            Tries.call_off(path)
            raise
        tries.end()
        return record

    def call_off(self, shard: Shard) -> None:
        """Forget a try that was ended on purpose."""
        Tries.call_off(self.folder.tries(shard.number))


@lru_cache(maxsize=1)
def _annotator(settings: AnnotatorSettings) -> Annotator:
    return settings.make()
