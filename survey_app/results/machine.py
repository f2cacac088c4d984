"""A scorecard as machines read it: the JSON that commands and files promise to keep."""

from typing import Any

from survey_app.scoring import quartiles, tallies
from survey_app.scoring.rates import dump_rate
from survey_app.scoring.scorecards import Scorecard
from survey_app.sealing.queries import ScorecardView


def scorecard(view: ScorecardView) -> dict[str, Any]:
    """The exact scorecard with one of the same shape for every village; for operators and signed papers."""
    return {
        **card(view.survey.id, view.commune),
        "villages": [card(view.survey.id, village) for village in view.villages],
        "digest": view.digest,
        "signature": view.signature,
        "sealed_at": view.sealed_at.isoformat() if view.sealed_at else None,
        "counted_on": view.counted_on.isoformat() if view.counted_on else None,
        "purpose": view.survey.purpose.value,
        "rehearsal": view.survey.rehearsal,
        "annulments": [
            {
                "unit": found.unit.code,
                "round": found.round,
                "answers": found.answers,
                "reason": found.reason,
                "annulled_at": found.annulled_at.isoformat(),
            }
            for found in view.annulments
        ],
    }


def card(survey_id: str, card: Scorecard) -> dict[str, Any]:
    """One unit's scorecard; `survey_id` is "" for a sum of several."""
    return {
        "survey": survey_id,
        "unit": card.unit,
        "households": card.households,
        "answered": card.tally.answered,
        "valid": card.tally.valid,
        "invalid": card.tally.invalid,
        "coverage": dump_rate(card.coverage),
        "pooled": dump_rate(card.pooled),
        "closing": dump_rate(card.closing),
        "range": {"low": dump_rate(card.range.low), "high": dump_rate(card.range.high)}
        if card.range
        else None,
        "items": [tallies.dump_item(item) for item in card.tally.items],
        "channels": dict(card.channels),
        "options": {key: dict(counts) for key, counts in card.tally.options.items()},
        "numbers": quartiles.dump(card.numbers),
    }
