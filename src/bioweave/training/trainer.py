"""`transformers.Trainer`, taught this project's batches, learning rates and dev score."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader
from transformers import (
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)
from transformers.utils import logging as transformers_logging

from bioweave.model.tagger import Tagger
from bioweave.training.examples import Examples, collate
from bioweave.training.optimiser import make_optimiser
from bioweave.training.patience import Patience, epochs_until_stop
from bioweave.training.progress import ToldToWatcher
from bioweave.training.recipe import DistillationChoice, Recipe
from bioweave.training.sampling import LengthBatches
from bioweave.training.tracking import Trackers
from bioweave.training.tracking.callback import Tracked
from bioweave.training.turns import TurnBatches, TurnCollate
from bioweave.training.watcher import Watcher

SCORE = "eval_strict_f1"


class TrainableTagger(nn.Module):
    """A tagger whose forward pass gives the loss, as `Trainer` wants it."""

    def __init__(self, tagger: Tagger, distillation: DistillationChoice | None = None) -> None:
        super().__init__()
        self.tagger = tagger
        self.distillation = distillation

    def forward(
        self,
        tags: Tensor,
        trains: Tensor,
        soft_tags: Tensor | None = None,
        teaches: Tensor | None = None,
        **inputs: Tensor,
    ) -> dict[str, Tensor]:
        """The loss over the heads that each row trains (`Tagger.loss`), or is taught as well."""
        emissions = self.tagger(**inputs)
        n_words = inputs["n_words"]
        if soft_tags is None or teaches is None or self.distillation is None:
            return {"loss": self.tagger.loss(emissions, tags, trains, n_words)}
        heads, temperature = self.tagger.heads, self.distillation.temperature
        gold = heads.log_likelihood(emissions, tags, trains, n_words)
        soft = heads.soft_log_likelihood(
            emissions, soft_tags, teaches, n_words, temperature=temperature
        )
        share = self.distillation.share_on_gold
        gold_share = trains * (1.0 - share * teaches)
        soft_share = teaches * torch.where(trains, share, 1.0)
        # Softened scores have gradients smaller by the square of the temperature.
        total = gold * gold_share + soft * soft_share * temperature**2
        return {"loss": -total.sum() / (gold_share + soft_share).sum().clamp(min=1.0)}


class TaggerTrainer(Trainer):
    """Trains a tagger; evaluates by decoding the dev documents, not by their loss."""

    def __init__(
        self,
        tagger: Tagger,
        recipe: Recipe,
        examples: Examples,
        weights: list[float],
        *,
        folder: Path,
        score_dev: Callable[[], dict[str, float]] | None,
        watcher: Watcher,
        trackers: Trackers,
    ) -> None:
        """`score_dev` gives `strict_f1` among others; None trains to the end unmeasured."""
        self._tagger = tagger
        self._recipe = recipe
        self._score_dev = score_dev
        self._batches = _batches(examples, weights, recipe)
        transformers_logging.set_verbosity_warning()
        super().__init__(
            model=TrainableTagger(tagger, recipe.distillation),
            args=_arguments(recipe, folder, is_watched=score_dev is not None),
            train_dataset=examples,
            # Never read: `evaluate` decodes the dev documents instead.
            eval_dataset=examples,
            data_collator=collate,
            callbacks=[ToldToWatcher(watcher), Tracked(trackers), *_callbacks(recipe)],
        )
        # It prints to standard output, where only results belong.
        self.remove_callback(PrinterCallback)

    def get_train_dataloader(self) -> DataLoader[Any]:
        """Batches by length, split between processes by accelerate."""
        loader: DataLoader[Any] = DataLoader(
            self.train_dataset,  # type: ignore[arg-type]
            batch_sampler=self._batches,
            collate_fn=TurnCollate(collate, self._batches)
            if isinstance(self._batches, TurnBatches)
            else collate,
        )
        prepared: DataLoader[Any] = self.accelerator.prepare(loader)
        return prepared

    def create_optimizer(self, model: nn.Module | None = None) -> torch.optim.Optimizer:
        """The recipe's optimiser; Trainer's own knows one learning rate only."""
        if self.optimizer is None:
            self.optimizer = make_optimiser(self._tagger, self._recipe.training)
        return self.optimizer

    def train_from(self, checkpoint: Path | None) -> None:
        """Train to the end, from a checkpoint if there is one.

        A run that had lost patience by then only takes its best weights.
        """
        if checkpoint is not None:
            stopped = epochs_until_stop(checkpoint, self._recipe.training.patience, SCORE)
            if stopped is not None:
                self.args.num_train_epochs = stopped
        self.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)

    def measure_last(self) -> None:
        """Evaluate the weights that training ended with, unless that is what came last."""
        rows = [row for row in self.state.log_history if SCORE in row]
        if self._score_dev and (not rows or rows[-1]["step"] != self.state.global_step):
            self.evaluate()

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """The dev scores, `eval_strict_f1` among them, which early stopping and best-of watch."""
        scores = self._score_dev() if self._score_dev else {}
        metrics = {f"eval_{name}": value for name, value in scores.items()}
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, metrics
        )
        return metrics


def _batches(
    examples: Examples, weights: list[float], recipe: Recipe
) -> LengthBatches | TurnBatches:
    all_examples = [examples[position] for position in range(len(examples))]
    lengths = [example.n_pieces for example in all_examples]
    settings = recipe.training
    if not settings.heads_in_turn:
        return LengthBatches(
            lengths, batch_size=settings.batch_size, seed=recipe.seed, weights=weights
        )
    return TurnBatches(
        lengths,
        np.stack([example.trains for example in all_examples]),
        batch_size=settings.batch_size,
        seed=recipe.seed,
        weights=weights,
        n_epochs=settings.epochs,
    )


def _callbacks(recipe: Recipe) -> list[TrainerCallback]:
    patience = recipe.training.patience
    return [Patience(patience, SCORE)] if patience else []


def _arguments(recipe: Recipe, folder: Path, *, is_watched: bool) -> TrainingArguments:
    settings = recipe.training
    on_gpu = torch.cuda.is_available()
    strategy = "steps" if settings.evaluate_every else "epoch"
    dev_decides = is_watched and settings.keep == "best"
    return TrainingArguments(
        output_dir=str(folder / "checkpoints"),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        gradient_accumulation_steps=settings.gradient_accumulation,
        learning_rate=settings.head_learning_rate,
        lr_scheduler_type=settings.schedule,
        warmup_steps=settings.warm_up,  # below 1 it is a share of all steps
        max_grad_norm=settings.gradient_clip,
        bf16=settings.precision == "bf16",
        use_cpu=not on_gpu,
        eval_strategy=strategy if is_watched else "no",
        eval_steps=settings.evaluate_every or None,
        save_strategy=strategy,
        save_steps=settings.evaluate_every or 500,
        save_total_limit=settings.keep_checkpoints,
        load_best_model_at_end=dev_decides,
        metric_for_best_model=SCORE if dev_decides else None,
        greater_is_better=True if dev_decides else None,
        logging_steps=20,
        disable_tqdm=True,
        report_to=[],  # `Tracked` knows where to go on after a kill
        seed=recipe.seed,
        data_seed=recipe.seed,
        remove_unused_columns=False,
        label_names=["tags"],
        dataloader_pin_memory=on_gpu,
        ddp_find_unused_parameters=True if settings.processes > 1 else None,
    )
