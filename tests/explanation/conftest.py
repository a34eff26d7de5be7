"""A tiny tagger that was taught one thing: the word behind "acute" is a disease."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_encoders import write_tiny_encoder
from tiny_tagger import load_tiny_bundle

from bioweave.annotator import Annotator
from bioweave.annotator.preparation import prepare
from bioweave.annotator.rule_files import RuleSet
from bioweave.bundle import Bundle, HeadManifest, Manifest, ShortFormRules
from bioweave.document import Document
from bioweave.explanation.hiding import hidden_piece
from bioweave.features.batches import pad_windows

NO_RULES = RuleSet(rules=())
TRIGGER = "acute"
FILLERS = "morin talen besk orlan viret dunal kesta polim harun silot gamen frusk".split()
_STEPS = 600


def taught_text(chance: random.Random) -> tuple[str, int | None]:
    """A sentence of fillers and the place of its disease, if it has the trigger."""
    words = chance.choices(FILLERS, k=chance.randint(3, 8))
    place = chance.randrange(len(words)) if chance.random() < 0.7 else None
    if place is not None:
        words.insert(place, TRIGGER)
        place += 1
    return " ".join(words), place


@pytest.fixture(scope="session")
def tiny_bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    """A tagger of random weights with a head in BIO and one in BIOES."""
    return load_tiny_bundle(tmp_path_factory.mktemp("bundles") / "tiny")


@pytest.fixture(scope="session")
def tiny_annotator(tiny_bundle: Bundle) -> Annotator:
    return Annotator(plain(tiny_bundle), n_threads=2, rules=NO_RULES)


def plain(bundle: Bundle) -> Bundle:
    """The bundle without short forms, so that a mention's confidence is the tagger's own."""
    short_forms = ShortFormRules(spread=False, agree=False)
    return replace(bundle, manifest=bundle.manifest.model_copy(update={"short_forms": short_forms}))


@pytest.fixture(scope="session")
def taught_annotator(tmp_path_factory: pytest.TempPathFactory) -> Annotator:
    """An annotator over a PyTorch tagger that learned its one thing by heart."""
    return Annotator(_taught_bundle(tmp_path_factory.mktemp("taught")), rules=NO_RULES)


def _taught_bundle(folder: Path) -> Bundle:
    import torch

    from bioweave.model import Head, TaggerSettings, build_tagger
    from bioweave.model.encoder import load_encoder
    from bioweave.training.torch_graph import TorchGraph, chains_of

    torch.manual_seed(5)
    path = write_tiny_encoder(folder / "encoder", [" ".join([TRIGGER, *FILLERS])] * 3)
    encoder = load_encoder(path)
    settings = TaggerSettings(encoder=str(path), dropout=0.0)
    tagger = build_tagger(settings, [Head("diseases", ("Disease",))], encoder=encoder)
    manifest = Manifest(
        name="taught",
        bioweave_version="0",
        heads=(HeadManifest(name="diseases", labels=("Disease",)),),
        short_forms=ShortFormRules(spread=False, agree=False),
        thresholds={"balanced": {"Disease": 0.5}},
    )
    bundle = Bundle(manifest, encoder.tokenizer, chains_of(tagger), TorchGraph(tagger))
    optimiser = torch.optim.Adam(tagger.parameters(), lr=3e-3)
    # To the end: arithmetic differs from processor to processor, what was learned may not.
    schedule = torch.optim.lr_scheduler.LinearLR(optimiser, 1.0, 0.02, _STEPS)
    chance, dice = random.Random(1), np.random.default_rng(1)
    blank = hidden_piece(encoder.tokenizer)
    for _ in range(_STEPS):
        tagger.train()
        texts, places = zip(*(taught_text(chance) for _ in range(24)), strict=True)
        prepared = prepare([Document("", text) for text in texts], bundle)
        windows = [one.windows[0] for one in prepared]
        inputs = pad_windows(windows)
        tags = np.zeros((*inputs["word_pieces"].shape[:2], 1), dtype=np.int64)
        for row, place in enumerate(places):
            # Any words may be hidden: only the trigger, if it is seen, decides.
            hidden = dice.random(len(windows[row].word_pieces)) < dice.random()
            for word in np.flatnonzero(hidden).tolist():
                first, last = inputs["word_pieces"][row, word].tolist()
                inputs["piece_ids"][row, first:last] = blank
            if place is not None and not hidden[place - 1]:
                tags[row, place, 0] = 1
        tensors = {name: torch.from_numpy(array) for name, array in inputs.items()}
        mask = torch.ones((len(texts), 1), dtype=torch.bool)
        loss = tagger.loss(tagger(**tensors), torch.from_numpy(tags), mask, tensors["n_words"])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    tagger.eval()
    return replace(bundle, chains=chains_of(tagger))
