"""Models that are more than one encoder: two inside of one tagger, none, and several fused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tiny_encoders import write_tiny_encoder
from tiny_tagger import load_tiny_bundle

from bioweave.annotator import Annotator
from bioweave.annotator.rule_files import RuleSet
from bioweave.bundle import Bundle, FusedBundle, FusionManifest, HeadManifest, Manifest
from bioweave.bundle.manifest import ShortFormRules
from bioweave.document import Document
from bioweave.errors import ConfigurationError
from bioweave.explanation import Explainer
from bioweave.explanation.methods import METHODS
from bioweave.features.characters import CharacterEncoder
from bioweave.features.settings import FeatureSettings
from bioweave.features.windows import WindowSettings
from bioweave.features.word_features import WordFeaturizer
from bioweave.fusion import LinearPool

NO_RULES = RuleSet(rules=())
TEXTS = (
    "Alben cor dexin mid hynor (IL-2) raken sul.",
    "Tavir ket besk-orlan after 12 mg of viret dunal.",
    "No morin talen was seen; hynor ket grew.",
)
PLAIN = ShortFormRules(spread=False, agree=False)


def torch_annotator(folder: Path, *, encoders: int) -> Annotator:
    """A run's kind of bundle: a PyTorch tagger of random weights with that many encoders."""
    import torch

    from bioweave.model import Head, InputSizes, TaggerSettings, build_tagger
    from bioweave.model.encoder import load_encoder
    from bioweave.training.torch_graph import TorchGraph, chains_of

    torch.manual_seed(4)
    kinds = ("uncased", "byte-level")[: max(encoders, 1)]
    paths = [write_tiny_encoder(folder / kind, TEXTS, kind) for kind in kinds]
    loaded = [load_encoder(path) for path in paths]
    featurizer = None
    if encoders:
        names = dict(zip(("encoder", "second_encoder"), map(str, paths), strict=False))
        settings = TaggerSettings(**names, dropout=0.0)
        parts = dict(zip(("encoder", "second_encoder"), loaded, strict=False))
    else:
        settings = TaggerSettings(encoder=None, characters="bilstm", dropout=0.0)
        featurizer = WordFeaturizer(FeatureSettings(characters=True), characters=CharacterEncoder())
        parts = {"sizes": InputSizes(**featurizer.sizes)}
    tagger = build_tagger(settings, [Head("diseases", ("Disease",))], **parts)
    with torch.no_grad():
        for name, parameter in tagger.named_parameters():
            if not name.startswith(("encoder.", "second_encoder.")):
                parameter.mul_(4.0)
    manifest = Manifest(
        name="random",
        bioweave_version="0",
        heads=(HeadManifest(name="diseases", labels=("Disease",)),),
        windows=WindowSettings(48, second_max_pieces=96),
        short_forms=PLAIN,
        thresholds={"balanced": {"Disease": 0.0}},
    )
    bundle = Bundle(
        manifest,
        loaded[0].tokenizer,
        chains_of(tagger.eval()),
        TorchGraph(tagger),
        featurizer,
        second_tokenizer=loaded[1].tokenizer if encoders > 1 else None,
    )
    return Annotator(bundle, rules=NO_RULES, n_threads=1)


@pytest.fixture(scope="module")
def two_encoders(tmp_path_factory: pytest.TempPathFactory) -> Annotator:
    return torch_annotator(tmp_path_factory.mktemp("two"), encoders=2)


def some_word(text: str) -> tuple[int, int]:
    start = text.index(" ") + 1
    return start, text.index(" ", start)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_explains_a_tagger_of_two_encoders(
    two_encoders: Annotator, method: str
) -> None:
    document = Document("1", TEXTS[0])
    explainer = Explainer(two_encoders, method=method, samples=80)
    one = explainer.span(document, *some_word(document.text), "Disease")
    assert 0 < one.probability < 1
    assert one.probability != pytest.approx(one.base, abs=1e-4)
    assert np.ptp([word.weight for word in one.words]) > 0


def test_gradients_pass_both_encoders(two_encoders: Annotator) -> None:
    for text in TEXTS:
        document, span = Document("1", text), some_word(text)
        one = Explainer(two_encoders, method="gradients").span(document, *span, "Disease")
        other = Explainer(two_encoders, method="occlusion").span(document, *span, "Disease")
        # The base has the words hidden from both: with one that still sees, it would be another.
        assert one.base == pytest.approx(other.base, abs=1e-5)
        assert one.probability == pytest.approx(other.probability, abs=1e-5)
        off = sum(word.weight for word in one.words) - (one.probability - one.base)
        assert off == pytest.approx(one.settings["delta"], abs=1e-4)
        assert abs(off) < 0.1 * max(abs(one.probability - one.base), 0.01)


def test_a_tagger_without_an_encoder_is_explained_but_not_by_gradients(tmp_path: Path) -> None:
    annotator = torch_annotator(tmp_path, encoders=0)
    document = Document("1", TEXTS[1])
    span = some_word(document.text)
    one = Explainer(annotator, method="shap", samples=60).span(document, *span, "Disease")
    assert one.probability != pytest.approx(one.base, abs=1e-6)
    explainer = Explainer(annotator, method="gradients")
    with pytest.raises(ConfigurationError, match=r"has no encoder.*by occlusion, shap or lime"):
        explainer.span(document, *span, "Disease")


@pytest.mark.parametrize("method", ["occlusion", "shap", "lime"])
def test_a_fused_bundle_is_explained_as_it_annotates(tmp_path: Path, method: str) -> None:
    members = tuple(load_tiny_bundle(tmp_path / f"tiny{seed}", seed=seed) for seed in range(2))
    manifest = Manifest(
        name="fused",
        bioweave_version="0",
        heads=(
            HeadManifest(name="chemicals", labels=("Chemical",)),
            HeadManifest(name="others", labels=("Disease", "Gene")),
        ),
        short_forms=PLAIN,
        fusion=FusionManifest(method="mean", members=("a", "b")),
    )
    pools = tuple(LinearPool.mean(2) for _ in manifest.heads)
    annotator = Annotator(FusedBundle(manifest, members, pools), n_threads=1, rules=NO_RULES)
    explained = list(
        Explainer(annotator, method=method, samples=60).mentions(Document("1", TEXTS[2]))
    )
    assert len(explained) > 1
    for one in explained:
        assert one.probability == pytest.approx(one.evidence.confidence, abs=1e-4)
        if method == "shap":
            total = sum(word.weight for word in one.words)
            assert total == pytest.approx(one.probability - one.base, abs=1e-3)
    with pytest.raises(ConfigurationError, match="a bundle's graph has no gradients"):
        Explainer(annotator, method="gradients")
