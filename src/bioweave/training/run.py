"""One run: a recipe in, a folder with a tagger out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bioweave.errors import ConfigurationError
from bioweave.model.tagger import Tagger
from bioweave.training.augmenting import augment
from bioweave.training.beginning import claim, seed_all
from bioweave.training.data import RunCorpus, load_corpora
from bioweave.training.development import DevelopmentSet
from bioweave.training.distillation import Teaching, prepare_teaching
from bioweave.training.examples import Example, ExampleMaker, Examples, Loss
from bioweave.training.finishing import MakeCard, finish_run
from bioweave.training.folder import RunFolder
from bioweave.training.launch import launch
from bioweave.training.lessons import tagger_lessons
from bioweave.training.memory import keep_freed_memory
from bioweave.training.processes import (
    from_main_process,
    is_main_process,
    process_group,
    require_same,
)
from bioweave.training.recipe import Recipe
from bioweave.training.recipe_file import (
    is_of_relations,
    load_recipe,
    recipe_table,
    save_recipe,
)
from bioweave.training.record import make_record
from bioweave.training.time_spent import TimeSpent
from bioweave.training.torch_graph import TorchGraph, chains_of
from bioweave.training.tracking import Trackers, TrackingChoice, check_installed, tracked
from bioweave.training.trainer import RunTrainer, TrainableTagger
from bioweave.training.untrained import build_untrained
from bioweave.training.watcher import NoWatcher, Watcher


def train(
    recipe_path: Path,
    out: Path,
    *,
    overrides: Iterable[str] = (),
    resume: bool = False,
    watcher: Watcher | None = None,
    card: MakeCard | None = None,
) -> dict[str, Any]:
    """Train what the recipe says into the folder `out`; returns what `run.json` then holds.

    With `resume` an interrupted run goes on from its last checkpoint, to the same weights that
    it would have reached. `watcher` hears how a run of one process goes; `card` makes the model
    card of a manifest, which a tracker may want. Raises ConfigurationError for a wrong recipe, for
    a folder that is already in use, and for a resumed run whose recipe has changed,
    MissingExtraError where a tracker is not installed, and ProcessError where one of the recipe's
    `training.processes` was killed.

    Under `torchrun` or `accelerate launch` each process calls this, and they train together; `out`
    has to be the same folder for all. The main process alone writes and is heard.
    """
    told = watcher if watcher is not None and is_main_process() else NoWatcher()
    with process_group():
        if is_of_relations(recipe_path):
            from bioweave.training.relating.run import train_relations

            train_relations(recipe_path, out, overrides=overrides, resume=resume, watcher=told)
        else:
            recipe = from_main_process(lambda: load_recipe(recipe_path, overrides))
            _train_or_find(recipe, RunFolder(out), resume, told, card)
    return RunFolder(out).read_record()


def _train_or_find(
    recipe: Recipe, folder: RunFolder, resume: bool, watcher: Watcher, card: MakeCard | None
) -> None:
    check_installed(recipe.tracking)
    claim(folder, recipe, load_recipe, save_recipe, resume=resume)
    n_processes = recipe.training.processes
    # A watcher holds a terminal, and cannot be sent to other processes.
    told = NoWatcher() if n_processes > 1 else watcher
    if resume and from_main_process(lambda: folder.is_finished):
        told.say(f"{folder.path}: finished already, nothing is left to do")
        return
    launch(_train_followed, (recipe, folder, resume, told, card), n_processes=n_processes)


def _train_followed(
    recipe: Recipe, folder: RunFolder, resume: bool, watcher: Watcher, card: MakeCard | None
) -> None:
    # One process speaks for all.
    choice = recipe.tracking if is_main_process() else TrackingChoice(tensorboard=False)
    text = folder.recipe.read_text(encoding="utf-8")
    with tracked(choice, folder.path, recipe_table(recipe), text, watcher) as trackers:
        _train(recipe, folder, resume, watcher, trackers, card)


def _train(
    recipe: Recipe,
    folder: RunFolder,
    resume: bool,
    watcher: Watcher,
    trackers: Trackers,
    card: MakeCard | None,
) -> None:
    seed_all(recipe.seed)
    keep_freed_memory()
    checkpoint = from_main_process(folder.last_checkpoint) if resume else None
    spent = TimeSpent(checkpoint)
    corpora = augment(load_corpora(recipe), recipe)
    for one in corpora:
        watcher.say(one.summary)
    untrained = build_untrained(recipe, corpora)
    if is_main_process():
        untrained.save(folder)
    tagger, maker = untrained.tagger, untrained.maker(recipe)
    teaching = _teaching(recipe, folder, corpora, tagger, watcher)
    examples, weights, losses = _examples(maker, corpora, teaching, recipe)
    require_same(examples.digest, "training data")
    development = DevelopmentSet(maker, corpora)
    if recipe.training.patience and not development.corpora:
        raise ConfigurationError(
            "training.patience waits for dev scores, but no corpus has evaluate = true"
        )

    trainer = RunTrainer(
        TrainableTagger(tagger, recipe.distillation),
        tagger,
        tagger_lessons(examples, weights, recipe),
        recipe.training,
        seed=recipe.seed,
        folder=folder.path,
        score_dev=(lambda: _dev_scores(tagger, development, recipe))
        if development.corpora
        else None,
        watcher=watcher,
        trackers=trackers,
    )
    not_in_tags = {name: {"not_in_tags": asdict(loss)} for name, loss in losses.items()}
    record = make_record(recipe, corpora, len(examples), not_in_tags)
    if teaching is not None:
        record["distillation"] = teaching.record
    if untrained.start is not None:
        record["started_from"] = untrained.start.told
    if is_main_process():
        folder.write_record(record)
    trainer.add_callback(spent)
    if checkpoint is not None:
        watcher.say(f"resuming from {checkpoint.name}")
    trainer.train_from(checkpoint)
    if recipe.training.keep == "last":
        trainer.measure_last()
    if is_main_process():
        record["seconds"] = round(spent.seconds, 1)
        history = trainer.state.log_history
        finish_run(folder, recipe, untrained, record, history, trackers=trackers, card=card)


def _dev_scores(tagger: Tagger, development: DevelopmentSet, recipe: Recipe) -> dict[str, float]:
    shown = tagger.without_auxiliary_heads()
    graph = TorchGraph(shown, precision=recipe.training.precision)
    return development.score(graph, chains_of(shown))


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
        # No teachers here: a recipe has either them or augmentation.
        n_published = len(made)
        made += maker.examples(one.augmented, one.trains)[0]
        examples += made
        weight = one.choice.weight
        if not recipe.augmentation.grows_epochs:
            weight *= n_published / max(len(made), 1)
        weights += [
            weight * (1.0 if is_marked else one.choice.unmarked_weight)
            for is_marked in (example.has_mention for example in made)
        ]
    if teaching is not None and teaching.passages and recipe.distillation is not None:
        untrained = [False] * len(maker.heads)
        made, _ = maker.examples(teaching.passages, untrained, teaching.of_passages)
        examples += made
        weights += [recipe.distillation.weight] * len(made)
    return Examples(examples), weights, losses
