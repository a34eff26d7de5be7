import pytest
import torch
from torch import nn

from bioweave.training.optimiser import make_optimiser, parameter_groups
from bioweave.training.recipe import TrainingSettings


class Stack(nn.Module):
    """Named like a tagger: an encoder of embeddings and three layers, and a head with a CRF."""

    def __init__(self) -> None:
        super().__init__()
        layers = [nn.ModuleDict({"dense": nn.Linear(2, 2), "norm": nn.LayerNorm(2)})] * 1
        layers += [nn.ModuleDict({"dense": nn.Linear(2, 2)}) for _ in range(2)]
        self.encoder = nn.ModuleDict(
            {
                "embeddings": nn.Embedding(4, 2),
                "body": nn.ModuleDict({"layer": nn.ModuleList(layers)}),
            }
        )
        self.vectors_below = nn.Linear(2, 2, bias=False)
        self.linear = nn.Linear(2, 3)
        chain = nn.ParameterDict({"transitions": nn.Parameter(torch.zeros(3, 3))})
        self.heads = nn.ModuleDict({"chains": nn.ModuleList([chain])})


def rates(settings: TrainingSettings) -> dict[str, tuple[float, float]]:
    stack = Stack()
    named = {id(parameter): name for name, parameter in stack.named_parameters()}
    return {
        named[id(parameter)]: (group["lr"], group["weight_decay"])
        for group in parameter_groups(stack, settings)
        for parameter in group["params"]
    }


def test_each_parameter_stands_in_exactly_one_group() -> None:
    stack = Stack()
    stack.linear.bias.requires_grad_(False)
    grouped = [p for g in parameter_groups(stack, TrainingSettings()) for p in g["params"]]
    trained = [p for p in stack.parameters() if p.requires_grad]
    assert sorted(map(id, grouped)) == sorted(map(id, trained))


def test_lower_layers_learn_slower_and_the_head_at_its_own_rate() -> None:
    settings = TrainingSettings(
        encoder_learning_rate=1.0, head_learning_rate=7.0, layer_decay=0.5, weight_decay=0.1
    )
    found = rates(settings)
    assert found["encoder.body.layer.2.dense.weight"] == (1.0, 0.1)
    assert found["encoder.body.layer.1.dense.weight"] == (0.5, 0.1)
    assert found["encoder.body.layer.0.dense.weight"] == (0.25, 0.1)
    assert found["encoder.embeddings.weight"] == (0.125, 0.1)
    assert found["vectors_below.weight"] == (0.125, 0.1)
    assert found["linear.weight"] == (7.0, 0.1)


def test_biases_norms_and_crf_scores_do_not_decay() -> None:
    found = rates(TrainingSettings(weight_decay=0.1))
    for name in ("linear.bias", "encoder.body.layer.0.norm.weight", "heads.chains.0.transitions"):
        assert found[name][1] == 0.0


@pytest.mark.parametrize(("name", "kind"), [("adamw", torch.optim.AdamW), ("sgd", torch.optim.SGD)])
def test_the_recipe_chooses_the_optimiser(name: str, kind: type) -> None:
    settings = TrainingSettings(optimiser=name)  # type: ignore[arg-type]
    assert type(make_optimiser(Stack(), settings)) is kind
