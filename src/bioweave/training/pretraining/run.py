"""Pretraining from end to end: an encoder and a text in, a folder with a better encoder out."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from bioweave.errors import ConfigurationError, FormatError, Place
from bioweave.model.encoder import Encoder, load_encoder
from bioweave.training import provenance
from bioweave.training.lines import read_lines
from bioweave.training.memory import keep_freed_memory
from bioweave.training.pretraining.course import PretrainingCourse
from bioweave.training.pretraining.data import PretrainingData, prepare_data
from bioweave.training.pretraining.folder import PretrainingFolder
from bioweave.training.pretraining.loop import PretrainingLoop
from bioweave.training.pretraining.masked_lm import load_masked_lm, start_from_frequencies
from bioweave.training.pretraining.masking import WordMasker
from bioweave.training.pretraining.rates import RatePlan, ScheduledAdamW
from bioweave.training.pretraining.settings import DEFAULTS, PretrainingSettings
from bioweave.training.pretraining.special import SpecialPieces, special_pieces
from bioweave.training.watcher import NoWatcher, Watcher


def pretrain(
    encoder: str | Path,
    text: Path,
    out: Path,
    settings: PretrainingSettings = DEFAULTS,
    *,
    device: str = "auto",
    checkpoint_minutes: float = 10.0,
    resume: bool = False,
    watcher: Watcher | None = None,
) -> dict[str, Any]:
    """Train an encoder to guess hidden words of a text; returns what `pretraining.json` then holds.

    `encoder` is a short name, a folder or a hub id, `text` a file with one passage a line
    (perhaps .xz, .gz or .bz2), `device` "cpu", "cuda", or "auto" for a GPU where there is one.
    `out` then is an encoder's folder itself. With `resume` an interrupted run goes on from its
    last checkpoint: on CPU, with as many threads, to the very weights that it would have reached.

    Raises ConfigurationError for a folder in use, a run that was begun otherwise, and settings
    that the encoder or the text cannot meet, EncoderError for an encoder that cannot be loaded or
    masked, and FormatError for a text that cannot be read.
    """
    watcher = watcher or NoWatcher()
    place = _device(device)
    text_sha256 = _checksum(text)
    loaded = load_encoder(encoder)
    special = special_pieces(loaded.tokenizer, name=loaded.name)
    _check_length(settings, loaded, n_special=len(special.before) + len(special.after))
    folder = PretrainingFolder(out)
    plan = {
        "encoder": _identity(loaded),
        "text": {"name": text.name, "sha256": text_sha256},
        "settings": asdict(settings),
    }
    record = folder.claim(plan, resume=resume)
    if record["status"] == "finished":
        watcher.say(f"{out}: finished already, nothing is left to do")
        return record
    try:
        data = prepare_data(text, text_sha256, loaded.tokenizer, special, settings, folder, watcher)
    except ConfigurationError:
        # With other settings the same folder will do.
        folder.release()
        raise
    course = _course(loaded, special, data, settings, place, folder, watcher)
    course.finish(checkpoint_minutes)
    record |= {"status": "finished", **_outcome(course, data, settings)}
    folder.finish(course.lm.model, loaded.tokenizer, record)
    return record


def _course(
    encoder: Encoder,
    special: SpecialPieces,
    data: PretrainingData,
    settings: PretrainingSettings,
    device: torch.device,
    folder: PretrainingFolder,
    watcher: Watcher,
) -> PretrainingCourse:
    """The run at its beginning, or where its last checkpoint left it."""
    keep_freed_memory()
    # What a new head begins from.
    torch.manual_seed(settings.seed)
    lm = load_masked_lm(encoder, device=device)
    plan = RatePlan.of(settings, data.n_steps(settings), has_new_head=lm.has_new_head)
    optimiser = ScheduledAdamW(lm, settings, plan)
    masker = WordMasker(special, settings.mask_share)
    loop = PretrainingLoop(lm, optimiser, data.sequences, masker, settings)
    course = PretrainingCourse(
        lm, optimiser, loop, data.held_out, folder, watcher, settings.evaluations
    )
    watcher.say(data.summary)
    if lm.has_new_head:
        watcher.say(
            "this encoder came without the head that predicts pieces: a new one over the encoder's "
            f"own embeddings learns alone for the first {plan.n_head_alone:,} of {plan.n_steps:,} "
            "steps, and the first perplexity says nothing of the encoder"
        )
    if not course.restore() and lm.has_new_head:
        start_from_frequencies(lm.model, data.piece_counts(lm.model.config.vocab_size))
    return course


def _outcome(
    course: PretrainingCourse, data: PretrainingData, settings: PretrainingSettings
) -> dict[str, Any]:
    model, n_steps = course.lm.model, course.step
    return {
        "model": {
            "type": type(model).__name__,
            "parameters": sum(parameter.numel() for parameter in model.parameters()),
            "head": "new" if course.lm.has_new_head else "the encoder's own",
        },
        "data": data.counts,
        "steps": n_steps,
        "pieces_seen": n_steps * settings.sequences_per_step * data.sequences.n_text_pieces,
        "perplexity": course.perplexity(),
        "measured": course.measured,
        "seconds": round(course.seconds, 1),
        "device": _device_name(model.device),
        "command": provenance.command_line(),
        "code": provenance.code_revision(),
        "packages": provenance.package_versions(),
    }


def _checksum(text: Path) -> str:
    """The text's SHA-256. Raises FormatError where it is missing or empty."""
    if not any(line.strip() for line in read_lines(text)):
        raise FormatError("the text is empty; expected one passage a line", Place(str(text)))
    return provenance.sha256(text)


def _check_length(settings: PretrainingSettings, encoder: Encoder, *, n_special: int) -> None:
    if not n_special < settings.max_pieces <= encoder.max_pieces:
        raise ConfigurationError(
            f"max-pieces is {settings.max_pieces}; encoder {encoder.name!r} takes from "
            f"{n_special + 1} to {encoder.max_pieces}"
        )


def _identity(encoder: Encoder) -> dict[str, Any]:
    """Which encoder it was, without the folders that only one machine has."""
    folder = Path(str(encoder.module.model.name_or_path))
    if not folder.is_dir():
        revision = getattr(encoder.module.model.config, "_commit_hash", None)
        return {"name": encoder.name, "revision": revision}
    weights = [*folder.glob("*.safetensors"), *folder.glob("pytorch_model*.bin")]
    name = folder.name if Path(encoder.name).is_dir() else encoder.name
    return {"name": name, "sha256": {path.name: provenance.sha256(path) for path in weights}}


def _device(name: str) -> torch.device:
    has_gpu = torch.cuda.is_available()
    if name == "auto":
        return torch.device("cuda" if has_gpu else "cpu")
    if name not in ("cpu", "cuda") or (name == "cuda" and not has_gpu):
        raise ConfigurationError(
            f"device {name!r} is not here; choose cpu{', cuda' if has_gpu else ''} or auto"
        )
    return torch.device(name)


def _device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"cpu, {torch.get_num_threads()} threads"
