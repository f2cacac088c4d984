"""The table of a result as one audience sees it, as plain data: what a seal signs, and what a set shows.

Never more than `scoring.disclosure` lets that audience see. Knows nothing of who asks.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from survey_app.fieldwork.models import Medium, answers_on
from survey_app.scoring import disclosure, quartiles, tallies
from survey_app.scoring.disclosure import Audience, Band, DisclosedCommune, DisclosedVillage, Withheld
from survey_app.scoring.rates import dump_rate
from survey_app.scoring.scorecards import Scorecard


def of_everybody(commune: Scorecard, villages: Sequence[Scorecard], *, withheld: bool) -> dict[str, Any]:
    """The table of each audience by its name.

    `withheld` says that an earlier figure is public and too few answers came after it: then those who do not see
    exact counts get none.
    """
    return {
        audience.value: dump(
            disclosure.withhold(commune)
            if withheld and audience is not Audience.EXACT
            else disclosure.disclose(commune, villages, audience=audience)
        )
        for audience in Audience
    }


def dump(told: DisclosedCommune) -> dict[str, Any]:
    """Everything said of the commune and of its villages, by code; exact counts are in it where they may be said."""
    shown = told.hidden_because is None
    phone, paper = doors(told.channels)
    return {
        "households": told.households,
        "answered": told.answered,
        "coverage": dump_rate(told.coverage),
        "valid": told.valid,
        "invalid": told.invalid,
        "pooled": dump_rate(told.pooled),
        "closing": dump_rate(told.closing),
        "range": {"low": dump_rate(told.range.low), "high": dump_rate(told.range.high)}
        if told.range
        else None,
        "items": [tallies.dump_item(item) for item in told.items],
        "closing_item": tallies.dump_item(told.closing_item) if told.closing_item else None,
        "doors": {"phone": phone, "paper": paper} if shown else None,
        "options": {key: dict(counts) for key, counts in told.options.items()},
        "numbers": quartiles.dump(told.numbers),
        "villages": [_village(village) for village in sorted(told.villages, key=lambda one: one.unit)],
        "hidden_because": _reason(told.hidden_because),
    }


def _reason(why: Withheld | None) -> str | None:
    """As it is read back from where it is stored, so that both are the same to the letter."""
    return why.value if why else None


def doors(channels: Mapping[str, int]) -> tuple[int, int]:
    """Answers by phone and on paper: the two doors that officers know."""
    return answers_on(Medium.PHONE, channels), answers_on(Medium.PAPER, channels)


def _village(told: DisclosedVillage) -> dict[str, Any]:
    exact = {} if told.exact is None else {"exact": _exact(told.exact)}
    return {
        "unit": told.unit,
        "households": told.households,
        "answered": told.answered,
        "coverage": dump_rate(told.coverage),
        "band": _band(told.band) if told.band and told.band.is_coded else None,
        "hidden_because": _reason(told.hidden_because),
        **exact,
    }


def _exact(card: Scorecard) -> dict[str, Any]:
    return {"tally": tallies.dump(card.tally), "channels": dict(sorted(card.channels.items()))}


def _band(told: Band) -> dict[str, Any]:
    return {"kind": told.kind, "low": told.low, "high": told.high}
