"""One run of a relation tagger: a recipe in, a folder with a tagger out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from bioweave.errors import ConfigurationError
from bioweave.model.encoder import load_encoder
from bioweave.model.relations import (
    RelationTagger,
    add_markers,
    build_relation_tagger,
    learn_markers_alone,
    merge_markers,
)
from bioweave.relating import Markers, PairCutter
from bioweave.relating.settings import marked_labels
from bioweave.training.beginning import claim, seed_all
from bioweave.training.data import RunCorpus, load_corpora
from bioweave.training.dropout import set_encoder_dropout
from bioweave.training.finishing import close_run, write_outcome
from bioweave.training.folder import RunFolder
from bioweave.training.launch import launch
from bioweave.training.lessons import Lessons
from bioweave.training.memory import keep_freed_memory
from bioweave.training.processes import from_main_process, is_main_process
from bioweave.training.record import make_record
from bioweave.training.relating.deciding_file import write_deciding
from bioweave.training.relating.development import RELATION_F1, DevelopmentPairs
from bioweave.training.relating.examples import (
    PairCounts,
    PairExample,
    PairExamples,
    collate_pairs,
    pair_examples,
)
from bioweave.training.relating.graph import TorchRelations
from bioweave.training.relating.network import TrainableRelations
from bioweave.training.relating.recipe import (
    RelationRecipe,
    load_relation_recipe,
    relation_table,
    save_relation_recipe,
)
from bioweave.training.sampling import LengthBatches
from bioweave.training.starting import Start, open_start, take_over_encoder
from bioweave.training.time_spent import TimeSpent
from bioweave.training.tracking import Trackers, TrackingChoice, check_installed, tracked
from bioweave.training.trainer import RunTrainer
from bioweave.training.watcher import NoWatcher, Watcher


def train_relations(
    recipe_path: Path, out: Path, *, overrides: Iterable[str], resume: bool, watcher: Watcher
) -> dict[str, Any]:
    """Train what the recipe says into the folder `out`, as `bioweave.training.train` does."""
    recipe = load_relation_recipe(recipe_path, overrides)
    check_installed(recipe.tracking)
    folder = RunFolder(out)
    claim(folder, recipe, load_relation_recipe, save_relation_recipe, resume=resume)
    n_processes = recipe.training.processes
    # A watcher holds a terminal, and cannot be sent to other processes.
    told = NoWatcher() if n_processes > 1 else watcher
    if resume and folder.is_finished:
        told.say(f"{out}: finished already, nothing is left to do")
        return folder.read_record()
    launch(_train_followed, (recipe, folder, resume, told), n_processes=n_processes)
    return folder.read_record()


def _train_followed(
    recipe: RelationRecipe, folder: RunFolder, resume: bool, watcher: Watcher
) -> None:
    # One process speaks for all.
    choice = recipe.tracking if is_main_process() else TrackingChoice(tensorboard=False)
    text = folder.recipe.read_text(encoding="utf-8")
    with tracked(choice, folder.path, relation_table(recipe), text, watcher) as trackers:
        _train(recipe, folder, resume, watcher, trackers)


def _train(
    recipe: RelationRecipe,
    folder: RunFolder,
    resume: bool,
    watcher: Watcher,
    trackers: Trackers,
) -> None:
    seed_all(recipe.seed)
    keep_freed_memory()
    checkpoint = folder.last_checkpoint() if resume else None
    spent = TimeSpent(checkpoint)
    corpora = load_corpora(recipe)
    start = open_start(recipe.start_from) if recipe.start_from is not None else None
    tagger, cutter = _untrained(recipe, folder, start)
    lessons, counts = _lessons(recipe, corpora, cutter)
    for one in corpora:
        pairs = counts[one.choice.name]
        watcher.say(f"{one.summary}; {pairs.pairs:,} pairs, {pairs.related:,} of them related")
    development = DevelopmentPairs(cutter, corpora)
    if recipe.training.patience and not development.corpora:
        raise ConfigurationError(
            "training.patience waits for dev scores, but no corpus has evaluate = true"
        )

    def score_dev() -> dict[str, float]:
        graph = TorchRelations(tagger, precision=recipe.training.precision)
        scores: dict[str, float] = from_main_process(lambda: development.score(graph).figures)
        return scores

    trainer = RunTrainer(
        TrainableRelations(tagger),
        tagger,
        lessons,
        recipe.training,
        seed=recipe.seed,
        folder=folder.path,
        score=RELATION_F1,
        score_dev=score_dev if development.corpora else None,
        watcher=watcher,
        trackers=trackers,
    )
    beside = {name: {"relations": own.as_json()} for name, own in counts.items()}
    n_windows = sum(own.windows for own in counts.values())
    record = {
        **make_record(recipe, corpora, n_windows, beside),
        "task": recipe.task,
        "tasks": [choice.name for choice in recipe.tasks if not choice.auxiliary],
        "encoder": recipe.model.encoder,
    }
    if start is not None:
        record["started_from"] = start.told
    if is_main_process():
        folder.write_record(record)
    trainer.add_callback(spent)
    if checkpoint is not None:
        watcher.say(f"resuming from {checkpoint.name}")
    trainer.train_from(checkpoint)
    if recipe.training.keep == "last":
        trainer.measure_last()
    if is_main_process():
        # Of the weights that are kept: on dev once more, in the precision of a run that is opened.
        write_deciding(folder.deciding, development.score(TorchRelations(tagger)).deciding)
        merge_markers(tagger.encoder)
        record["seconds"] = round(spent.seconds, 1)
        kept = write_outcome(
            folder,
            tagger,
            trainer.state.log_history,
            keep=recipe.training.keep,
            score=RELATION_F1,
        )
        close_run(folder, record | {"status": "finished", "dev": kept}, trackers, None)


def _untrained(
    recipe: RelationRecipe, folder: RunFolder, start: Start | None
) -> tuple[RelationTagger, PairCutter]:
    """The tagger before its first step, and what cuts documents for it."""
    encoder = load_encoder(recipe.model.encoder)
    if start is not None:
        take_over_encoder(encoder, start)
    if encoder.max_pieces < recipe.windows.max_pieces:
        raise ConfigurationError(
            f"windows.max_pieces is {recipe.windows.max_pieces}, and {encoder.name} takes "
            f"{encoder.max_pieces}: set it to that or less"
        )
    labels = marked_labels(recipe.relation_tasks)
    markers = Markers(labels, add_markers(encoder, 4 * len(labels)))
    settings = recipe.training
    set_encoder_dropout(
        encoder.module, hidden=settings.encoder_dropout, attention=settings.attention_dropout
    )
    tagger = build_relation_tagger(recipe.model, encoder, len(recipe.labels))
    if settings.freeze_encoder:
        # Markers are new, and would stay as they were drawn.
        learn_markers_alone(tagger.encoder, markers.first)
    if is_main_process():
        encoder.save(folder.encoder)
        encoder.tokenizer.save(str(folder.tokenizer))
    return tagger, PairCutter(recipe.relation_tasks, encoder.tokenizer, markers, recipe.windows)


def _lessons(
    recipe: RelationRecipe, corpora: tuple[RunCorpus, ...], cutter: PairCutter
) -> tuple[Lessons, dict[str, PairCounts]]:
    examples: list[PairExample] = []
    weights: list[float] = []
    counts: dict[str, PairCounts] = {}
    for one, choice in zip(corpora, recipe.corpora, strict=True):
        counts[choice.name] = PairCounts()
        made = [
            replace(example, negative_rate=choice.rate(example.n_apart))
            for example in pair_examples(one.train, cutter, one.trains, counts[choice.name])
        ]
        if not any(example.holds for example in made):
            raise ConfigurationError(
                f"corpus {choice.name!r}: none of its {len(made):,} pairs is related, so that "
                "nothing can be learned from it"
            )
        examples += made
        weights += [
            choice.weight * (1.0 if example.holds else example.negative_rate) for example in made
        ]
    batches = LengthBatches(
        [example.n_pieces for example in examples],
        batch_size=recipe.training.batch_size,
        seed=recipe.seed,
        weights=weights,
        n_parts=recipe.training.gradient_accumulation,
    )
    return Lessons(PairExamples(examples), batches, collate_pairs, ("is_gold",)), counts
