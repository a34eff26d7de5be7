"""The tagger as an ONNX graph, which is all that annotation needs of it."""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import Tensor, nn

from bioweave.features.templates import TemplateHasher
from bioweave.model.context import BidirectionalContext
from bioweave.model.encoder import PieceEncoder
from bioweave.model.onnx_context import OnnxContext
from bioweave.model.tagger import Tagger

# LayerNormalization is one operator from 17 on; 18 is the lowest that the exporter writes.
OPSET = 18
_AXES = {
    "piece_ids": ("batch", "pieces"),
    "piece_mask": ("batch", "pieces"),
    "word_pieces": ("batch", "words"),
    "n_words": ("batch",),
    "characters": ("batch", "words", "characters"),
    "pos": ("batch", "words"),
    "vectors": ("batch", "words"),
    "dictionary": ("batch", "words"),
    "templates": ("batch", "words"),
    "second_piece_ids": ("batch", "second_pieces"),
    "second_piece_mask": ("batch", "second_pieces"),
    "second_word_pieces": ("batch", "words"),
}


def export_onnx(tagger: Tagger, path: Path) -> None:
    """Write the tagger as a float32 ONNX graph in one file.

    Inputs are the tagger's `input_names`, the output is `emissions` [batch, words, tags]. Batch,
    pieces, words and characters are free, each from 1 upward. The tagger stays as it was.
    """
    ready = _ByName(_ready_for_export(tagger)).eval()
    example = example_inputs(tagger)
    write_onnx(ready, example, {name: _AXES[name] for name in example}, path)


def write_onnx(
    module: nn.Module,
    example: Mapping[str, Tensor],
    axes: Mapping[str, tuple[str, ...]],
    path: Path,
) -> None:
    """Write a module that takes its inputs by position; the output is called `emissions`.

    `axes` names the free axes of each input.
    """
    with _quiet():
        program = torch.onnx.export(
            module,
            tuple(example.values()),
            input_names=list(example),
            output_names=["emissions"],
            dynamic_shapes=(tuple(dict(enumerate(axes[name])) for name in example),),
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    if program is None:
        raise RuntimeError("torch.onnx.export returned no program")
    program.save(path)


def example_inputs(tagger: Tagger) -> dict[str, Tensor]:
    """A batch that runs through the tagger, by the names that it uses.

    No axis is 1 and no two are equal, lest they be taken for constants or for each other.
    """
    batch, pieces, words, characters, second = 2, 16, 5, 7, 24
    inputs = {
        "piece_ids": torch.ones(batch, pieces, dtype=torch.int64),
        "piece_mask": torch.ones(batch, pieces, dtype=torch.int64),
        "word_pieces": torch.tensor([[[word, word + 1] for word in range(words)]] * batch),
        "n_words": torch.tensor([words, words - 2]),
        "characters": torch.ones(batch, words, characters, dtype=torch.int64),
        "pos": torch.zeros(batch, words, dtype=torch.int64),
        "vectors": torch.zeros(batch, words, dtype=torch.int64),
        "dictionary": torch.zeros(batch, words, tagger.n_dictionary),
        "templates": torch.ones(batch, words, TemplateHasher.n_templates, dtype=torch.int64),
        "second_piece_ids": torch.ones(batch, second, dtype=torch.int64),
        "second_piece_mask": torch.ones(batch, second, dtype=torch.int64),
        "second_word_pieces": torch.tensor([[[2 * w, 2 * w + 1] for w in range(words)]] * batch),
    }
    return {name: inputs[name] for name in tagger.input_names}


class _ByName(nn.Module):
    """The tagger with exactly the inputs that it uses, by position."""

    def __init__(self, tagger: Tagger) -> None:
        super().__init__()
        self.tagger = tagger
        self.names = tagger.input_names

    def forward(self, *inputs: Tensor) -> Tensor:
        given = dict(zip(self.names, inputs, strict=True))
        emissions: Tensor = self.tagger(**{name: given.get(name) for name in _AXES})
        return emissions


def _ready_for_export(tagger: Tagger) -> Tagger:
    """A copy in float32 on the CPU, with what exports badly replaced by what exports well."""
    ready = copy.deepcopy(tagger).cpu().float().eval()
    for encoder in (ready.encoder, ready.second_encoder):
        if encoder is not None:
            use_plain_attention(encoder)
    for module in list(ready.modules()):
        for name, child in module.named_children():
            if isinstance(child, BidirectionalContext):
                setattr(module, name, OnnxContext(child))
    return ready


def use_plain_attention(encoder: PieceEncoder) -> None:
    """The fused one would bring along guards against rows that are all padding."""
    encoder.model.set_attn_implementation("eager")


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence on what nobody can act upon: torchvision's absence, torch's use of old torch."""
    logger = logging.getLogger("torch.onnx._internal.exporter")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".*LeafSpec.*is deprecated", FutureWarning)
            # Several inputs share an axis on purpose.
            warnings.filterwarnings("ignore", ".*axis name: .* will not be used", UserWarning)
            yield
    finally:
        logger.setLevel(level)
