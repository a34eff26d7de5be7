"""Parts of speech by ONNX Runtime and numpy alone.

A tagger is a folder: `graph.onnx`, `known.npy` (the sorted hashes of the features that training
saw; a feature's row in the graph's table is its place there plus one) and `tagger.json`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from bioweave.errors import BundleError
from bioweave.features.pos_features import FEATURES, feature_hashes
from bioweave.features.seen_words import SeenWords

PACKAGED = Path(__file__).parents[1] / "bundles" / "pos"
_FORMAT = 1
_CHUNK = 2048  # words that the graph sees at once: its arrays then stay in the cache


@dataclass(frozen=True, slots=True)
class PosModel:
    """A tagger as it is stored: everything but the running graph.

    `tags` are the names of the graph's tags in its order; `reach` is how many words to each side
    a word's tag depends on. `notes` says where the tagger comes from and what it measured.
    """

    tags: tuple[str, ...]
    reach: int
    known: npt.NDArray[np.uint32]
    graph: bytes
    notes: Mapping[str, Any]

    def save(self, folder: Path) -> None:
        """Write the folder that `read` reads."""
        folder.mkdir(parents=True, exist_ok=True)
        known = BytesIO()
        np.save(known, self.known, allow_pickle=False)
        files = {"graph.onnx": self.graph, "known.npy": known.getvalue()}
        for name, content in files.items():
            (folder / name).write_bytes(content)
        description = {
            "format": _FORMAT,
            "tags": self.tags,
            "reach": self.reach,
            "features": FEATURES,
            "sha256": {name: hashlib.sha256(files[name]).hexdigest() for name in files},
            "notes": self.notes,
        }
        text = json.dumps(description, indent=1, ensure_ascii=False) + "\n"
        (folder / "tagger.json").write_text(text, encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> PosModel:
        """The tagger in a folder; BundleError where it is damaged, incomplete or too new."""
        try:
            description = json.loads((folder / "tagger.json").read_bytes())
            version, features = description["format"], tuple(description["features"])
            if version > _FORMAT or features != FEATURES:
                raise BundleError(
                    f"{folder}: a part-of-speech tagger of format {version} over other features; "
                    f"this bioweave reads format {_FORMAT}. Upgrade bioweave or train it anew"
                )
            files = {name: (folder / name).read_bytes() for name in ("graph.onnx", "known.npy")}
            for name, content in files.items():
                if hashlib.sha256(content).hexdigest() != description["sha256"][name]:
                    raise BundleError(
                        f"{folder / name}: the checksum is not the one in tagger.json; "
                        "the file is damaged, install or export it again"
                    )
            return cls(
                tuple(description["tags"]),
                int(description["reach"]),
                np.load(BytesIO(files["known.npy"]), allow_pickle=False),
                files["graph.onnx"],
                description["notes"],
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BundleError(f"{folder}: no readable part-of-speech tagger: {error!r}") from error


class PosTagger:
    """Tags words with the Penn Treebank's parts of speech, as GENIA uses them.

    Safe to share between threads, and picklable. A sentence's tags depend on that sentence alone.

    >>> PosTagger.load().tag([["IL", "-", "2", "activates", "T", "cells", "."]])
    [['NN', ':', 'NN', 'VBZ', 'NN', 'NNS', '.']]
    """

    def __init__(self, model: PosModel, *, n_threads: int = 1) -> None:
        self.model = model
        self._n_threads = n_threads
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = n_threads
        options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            model.graph, options, providers=["CPUExecutionProvider"]
        )
        self._rows = SeenWords(self._rows_of, n_columns=len(FEATURES))

    @classmethod
    def load(cls, path: Path | None = None, *, n_threads: int = 1) -> PosTagger:
        """The tagger in a folder, by default the one that comes with the package."""
        return cls(PosModel.read(path or PACKAGED), n_threads=n_threads)

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags there are; `tag_ids` counts them from 1."""
        return self.model.tags

    def tag(self, sentences: Sequence[Sequence[str]]) -> list[list[str]]:
        """A tag for each word of each sentence."""
        names = ("", *self.tags)
        return [[names[tag] for tag in ids.tolist()] for ids in self.tag_ids(sentences)]

    def tag_ids(self, sentences: Sequence[Sequence[str]]) -> list[npt.NDArray[np.int64]]:
        """For each sentence the tags' places in `tags`, counted from 1, [n_words]."""
        stream: list[str | None] = []
        for sentence in sentences:
            stream += sentence
            stream.append(None)
        tags = np.concatenate([np.empty(0, np.int64), *self._tag_stream(stream)]) + 1
        ends = np.cumsum([len(sentence) + 1 for sentence in sentences], dtype=np.int64)
        return [part[:-1] for part in np.split(tags, ends[:-1])] if len(ends) else []

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (self.model, self._n_threads)

    def _tag_stream(self, stream: Sequence[str | None]) -> Iterator[npt.NDArray[np.int64]]:
        """Tags of the words, chunk by chunk, where None stands between two sentences.

        A chunk is seen with the neighbours that its words depend on, so that cutting the stream
        changes nothing.
        """
        reach = self.model.reach
        for start in range(0, len(stream), _CHUNK):
            end = min(start + _CHUNK, len(stream))
            first = max(start - reach, 0)
            chunk = stream[first : end + reach]
            rows = self._rows[chunk]
            is_word = np.array([word is not None for word in chunk])
            (tags,) = self._session.run(["tags"], {"rows": rows, "is_word": is_word})
            yield tags[start - first : end - first]

    def _rows_of(self, words: Sequence[str]) -> npt.NDArray[np.int32]:
        return known_rows(feature_hashes(words), self.model.known)


def known_rows(
    hashes: npt.NDArray[np.uint32], known: npt.NDArray[np.uint32]
) -> npt.NDArray[np.int32]:
    """The row of each feature in the table: its place among the sorted `known` plus 1, else 0."""
    if len(known) == 0:
        return np.zeros(hashes.shape, dtype=np.int32)
    places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return np.where(known[places] == hashes, places + 1, 0).astype(np.int32)


def _restored(model: PosModel, n_threads: int) -> PosTagger:
    return PosTagger(model, n_threads=n_threads)
