"""One run: a recipe in, a folder with the best tagger out."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer

from bioweave.corpus import count_drops
from bioweave.errors import ConfigurationError
from bioweave.features.word_features import WordFeaturizer
from bioweave.model.encoder import load_encoder
from bioweave.model.tagger import Tagger, build_tagger
from bioweave.training import provenance
from bioweave.training.data import RunCorpus, load_corpora, make_heads
from bioweave.training.development import DevelopmentSet
from bioweave.training.distillation import Teaching, prepare_teaching
from bioweave.training.dropout import set_encoder_dropout
from bioweave.training.examples import Example, ExampleMaker, Examples, Loss
from bioweave.training.featurizing import input_sizes, make_featurizer, make_vectors
from bioweave.training.folder import RunFolder, write_lines
from bioweave.training.launch import from_main_process, is_main_process, launch
from bioweave.training.memory import keep_freed_memory
from bioweave.training.plots import plot_run
from bioweave.training.recipe import Recipe
from bioweave.training.recipe_file import load_recipe, save_recipe
from bioweave.training.torch_graph import TorchGraph, chains_of
from bioweave.training.trainer import SCORE, TaggerTrainer
from bioweave.training.watcher import NoWatcher, Watcher
from bioweave.training.word_tokenizer import word_tokenizer


def train(
    recipe_path: Path,
    out: Path,
    *,
    overrides: Iterable[str] = (),
    resume: bool = False,
    watcher: Watcher | None = None,
) -> dict[str, Any]:
    """Train what the recipe says into the folder `out`; returns what `run.json` then holds.

    With `resume` an interrupted run goes on from its last checkpoint, to the same weights that
    it would have reached. `watcher` hears how a run of one process goes. Raises ConfigurationError
    for a wrong recipe, for a folder that is already in use, and for a resumed run whose recipe has
    changed.
    """
    recipe = load_recipe(recipe_path, overrides)
    folder = RunFolder(out)
    _claim(folder, recipe, resume=resume)
    n_processes = recipe.training.processes
    # A watcher holds a terminal, and cannot be sent to other processes.
    told = NoWatcher() if watcher is None or n_processes > 1 else watcher
    if resume and is_finished(folder):
        told.say(f"{out}: finished already, nothing is left to do")
        return folder.read_record()
    launch(_train, (recipe, folder, resume, told), n_processes=n_processes)
    return folder.read_record()


def is_finished(folder: RunFolder) -> bool:
    """Whether a run has come to its end."""
    return folder.record.is_file() and folder.read_record().get("status") == "finished"


def _claim(folder: RunFolder, recipe: Recipe, *, resume: bool) -> None:
    if resume and folder.recipe.is_file():
        if load_recipe(folder.recipe) != recipe:
            raise ConfigurationError(
                f"{folder.path}: the recipe has changed since this run began "
                f"(see {folder.recipe.name}); train into a new folder"
            )
        return
    if folder.path.exists() and any(folder.path.iterdir()):
        raise ConfigurationError(
            f"{folder.path}: not empty; choose a new folder, or --resume to go on with a run"
        )
    folder.path.mkdir(parents=True, exist_ok=True)
    save_recipe(recipe, folder.recipe)


def _train(recipe: Recipe, folder: RunFolder, resume: bool, watcher: Watcher) -> None:
    _seed(recipe.seed)
    keep_freed_memory()
    started = time.monotonic()
    corpora = load_corpora(recipe)
    for one in corpora:
        watcher.say(one.summary)
    tagger, tokenizer, featurizer = _build(recipe, folder, corpora)
    maker = ExampleMaker(tokenizer, recipe.windows, tagger.heads.heads, featurizer)
    teaching = _teaching(recipe, folder, corpora, tagger, watcher)
    examples, weights, losses = _examples(maker, corpora, teaching, recipe)
    development = DevelopmentSet(maker, corpora)
    if recipe.training.patience and not development.corpora:
        raise ConfigurationError(
            "training.patience waits for dev scores, but no corpus has evaluate = true"
        )

    def score_dev() -> dict[str, float]:
        scores: dict[str, float] = from_main_process(
            lambda: _dev_scores(tagger, development, recipe)
        )
        return scores

    trainer = TaggerTrainer(
        tagger,
        recipe,
        examples,
        weights,
        folder=folder.path,
        score_dev=score_dev if development.corpora else None,
        watcher=watcher,
    )
    record = _record(recipe, corpora, examples, losses)
    if teaching is not None:
        record["distillation"] = teaching.record
    if is_main_process():
        folder.write_record(record)
    checkpoint = folder.last_checkpoint() if resume else None
    if checkpoint is not None:
        watcher.say(f"resuming from {checkpoint.name}")
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    if is_main_process():
        _finish(folder, trainer, tagger, record, time.monotonic() - started)


def _dev_scores(tagger: Tagger, development: DevelopmentSet, recipe: Recipe) -> dict[str, float]:
    shown = tagger.without_auxiliary_heads()
    graph = TorchGraph(shown, precision=recipe.training.precision)
    return development.score(graph, chains_of(shown))


def _seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def _build(
    recipe: Recipe, folder: RunFolder, corpora: tuple[RunCorpus, ...]
) -> tuple[Tagger, Tokenizer, WordFeaturizer | None]:
    """The untrained tagger and what makes its inputs, which are saved at once."""
    encoder = load_encoder(recipe.model.encoder) if recipe.model.encoder else None
    tokenizer = encoder.tokenizer if encoder else word_tokenizer()
    vectors = make_vectors(recipe, [document for one in corpora for document in one.train])
    featurizer = make_featurizer(recipe, vectors)
    tagger = build_tagger(
        recipe.model,
        make_heads(recipe),
        encoder=encoder,
        sizes=input_sizes(featurizer),
        vectors=vectors.matrix if vectors is not None else None,
    )
    if encoder is not None:
        set_encoder_dropout(
            encoder.module,
            hidden=recipe.training.encoder_dropout,
            attention=recipe.training.attention_dropout,
        )
    if recipe.training.freeze_encoder:
        for parameter in tagger.encoder_parameters():
            parameter.requires_grad_(False)
    if is_main_process():
        if encoder is not None:
            encoder.save(folder.encoder)
        tokenizer.save(str(folder.tokenizer))
        if featurizer is not None:
            featurizer.save(folder.features)
    return tagger, tokenizer, featurizer


def _teaching(
    recipe: Recipe,
    folder: RunFolder,
    corpora: tuple[RunCorpus, ...],
    tagger: Tagger,
    watcher: Watcher,
) -> Teaching | None:
    choice = recipe.distillation
    if choice is None:
        return None
    labels = choice.labels or folder.labels

    def prepare(told: Watcher) -> Teaching:
        return prepare_teaching(choice, corpora, tagger.heads.heads, labels, watcher=told)

    # The first process labels; the others then find what it wrote.
    from_main_process(lambda: prepare(watcher).record)
    return prepare(NoWatcher())


def _examples(
    maker: ExampleMaker,
    corpora: tuple[RunCorpus, ...],
    teaching: Teaching | None,
    recipe: Recipe,
) -> tuple[Examples, list[float], dict[str, Loss]]:
    examples: list[Example] = []
    weights: list[float] = []
    losses: dict[str, Loss] = {}
    for one in corpora:
        taught = teaching.of_corpus.get(one.choice.name) if teaching is not None else None
        made, losses[one.choice.name] = maker.examples(one.train, one.trains, taught)
        examples += made
        weights += [
            one.choice.weight * (1.0 if is_marked else one.choice.unmarked_weight)
            for is_marked in (example.has_mention for example in made)
        ]
    if teaching is not None and teaching.passages and recipe.distillation is not None:
        untrained = [False] * len(maker.heads)
        made, _ = maker.examples(teaching.passages, untrained, teaching.of_passages)
        examples += made
        weights += [recipe.distillation.weight] * len(made)
    return Examples(examples), weights, losses


def _record(
    recipe: Recipe, corpora: tuple[RunCorpus, ...], examples: Examples, losses: dict[str, Loss]
) -> dict[str, Any]:
    return {
        "name": recipe.name,
        "status": "unfinished",
        "seed": recipe.seed,
        "command": provenance.command_line(),
        "code": provenance.code_revision(),
        "packages": provenance.package_versions(),
        "corpora": {
            one.choice.name: {
                "trained_on": list(one.choice.train_on),
                "labels": one.learned_labels(recipe.head_choices, auxiliary=False),
                "auxiliary_labels": one.learned_labels(recipe.head_choices, auxiliary=True),
                "carved": one.choice.carve if one.is_carved else None,
                "documents": {"train": len(one.train), "dev": len(one.dev)},
                "not_in_tags": asdict(losses[one.choice.name]),
                "sha256": provenance.checksums(one.files),
            }
            for one in corpora
        },
        "dropped": count_drops(drop for one in corpora for drop in one.drops),
        "windows": len(examples),
    }


def _finish(
    folder: RunFolder,
    trainer: TaggerTrainer,
    tagger: Tagger,
    record: dict[str, Any],
    seconds: float,
) -> None:
    save_file({name: t.contiguous() for name, t in tagger.state_dict().items()}, folder.weights)
    history = trainer.state.log_history
    steps = [row for row in history if "loss" in row]
    epochs = [
        {name.removeprefix("eval_"): value for name, value in row.items()}
        for row in history
        if SCORE in row
    ]
    write_lines(folder.steps, steps)
    write_lines(folder.epochs, epochs)
    plot_run(steps, epochs, folder.path / "progress.png")
    best = max(epochs, key=lambda row: row["strict_f1"], default=None)
    folder.write_record(record | {"status": "finished", "seconds": round(seconds, 1), "dev": best})
