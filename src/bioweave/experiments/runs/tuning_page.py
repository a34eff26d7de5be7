"""A search for settings as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bioweave.experiments.markdown import fold, item, percent, table
from bioweave.experiments.runs.verdicts import RULE, count, listed, p_said, points, verdict

PICTURE = "tuning.png"
_STATES = {"complete": "", "pruned": "given up", "fail": "no recipe", "running": "under way"}
# What a setting is said to matter from: below it is among many that do not.
_MATTERS = 0.1


def tuning_page(summary: Mapping[str, Any]) -> str:
    """What was tried, what did best, and what mattered, from the summary of `tune` alone."""
    return "\n\n".join(_parts(summary)) + "\n"


def _parts(summary: Mapping[str, Any]) -> Iterator[str]:
    trials = summary["trials"]
    by_state = {state: sum(one["state"] == state for one in trials) for state in _STATES}
    best = summary["best"]
    yield f"# Settings of {summary['recipe']}"
    yield fold(
        f"{count(len(trials), 'trial')} on dev of {listed(summary['corpora'])}: "
        f"{by_state['complete']} came to their end, {by_state['pruned']} were given up early "
        f"(pruner: {summary['pruner']}), {by_state['fail']} made no recipe. The first "
        f"{summary['startup_trials']} were drawn blindly, the others by what did well (TPE). The "
        f"best is trial {best['number']}: strict F1 {percent(best['value'])}."
    )
    yield f"![Trials in their order, and what mattered]({PICTURE})"
    yield "## What the best trial has"
    yield "Importance is a setting's share in what makes trials differ (PED-ANOVA)."
    rows = [
        (
            f"`{one['key']}`",
            _searched(one),
            _value(summary["before"].get(one["key"])),
            _value(best["parameters"].get(one["key"])),
            _share(summary["importance"].get(one["key"])),
        )
        for one in summary["space"]
    ]
    yield table(("setting", "searched", "the recipe", "the best", "importance"), rows, left=2)
    confirmed = summary.get("confirmed")
    if confirmed is not None:
        yield "## The best against the recipe"
        yield from _confirmation(confirmed)
    yield "## All trials"
    yield fold(
        "Strict F1 on dev in percent: what the run keeps, or of one that was given up the best by "
        "then."
    )
    yield _all_trials(summary)
    yield "## In plain words"
    yield "\n".join(map(item, _plain_words(summary)))
    if confirmed is not None:
        yield fold(RULE)


def _confirmation(confirmed: Mapping[str, Any]) -> Iterator[str]:
    recipe, best = confirmed["recipe"], confirmed["best"]
    low, high = best["interval"]
    yield fold(
        f"Both trained with the seeds {', '.join(map(str, confirmed['seeds']))}. The interval and "
        f"p are of a paired bootstrap over documents ({confirmed['resamples']:,} resamples), all "
        "seeds added up. The documents are those that the search looked at, so they flatter the "
        "best."
    )
    rows = [
        ("the recipe", percent(recipe["mean"]), percent(recipe["deviation"]), "", "", ""),
        (
            "the best",
            percent(best["mean"]),
            percent(best["deviation"]),
            points(best["difference"]),
            f"{points(low)} to {points(high)}",
            p_said(best["p_value"]).removeprefix("p ").removeprefix("= "),
        ),
    ]
    yield table(("", "F1", "deviation", "difference", "95% interval", "p"), rows)


def _all_trials(summary: Mapping[str, Any]) -> str:
    keys = [one["key"] for one in summary["space"]]
    rows = []
    for one in sorted(summary["trials"], key=lambda one: (-_reached(one), one["number"])):
        shown = percent(_reached(one)) if _reached(one) >= 0 else ""
        values = [_value(one["parameters"].get(key)) for key in keys]
        rows.append((str(one["number"]), _STATES[one["state"]], shown, *values))
    # The last part of a key says enough beside the table above.
    names = [key.rpartition(".")[2].replace("_", " ") for key in keys]
    return table(("trial", "", "F1", *names), rows, left=2)


def _plain_words(summary: Mapping[str, Any]) -> Iterator[str]:
    shares = summary["importance"]
    mattered = sorted(
        (key for key, share in shares.items() if share >= _MATTERS), key=lambda key: -shares[key]
    )
    n_finished = sum(one["value"] is not None for one in summary["trials"])
    if mattered:
        yield (
            f"What mattered, by {count(n_finished, 'trial')} that came to their end: "
            f"{listed(f'`{key}` ({shares[key]:.2f})' for key in mattered)}. Of few trials that is "
            "a hint and no proof."
        )
    elif shares:
        yield "No setting has a tenth of what makes trials differ."
    else:
        yield "Too few trials came to their end to say which settings mattered."
    confirmed = summary.get("confirmed")
    if confirmed is None:
        yield "The best was not trained again: a search's best flatters (`tune --confirm`)."
        return
    best = confirmed["best"]
    told = f"{points(best['difference'])} points, {p_said(best['p_value'])}"
    of_seeds = f"with {count(len(confirmed['seeds']), 'seed')}"
    yield {
        "better": f"The best is surely better than the recipe as it was, {of_seeds}: {told}.",
        "worse": f"The best is surely worse than the recipe as it was, {of_seeds}: {told}; what "
        "it was in the search was chance.",
        "open": f"Whether the best is better than the recipe as it was is open, {of_seeds}: "
        f"{told}.",
    }[verdict(best, confirmed["recipe"])]


def _reached(trial: Mapping[str, Any]) -> float:
    """A trial's F1, or the best of one that was given up; -1 where there is none."""
    if trial["value"] is not None:
        return float(trial["value"])
    return float(max(trial["epochs"].values(), default=-1.0))


def _searched(parameter: Mapping[str, Any]) -> str:
    choices: Sequence[Any] | None = parameter.get("choices")
    if choices is not None:
        return ", ".join(map(_value, choices))
    spread = " (log)" if parameter.get("log") else ""
    return f"{_value(parameter['low'])} to {_value(parameter['high'])}{spread}"


def _value(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _share(share: float | None) -> str:
    return "" if share is None else f"{share:.2f}"
