"""What a recipe may say of the model."""

from __future__ import annotations

import pytest

from bioweave.errors import ConfigurationError
from bioweave.model import InputSizes, TaggerSettings, build_tagger
from bioweave.model.heads import Head

HEADS = [Head("diseases", ("Disease",))]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"pooling": "last"}, "model.pooling"),
        ({"context": "transformer"}, "bilstm"),
        ({"dropout": 1.0}, "model.dropout"),
        ({"context_width": 7}, "model.context_width"),
        ({"character_width": 0}, "model.character_width"),
        ({"bottleneck": -1}, "model.bottleneck"),
        ({"encoder": None}, "sees no words"),
        ({"encoder": None, "pos": True}, "sees no words"),
    ],
)
def test_a_wrong_value_names_its_key(settings, named):
    with pytest.raises(ConfigurationError, match=named):
        TaggerSettings(**settings)


@pytest.mark.parametrize(
    ("settings", "sizes", "named"),
    [
        ({"vectors": True}, InputSizes(), "model.vectors"),
        ({"characters": "cnn"}, InputSizes(pos=3), "model.characters"),
        ({"characters": "cnn", "pos": True}, InputSizes(characters=3), "model.pos"),
        ({"characters": "cnn", "dictionary": True}, InputSizes(3), "model.dictionary"),
    ],
)
def test_an_input_without_its_size_is_named(settings, sizes, named):
    with pytest.raises(ConfigurationError, match=named):
        build_tagger(TaggerSettings(encoder=None, **settings), HEADS, sizes=sizes)


def test_heads_are_needed_and_have_names_of_their_own():
    settings = TaggerSettings(encoder=None, characters="cnn")
    with pytest.raises(ConfigurationError, match="at least one head"):
        build_tagger(settings, [], sizes=InputSizes(3))
    with pytest.raises(ConfigurationError, match="share a name"):
        build_tagger(settings, HEADS * 2, sizes=InputSizes(3))
