"""`transformers.Trainer`, taught this project's batches, learning rates and dev score."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader
from transformers import (
    PrinterCallback,
    Trainer,
    TrainingArguments,
)
from transformers.utils import logging as transformers_logging

from bioweave.model.tagger import Tagger
from bioweave.training.beginning import seed_dropout
from bioweave.training.lessons import COUNT_OF_ALL, OWN_COUNT, Lessons, lesson_loader
from bioweave.training.optimiser import make_optimiser
from bioweave.training.patience import Patience, epochs_until_stop
from bioweave.training.processes import PATIENCE_SECONDS
from bioweave.training.progress import ToldToWatcher
from bioweave.training.recipe import DistillationChoice, TrainingSettings
from bioweave.training.tracking import Trackers
from bioweave.training.tracking.callback import Tracked
from bioweave.training.trimming import Trimming
from bioweave.training.watcher import Watcher

STRICT_F1 = "strict_f1"
"""What decides about a tagger."""


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


class RunTrainer(Trainer):
    """Trains a run's model; evaluates by decoding the dev documents, not by their loss."""

    def __init__(
        self,
        model: nn.Module,
        learner: nn.Module,
        lessons: Lessons,
        settings: TrainingSettings,
        *,
        seed: int,
        folder: Path,
        score: str = STRICT_F1,
        score_dev: Callable[[], dict[str, float]] | None,
        watcher: Watcher,
        trackers: Trackers,
    ) -> None:
        """`model` gives the loss of a batch, and `learner` holds the weights that are learned.

        `score_dev` gives `score` among others, the one that decides; None trains to the end
        unmeasured.
        """
        self._learner = learner
        self._settings = settings
        self._score_dev = score_dev
        self._score = _logged(score)
        self._lessons = lessons
        self._seed = seed
        transformers_logging.set_verbosity_warning()
        patience = [Patience(settings.patience, self._score)] if settings.patience else []
        super().__init__(
            model=model,
            args=_arguments(settings, seed, folder, lessons.labels, self._score, score_dev),
            train_dataset=lessons.examples,
            # Never read: `evaluate` decodes the dev documents instead.
            eval_dataset=lessons.examples,
            data_collator=lessons.collate,
            callbacks=[ToldToWatcher(watcher, score), Tracked(trackers), Trimming(), *patience],
        )
        # What `compute_loss` gives is not to be divided any more.
        self.model_accepts_loss_kwargs = True
        # It prints to standard output, where only results belong.
        self.remove_callback(PrinterCallback)

    def get_train_dataloader(self) -> DataLoader[Any]:
        """Each step's batches, of which each process makes its share."""
        return lesson_loader(
            self._lessons, process=self.args.process_index, n_processes=self.args.world_size
        )

    def get_batch_samples(
        self, epoch_iterator: Iterator[Any], num_batches: int, device: torch.device
    ) -> tuple[list[Any], int]:
        """The batches of a step, and how much their losses are the mean of, in all processes."""
        batches, _ = super().get_batch_samples(epoch_iterator, num_batches, device)
        return batches, sum(batch[COUNT_OF_ALL] for batch in batches)

    def compute_loss(
        self,
        model: nn.Module,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        """A batch's part in the mean over the step, however that was cut up.

        Gradients are averaged over the processes afterwards, and summed over a step's batches.
        """
        own = inputs.pop(OWN_COUNT)
        inputs.pop(COUNT_OF_ALL)
        outputs = model(**inputs)
        loss = outputs["loss"] * (own * self.args.world_size / max(num_items_in_batch, 1))
        return (loss, outputs) if return_outputs else loss

    def create_optimizer(self, model: nn.Module | None = None) -> torch.optim.Optimizer:
        """The recipe's optimiser; Trainer's own knows one learning rate only."""
        if self.optimizer is None:
            self.optimizer = make_optimiser(self._learner, self._settings)
        return self.optimizer

    def train_from(self, checkpoint: Path | None) -> None:
        """Train to the end, from a checkpoint if there is one.

        A run that had lost patience by then only takes its best weights.
        """
        if checkpoint is not None:
            stopped = epochs_until_stop(checkpoint, self._settings.patience, self._score)
            if stopped is not None:
                self.args.num_train_epochs = stopped
        seed_dropout(self._seed, self.args.process_index, checkpoint)
        self.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)

    def measure_last(self) -> None:
        """Evaluate the weights that training ended with, unless that is what came last."""
        rows = [row for row in self.state.log_history if self._score in row]
        if self._score_dev and (not rows or rows[-1]["step"] != self.state.global_step):
            self.evaluate()

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """The dev scores, among them that which early stopping and best-of watch."""
        scores = self._score_dev() if self._score_dev else {}
        metrics = {_logged(name): value for name, value in scores.items()}
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, metrics
        )
        return metrics


def _logged(score: str) -> str:
    # As `Trainer` wants its metrics called.
    return f"eval_{score}"


def _arguments(
    settings: TrainingSettings,
    seed: int,
    folder: Path,
    labels: Sequence[str],
    score: str,
    score_dev: Callable[[], dict[str, float]] | None,
) -> TrainingArguments:
    on_gpu = torch.cuda.is_available()
    strategy = "steps" if settings.evaluate_every else "epoch"
    dev_decides = score_dev is not None and settings.keep == "best"
    arguments = TrainingArguments(
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
        eval_strategy=strategy if score_dev is not None else "no",
        eval_steps=settings.evaluate_every or None,
        save_strategy=strategy,
        save_steps=settings.evaluate_every or 500,
        save_total_limit=settings.keep_checkpoints,
        load_best_model_at_end=dev_decides,
        metric_for_best_model=score if dev_decides else None,
        greater_is_better=True if dev_decides else None,
        logging_steps=20,
        disable_tqdm=True,
        report_to=[],  # `Tracked` knows where to go on after a kill
        seed=seed,
        data_seed=seed,
        remove_unused_columns=False,
        label_names=list(labels),
        dataloader_pin_memory=on_gpu,
        # Without a second encoder's pooler, say, and without what only teachers' labels train.
        ddp_find_unused_parameters=True,
        ddp_timeout=PATIENCE_SECONDS,
    )
    # One process is one GPU's: `Trainer` would have a lone one use all of the machine, each with a
    # mean of its own.
    if arguments.n_gpu > 1:
        arguments._n_gpu = 1
    return arguments
