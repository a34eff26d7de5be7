"""Who learns when."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bioweave.training.pretraining.rates import RatePlan, ScheduledAdamW
from bioweave.training.pretraining.settings import PretrainingSettings


@given(st.integers(1, 500), st.floats(0, 0.5), st.floats(0, 0.4), st.booleans())
def test_rates_rise_and_fall_within_bounds(n_steps, warm_up, head_alone, has_new_head):
    settings = PretrainingSettings(warm_up=warm_up, head_alone=head_alone)
    plan = RatePlan.of(settings, n_steps, has_new_head=has_new_head)
    assert plan.n_head_alone == (int(head_alone * n_steps) if has_new_head else 0)
    for share, start in ((plan.encoder_share, plan.n_head_alone), (plan.head_share, 0)):
        shares = [share(step) for step in range(n_steps)]
        assert shares[:start] == [0.0] * start
        assert all(0 < one <= 1 for one in shares[start:])
        highest = start + max(0, plan.n_warm_up - 1)
        assert shares[start : highest + 1] == sorted(shares[start : highest + 1])
        assert shares[highest:] == sorted(shares[highest:], reverse=True)


def test_the_rate_ends_one_step_above_zero():
    plan = RatePlan(n_steps=10, n_warm_up=2, n_head_alone=3)
    assert [round(plan.encoder_share(step), 2) for step in range(10)] == [
        *(0, 0, 0, 0.5, 1, 1, 0.8, 0.6, 0.4, 0.2)
    ]
    assert plan.head_share(1) == plan.head_share(2) == 1


@pytest.mark.parametrize("has_head", [True, False])
def test_groups_decay_and_learn_as_they_should(make_encoder, load, has_head):
    lm = load(make_encoder("Bert", has_head=has_head))
    settings = PretrainingSettings(learning_rate=1e-4, head_learning_rate=1e-2, weight_decay=0.1)
    plan = RatePlan(n_steps=10, n_warm_up=0, n_head_alone=0 if has_head else 3)
    optimiser = ScheduledAdamW(lm, settings, plan)
    optimiser.begin(0)
    is_learning = {one.requires_grad for one in lm.encoder_parameters.values()}
    assert is_learning == {has_head}
    assert all(one.requires_grad for one in lm.head_parameters.values())
    optimiser.finish(5)
    rate_of = {
        id(one): (group["lr"], group["weight_decay"])
        for group in optimiser.adamw.param_groups
        for one in group["params"]
    }
    for parameters, rate in (
        (lm.encoder_parameters, 1e-4 * plan.encoder_share(5)),
        (lm.head_parameters, (1e-4 if has_head else 1e-2) * plan.head_share(5)),
    ):
        for name, one in parameters.items():
            decays = name.endswith("weight") and "LayerNorm" not in name
            assert rate_of[id(one)] == (pytest.approx(rate), 0.1 if decays else 0.0)
    optimiser.begin(5)
    assert all(one.requires_grad for one in lm.encoder_parameters.values())
