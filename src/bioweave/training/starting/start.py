"""A trained model as the beginning of another run (rapid adaptation, the paper's section 5.1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor

from bioweave.bundle import Chains, FusedBundle, Manifest, find_bundle, open_bundle
from bioweave.bundle.bundle import GRAPH_NAME
from bioweave.errors import ConfigurationError
from bioweave.features.word_features import WordFeaturizer
from bioweave.model.crf import Crf
from bioweave.model.encoder import Encoder
from bioweave.model.heads import TaskHeads
from bioweave.model.tagger import Tagger
from bioweave.training.folder import RunFolder
from bioweave.training.loading import is_run, open_run
from bioweave.training.provenance import sha256
from bioweave.training.starting.graph_weights import graph_weights
from bioweave.training.torch_graph import chains_of

_ENCODER = "encoder."
_LINEAR = ("heads.linear.weight", "heads.linear.bias")


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """A model whose weights another run begins with; `weights` are by the tagger's names."""

    name: str
    weights: Mapping[str, Tensor]
    chains: Chains
    tokenizer: Tokenizer
    second_tokenizer: Tokenizer | None
    featurizer: WordFeaturizer | None
    manifest: Manifest
    checksum: str

    @property
    def told(self) -> dict[str, Any]:
        """What a run says of the model that it began with, in its record."""
        kept = ("encoder", "seed", "corpora", "distillation", "started_from")
        provenance = self.manifest.provenance
        return {
            "name": self.name,
            "sha256": self.checksum,
            **{key: provenance[key] for key in kept if key in provenance},
        }


def open_start(path: Path) -> Start:
    """The run or bundle in a folder (`default` is the default bundle), ready to be trained on.

    Raises ConfigurationError for an unfinished run and for a fused bundle, and BundleError for what
    is neither a run nor a bundle.
    """
    if is_run(path):
        run = open_run(path)
        weights = load_file(RunFolder(path).weights)
        for name in _LINEAR:  # without auxiliary heads, as the manifest's heads are
            weights[name] = run.tagger.state_dict()[name]
        return Start(
            path.name,
            weights,
            chains_of(run.tagger),
            run.tokenizer,
            run.second_tokenizer,
            run.featurizer,
            run.manifest,
            sha256(RunFolder(path).weights),
        )
    bundle = open_bundle(path)
    if isinstance(bundle, FusedBundle):
        raise ConfigurationError(f"{path}: is fused of several models; start from one of them")
    graph = find_bundle(path) / GRAPH_NAME
    return Start(
        bundle.manifest.name,
        {name: torch.from_numpy(value.copy()) for name, value in graph_weights(graph).items()},
        bundle.chains,
        bundle.tokenizer,
        bundle.second_tokenizer,
        bundle.featurizer,
        bundle.manifest,
        sha256(graph),
    )


def take_over(tagger: Tagger, start: Start, tokenizer: Tokenizer) -> list[str]:
    """Give the tagger the model's weights; returns the names of heads that begin afresh.

    Everything below the heads is taken over, and so is each head that finds the same labels in the
    same scheme, whatever its name. Raises ConfigurationError where the two do not fit: another
    encoder, another vocabulary, a part that the model lacks or whose weights it does not tell.
    """
    _check_vocabulary(start, tokenizer)
    own = {name: value for name, value in tagger.state_dict().items() if not _is_head(name)}
    tagger.load_state_dict(_fitting(own, start), strict=False)
    return _take_heads(tagger.heads, start)


def take_over_encoder(encoder: Encoder, start: Start) -> None:
    """Give an encoder the weights of a model's first one, whatever stands on either.

    Raises ConfigurationError where the two do not fit.
    """
    _check_vocabulary(start, encoder.tokenizer)
    own = {f"{_ENCODER}{name}": value for name, value in encoder.module.state_dict().items()}
    taken = _fitting(own, start)
    encoder.module.load_state_dict(
        {name.removeprefix(_ENCODER): value for name, value in taken.items()}
    )


def _check_vocabulary(start: Start, tokenizer: Tokenizer) -> None:
    if tokenizer.get_vocab() != start.tokenizer.get_vocab():
        raise ConfigurationError(
            f"{start.name} was trained with another vocabulary: name its encoder "
            f"({start.manifest.provenance.get('encoder')}) in the recipe"
        )


def _fitting(own: Mapping[str, Tensor], start: Start) -> dict[str, Tensor]:
    """The model's weights of these names, of the same shapes."""
    missing = [name for name in own if name not in start.weights]
    if missing:
        raise ConfigurationError(
            f"{start.name} has no weights for {missing[0]} and {len(missing) - 1} others: the "
            "recipe's [model] must be that of the model that is started from (of a bundle with a "
            "BiLSTM, a BiGRU or a character BiLSTM, start from its run)"
        )
    for name, value in own.items():
        if value.shape != start.weights[name].shape:
            raise ConfigurationError(
                f"{start.name} has {name} of shape {tuple(start.weights[name].shape)}, and the "
                f"recipe's model {tuple(value.shape)}: [model] must be the same"
            )
    return {name: start.weights[name].to(value.dtype) for name, value in own.items()}


def _is_head(name: str) -> bool:
    return name.startswith("heads.")


@torch.no_grad()
def _take_heads(heads: TaskHeads, start: Start) -> list[str]:
    fresh = []
    known = {head.tag_set: place for place, head in enumerate(start.chains.heads)}
    same_width = heads.linear.in_features == start.weights[_LINEAR[0]].shape[1]
    edges = np.cumsum([0, *heads.widths]).tolist()
    for number, head in enumerate(heads.heads):
        place = known.get(head.tag_set)
        if place is None or not same_width:
            fresh.append(head.name)
            continue
        rows = slice(edges[number], edges[number + 1])
        for name in _LINEAR:
            parameter = getattr(heads.linear, name.rpartition(".")[2])
            parameter[rows] = start.weights[name][start.chains.columns[place]]
        _take_chain(heads.chains[number], start.chains, place)
    return fresh


def _take_chain(crf: torch.nn.Module, chains: Chains, place: int) -> None:
    assert isinstance(crf, Crf)  # a ModuleList forgets what it holds
    chain = chains.heads[place]
    for name in ("start", "transitions", "end"):
        parameter, allowed = getattr(crf, name), getattr(crf, f"allowed_{name}")
        scores = torch.from_numpy(np.asarray(getattr(chain, name), dtype=np.float32).copy())
        # What the scheme forbids stands there as a very low score, and has no parameter.
        parameter.copy_(torch.where(allowed, scores, 0.0))
