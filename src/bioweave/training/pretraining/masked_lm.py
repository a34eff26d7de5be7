"""An encoder with the head that predicts hidden pieces."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from transformers import AutoModelForMaskedLM, PreTrainedModel

from bioweave.errors import EncoderError
from bioweave.model.encoder import ATTENTION, Encoder, without_load_report


class PiecePredictor(nn.Module):
    """transformers' masked language model, which here predicts at chosen positions only.

    The product with the whole vocabulary costs a position as much as all six layers of MiniLM;
    where nothing is to be predicted it is left out.
    """

    def __init__(self, model: PreTrainedModel) -> None:
        super().__init__()
        self.model = model
        self._positions: Tensor | None = None
        model.base_model.register_forward_hook(self._keep_chosen)

    def forward(self, piece_ids: Tensor, positions: Tensor) -> Tensor:
        """Log-scores [predicted, vocabulary], not normalised.

        `piece_ids` [batch, pieces] without padding; `positions` [predicted] count through all rows.
        """
        self._positions = positions
        try:
            logits: Tensor = self.model(input_ids=piece_ids, return_dict=True).logits
        finally:
            self._positions = None
        return logits[0]

    def _keep_chosen(self, module: nn.Module, arguments: Any, output: Any) -> Any:
        # Whatever the architecture calls its head: it looks at one position at a time.
        assert self._positions is not None
        vectors = output.last_hidden_state.flatten(0, 1)
        output.last_hidden_state = vectors.index_select(0, self._positions)[None]
        return output


@dataclass(frozen=True, slots=True, eq=False)
class MaskedLanguageModel:
    """An encoder and its head.

    `has_new_head` is True where the encoder came without one, as sentence encoders do, and it was
    made anew. `encoder_parameters` include the embeddings, which the head shares.
    """

    predictor: PiecePredictor
    has_new_head: bool
    encoder_parameters: dict[str, nn.Parameter]
    head_parameters: dict[str, nn.Parameter]

    @property
    def model(self) -> PreTrainedModel:
        """transformers' own model."""
        return self.predictor.model


def load_masked_lm(encoder: Encoder, *, device: torch.device) -> MaskedLanguageModel:
    """A masked language model around the weights that an encoder was loaded from.

    Raises EncoderError where transformers knows none for this kind of encoder.
    """
    source = str(encoder.module.model.name_or_path)
    try:
        with without_load_report():
            model, loading = AutoModelForMaskedLM.from_pretrained(
                source,
                attn_implementation=ATTENTION,
                dtype=torch.float32,
                output_loading_info=True,
            )
    except ValueError as error:
        raise EncoderError(
            f"encoder {encoder.name!r} cannot be pretrained by masking: transformers has no masked "
            f"language model of type {encoder.module.model.config.model_type!r}; choose BERT or "
            f"its kin"
        ) from error
    n_known, n_made = model.config.vocab_size, encoder.tokenizer.get_vocab_size()
    if n_made > n_known:
        raise EncoderError(
            f"encoder {encoder.name!r} has embeddings for {n_known} pieces, but its tokenizer "
            f"makes {n_made}: its files do not belong together; fetch them again"
        )
    model.to(device)
    choose_attention(model, device)
    below = model.base_model_prefix + "."
    of_encoder: dict[str, nn.Parameter] = {}
    of_head: dict[str, nn.Parameter] = {}
    for name, parameter in model.named_parameters():
        (of_encoder if name.startswith(below) else of_head)[name] = parameter
    return MaskedLanguageModel(
        PiecePredictor(model),
        has_new_head=any(not name.startswith(below) for name in loading["missing_keys"]),
        encoder_parameters=of_encoder,
        head_parameters=of_head,
    )


def choose_attention(model: PreTrainedModel, device: torch.device) -> None:
    """Have a GPU compute attention in one kernel, where the architecture knows of it."""
    if device.type == "cuda":
        # MPNet, for one, knows no other way than the one it was loaded with.
        with suppress(ValueError):
            model.set_attn_implementation("sdpa")


def start_from_frequencies(model: PreTrainedModel, counts: npt.NDArray[np.int64]) -> None:
    """Set a new head's bias to the log-frequency of each piece, from counts [vocabulary].

    It would get there anyway, but a step of Adam moves a bias by no more than the learning rate:
    thousands of steps for what counting tells at once.
    """
    bias = getattr(model.get_output_embeddings(), "bias", None)
    if bias is not None:
        # One more of each: what the text lacks is rare, not impossible.
        frequencies = np.log((counts + 1) / (counts + 1).sum())
        with torch.no_grad():
            bias.copy_(torch.from_numpy(frequencies))
