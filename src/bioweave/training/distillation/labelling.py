"""Documents -> soft tags of several teachers, computed once and averaged."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bioweave.bundle import find_bundle, read_manifest
from bioweave.bundle.bundle import GRAPH_NAME
from bioweave.document import Document
from bioweave.errors import ConfigurationError
from bioweave.model.heads import Head
from bioweave.training.distillation.store import LabelStore, SoftTags
from bioweave.training.distillation.teacher import Teacher, open_teacher
from bioweave.training.folder import RunFolder
from bioweave.training.loading import is_run
from bioweave.training.provenance import sha256
from bioweave.training.recipe_file import load_recipe
from bioweave.training.watcher import Watcher

_DOCUMENTS_IN_SHARD = 256


def label_documents(
    documents: Sequence[Document],
    teachers: Sequence[Path],
    heads: Sequence[Head],
    folder: Path,
    *,
    temperature: float,
    watcher: Watcher,
) -> tuple[list[SoftTags], list[bool]]:
    """Each document's soft tags for `heads`, and which heads any teacher knows.

    A head's tags are the mean of the teachers that have one of the same name, labels and scheme:
    who was trained for two labels teaches these two. Each teacher's labels lie in a folder of their
    own below `folder`, shard by shard: what an interrupted labelling had finished is not done
    again. Raises ConfigurationError for a teacher that knows none of them.
    """
    digest = _digest(documents)
    known = [False] * len(heads)
    stores: list[tuple[LabelStore, list[int]]] = []
    for path in teachers:
        teacher = open_teacher(path)
        places = [_place(head, teacher.heads) for head in heads]
        if max(places) < 0:
            raise ConfigurationError(
                f"{path} shares none of the heads {', '.join(head.name for head in heads)}, which "
                "it is to teach: heads must agree in name, labels and scheme"
            )
        known = [so_far or place >= 0 for so_far, place in zip(known, places, strict=True)]
        store = LabelStore(
            folder / f"{teacher.name}-{digest[:8]}",
            _description(path, teacher, digest, len(documents), temperature),
        )
        _fill(store, teacher, documents, temperature, watcher)
        stores.append((store, places))
    n_shards = -(-len(documents) // _DOCUMENTS_IN_SHARD)
    tags = [soft for shard in range(n_shards) for soft in _averaged(stores, shard, heads)]
    return tags, known


def _fill(
    store: LabelStore,
    teacher: Teacher,
    documents: Sequence[Document],
    temperature: float,
    watcher: Watcher,
) -> None:
    for shard, start in enumerate(range(0, len(documents), _DOCUMENTS_IN_SHARD)):
        some = documents[start : start + _DOCUMENTS_IN_SHARD]
        if not store.has(shard):
            labelled = [SoftTags.of(one) for one in teacher.probabilities(some, temperature)]
            store.write(shard, labelled)
        watcher.show(start + len(some), len(documents), f"documents labelled by {teacher.name}")
    watcher.say(f"{teacher.name} labelled {len(documents):,} documents")


def _averaged(
    stores: Sequence[tuple[LabelStore, list[int]]], shard: int, heads: Sequence[Head]
) -> list[SoftTags]:
    n_tags = max(len(head.tag_set) for head in heads)
    n_knowing = [sum(places[head] >= 0 for _, places in stores) for head in range(len(heads))]
    averaged = []
    for several in zip(*(store.read(shard) for store, _ in stores), strict=True):
        mean = np.zeros((several[0].n_words, len(heads), n_tags), dtype=np.float32)
        for soft, (_, places) in zip(several, stores, strict=True):
            dense = soft.dense()
            for head, place in enumerate(places):
                width = len(heads[head].tag_set)
                if place >= 0:
                    mean[:, head, :width] += dense[:, place, :width] / n_knowing[head]
        # What nobody knows takes no room in `SoftTags`, and is not learned from.
        mean[:, [head for head, knowing in enumerate(n_knowing) if not knowing], 0] = 1.0
        averaged.append(SoftTags.of(mean))
    return averaged


def _place(head: Head, known: Sequence[Head]) -> int:
    """Where the teacher has this head, or -1."""
    same = [
        place
        for place, other in enumerate(known)
        if (other.name, other.labels, other.scheme) == (head.name, head.labels, head.scheme)
    ]
    return same[0] if same and not head.auxiliary else -1


def _description(
    path: Path, teacher: Teacher, digest: str, n_documents: int, temperature: float
) -> dict[str, Any]:
    return {
        "teacher": teacher.name,
        "weights": weights_checksum(path),
        "heads": [head.name for head in teacher.heads],
        "documents": n_documents,
        "documents_sha256": digest,
        "temperature": temperature,
    }


def weights_checksum(path: Path) -> str:
    """SHA-256 of what a run or a bundle computes with."""
    return sha256(RunFolder(path).weights if is_run(path) else find_bundle(path) / GRAPH_NAME)


def teacher_record(path: Path) -> dict[str, Any]:
    """What a student's record says of a teacher: its weights, and what it learned from."""
    if is_run(path):
        made_from = RunFolder(path).read_record()
        made_from["encoder"] = load_recipe(RunFolder(path).recipe).model.encoder
    else:
        made_from = read_manifest(find_bundle(path)).provenance
    kept = ("encoder", "seed", "corpora", "dropped", "distillation", "dev", "code")
    return {
        "weights": weights_checksum(path),
        **{name: made_from[name] for name in kept if made_from.get(name) is not None},
    }


def _digest(documents: Sequence[Document]) -> str:
    digest = hashlib.sha256()
    for document in documents:
        digest.update(f"{document.id}\0{document.text}\0".encode())
    return digest.hexdigest()
