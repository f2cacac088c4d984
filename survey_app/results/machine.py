"""A scorecard as machines read it: the JSON that commands and files promise to keep."""

from collections.abc import Mapping
from typing import Any

from survey_app.scoring import quartiles
from survey_app.scoring.rates import Rate
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
        "coverage": _rate(card.coverage),
        "pooled": _rate(card.pooled),
        "closing": _rate(card.closing),
        "range": {"low": _rate(card.range.low), "high": _rate(card.range.high)} if card.range else None,
        "items": [
            {
                "key": item.key,
                "satisfied": item.satisfied,
                "dissatisfied": item.dissatisfied,
                "blank": item.blank,
            }
            for item in card.tally.items
        ],
        "channels": dict(card.channels),
        "options": {key: dict(counts) for key, counts in card.tally.options.items()},
        "numbers": quartiles.dump(card.numbers),
    }


def _rate(rate: Rate | None) -> Mapping[str, int] | None:
    return {"n": rate.n, "of": rate.of} if rate else None
