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


def dump(commune: DisclosedCommune) -> dict[str, Any]:
    """Everything said of the commune and of its villages, by code; exact counts are in it where they may be said."""
    shown = commune.hidden_because is None
    phone, paper = doors(commune.channels)
    return {
        "households": commune.households,
        "answered": commune.answered,
        "coverage": dump_rate(commune.coverage),
        "valid": commune.valid,
        "invalid": commune.invalid,
        "pooled": dump_rate(commune.pooled),
        "closing": dump_rate(commune.closing),
        "range": {"low": dump_rate(commune.range.low), "high": dump_rate(commune.range.high)}
        if commune.range
        else None,
        "items": [tallies.dump_item(item) for item in commune.items],
        "closing_item": tallies.dump_item(commune.closing_item) if commune.closing_item else None,
        "doors": {"phone": phone, "paper": paper} if shown else None,
        "options": {key: dict(counts) for key, counts in commune.options.items()},
        "numbers": quartiles.dump(commune.numbers),
        "villages": [_village(village) for village in sorted(commune.villages, key=lambda one: one.unit)],
        "hidden_because": _reason(commune.hidden_because),
    }


def _reason(why: Withheld | None) -> str | None:
    """As it is read back from where it is stored, so that both are the same to the letter."""
    return why.value if why else None


def doors(channels: Mapping[str, int]) -> tuple[int, int]:
    """Answers by phone and on paper: the two doors that officers know."""
    return answers_on(Medium.PHONE, channels), answers_on(Medium.PAPER, channels)


def _village(village: DisclosedVillage) -> dict[str, Any]:
    exact = {} if village.exact is None else {"exact": _exact(village.exact)}
    return {
        "unit": village.unit,
        "households": village.households,
        "answered": village.answered,
        "coverage": dump_rate(village.coverage),
        "band": _band(village.band) if village.band and village.band.is_coded else None,
        "hidden_because": _reason(village.hidden_because),
        **exact,
    }


def _exact(card: Scorecard) -> dict[str, Any]:
    return {"tally": tallies.dump(card.tally), "channels": dict(sorted(card.channels.items()))}


def _band(band: Band) -> dict[str, Any]:
    return {"kind": band.kind, "low": band.low, "high": band.high}
