"""A study that is left at any point goes on as if it had not been; no training here."""

from __future__ import annotations

from pathlib import Path

import optuna
import pytest

from bioweave.errors import ConfigurationError
from bioweave.experiments.runs.search_space import Parameter, load_space, overrides_of
from bioweave.experiments.runs.study import StudySettings, draw, interrupted
from bioweave.training import load_recipe

SPACE = (
    Parameter(key="rate", low=1e-5, high=1e-2, log=True),
    Parameter(key="size", choices=[4, 8, 16]),
    Parameter(key="layers", low=1, high=3),
)


def loss(parameters: dict[str, float]) -> float:
    return parameters["rate"] * parameters["size"] + parameters["layers"]


def search(folder: Path, n_trials: int, seed: int = 0) -> list[dict[str, float]]:
    """Try so many in all; what was interrupted comes first."""
    settings = StudySettings(folder, "invented", seed, startup_trials=3)
    study = settings.open()
    waiting = interrupted(study)
    while waiting or len(study.trials) < n_trials:
        trial = waiting.pop() if waiting else study.ask()
        study.tell(trial, loss(draw(study, trial, SPACE, settings)))
    return [trial.params for trial in study.trials]


@pytest.mark.parametrize("drawn", [0, 1, 2, 3])
def test_an_interrupted_search_tries_the_same(tmp_path, drawn):
    for name in ("whole", "other", "left"):
        (tmp_path / name).mkdir()
    whole = search(tmp_path / "whole", 9)
    assert whole != search(tmp_path / "other", 9, seed=1)
    for n_done in (1, 5):
        search(tmp_path / "left", n_done)
        settings = StudySettings(tmp_path / "left", "invented", startup_trials=3)
        study = settings.open()
        # Left in the middle of drawing, or of training.
        draw(study, study.ask(), SPACE[:drawn], settings)
        del study
    assert search(tmp_path / "left", 9) == whole
    states = {trial.state for trial in StudySettings(tmp_path / "left", "invented").open().trials}
    assert states == {optuna.trial.TrialState.COMPLETE}


def test_the_package_s_space_fits_recipes_with_and_without_an_encoder(recipe):
    with_encoder = load_recipe(recipe)
    bare = load_recipe(recipe, ["model.encoder=none", "model.characters=cnn"])
    space, small = load_space(with_encoder), load_space(bare)
    assert {one.key for one in space} - {one.key for one in small} == {
        "training.encoder_learning_rate",
        "training.layer_decay",
        "training.encoder_dropout",
    }
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    for _ in range(20):
        trial = study.ask()
        for parameter in space:
            parameter.suggest(trial)
        assert load_recipe(recipe, overrides_of(trial.params)).training.epochs in range(4, 13)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("parameters = [{key = 'a'}]", "choices, or low and high"),
        ("parameters = [{key = 'a', low = 2, high = 1}]", "no range"),
        ("parameters = [{key = 'a', low = 0.0, high = 1.0, log = true}]", "no range"),
        ("parameters = [{key = 'a', choices = [1], low = 1}]", "one or the other"),
        ("parameters = [{key = 'a', choices = []}]", "choices"),
        ("parameters = [{key = 'a', choice = [1]}]", "choice"),
        ("parameters = [{key = 'a', choices = [1]}, {key = 'a', choices = [2]}]", "twice"),
        ("", "no parameters"),
        ("parameters = [", "not a search space"),
    ],
)
def test_a_wrong_space_is_an_error(recipe, tmp_path, text, complaint):
    path = tmp_path / "space.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=complaint):
        load_space(load_recipe(recipe), path)
    with pytest.raises(ConfigurationError, match="no such search space"):
        load_space(load_recipe(recipe), tmp_path / "none.toml")
