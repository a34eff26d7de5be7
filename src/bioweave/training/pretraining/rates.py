"""Who learns at which rate, and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import nn

from bioweave.training.pretraining.masked_lm import MaskedLanguageModel
from bioweave.training.pretraining.settings import PretrainingSettings


@dataclass(frozen=True, slots=True)
class RatePlan:
    """The learning rates over a run of `n_steps`, as shares of their highest.

    For the first `n_head_alone` steps the encoder stands still. What learns begins with a linear
    warm-up of `n_warm_up` steps, and then falls linearly, to reach zero after the last step.
    """

    n_steps: int
    n_warm_up: int
    n_head_alone: int

    @classmethod
    def of(cls, settings: PretrainingSettings, n_steps: int, *, has_new_head: bool) -> RatePlan:
        """The plan that the settings make for so many steps."""
        return cls(
            n_steps=n_steps,
            n_warm_up=int(settings.warm_up * n_steps),
            n_head_alone=int(settings.head_alone * n_steps) if has_new_head else 0,
        )

    def encoder_share(self, step: int) -> float:
        """That of the encoder in a step, counted from 0."""
        return self._share(step, self.n_head_alone)

    def head_share(self, step: int) -> float:
        """That of the head in a step, counted from 0."""
        return self._share(step, 0)

    def _share(self, step: int, start: int) -> float:
        since = step - start
        if since < 0:
            return 0.0
        if since < self.n_warm_up:
            return (since + 1) / self.n_warm_up
        return (self.n_steps - step) / (self.n_steps - start - self.n_warm_up)


class ScheduledAdamW:
    """AdamW (Loshchilov and Hutter, 2019) whose rates follow a plan.

    A head that the encoder came with learns at the encoder's rate. Biases and normalisations do
    not decay. Nothing but AdamW's own moments has to be kept for a run to go on.
    """

    def __init__(
        self, lm: MaskedLanguageModel, settings: PretrainingSettings, plan: RatePlan
    ) -> None:
        self.plan = plan
        head_rate = settings.head_learning_rate if lm.has_new_head else settings.learning_rate
        self._encoder = tuple(lm.encoder_parameters.values())
        self._parameters = (*self._encoder, *lm.head_parameters.values())
        self._clip = settings.gradient_clip
        self._highest: list[tuple[float, bool]] = []
        groups = []
        for parameters, rate, is_encoder in (
            (self._encoder, settings.learning_rate, True),
            (tuple(lm.head_parameters.values()), head_rate, False),
        ):
            for decays in (True, False):
                chosen = [one for one in parameters if (one.ndim > 1) == decays]
                if chosen:
                    decay = settings.weight_decay if decays else 0.0
                    groups.append({"params": chosen, "weight_decay": decay})
                    self._highest.append((rate, is_encoder))
        # Betas and epsilon are those of Liu et al., 2019. Fused: one pass over the weights, not
        # ten, which on two cores is 15 times faster.
        self.adamw = torch.optim.AdamW(
            groups, lr=settings.learning_rate, betas=(0.9, 0.98), eps=1e-6, fused=True
        )

    def begin(self, step: int) -> None:
        """Make ready for a step, counted from 0: who learns at all is known before gradients."""
        is_spared = step < self.plan.n_head_alone
        for parameter in self._encoder:
            parameter.requires_grad_(not is_spared)
        self.adamw.zero_grad(set_to_none=True)

    def finish(self, step: int) -> None:
        """Clip the gradients and move the weights."""
        torch.nn.utils.clip_grad_norm_(_with_gradient(self._parameters), self._clip)
        shares = {True: self.plan.encoder_share(step), False: self.plan.head_share(step)}
        for group, (highest, is_encoder) in zip(
            self.adamw.param_groups, self._highest, strict=True
        ):
            group["lr"] = highest * shares[is_encoder]
        self.adamw.step()


def _with_gradient(parameters: Iterable[nn.Parameter]) -> list[nn.Parameter]:
    return [parameter for parameter in parameters if parameter.grad is not None]
