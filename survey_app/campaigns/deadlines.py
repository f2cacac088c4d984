"""The steps of a commune's consultation for which a campaign names a last day, and which of them apply to whom."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.campaigns.models import Campaign, CampaignCommune, CampaignDeadline

Deadlines = Mapping["DueStep", date]


class DueStep(StrEnum):
    """In the order of the work. Opening and closing have days of their own in every survey."""

    HOUSEHOLDS = "households"
    APPROVED = "approved"
    PRINTED = "printed"
    SEALED = "sealed"
    SIGNED = "signed"
    POSTED = "posted"


#: Days from the first (before) or the last day (after) of the phones; only a suggestion, no rule sets them.
_BEFORE = {DueStep.HOUSEHOLDS: 10, DueStep.APPROVED: 5, DueStep.PRINTED: 1}
_AFTER = {DueStep.SEALED: 8, DueStep.SIGNED: 13, DueStep.POSTED: 15}


def suggested(opens_on: date, closes_on: date) -> Deadlines:
    """Days to start from, around the days on which phones are open.

    >>> [day.day for day in suggested(date(2026, 11, 20), date(2026, 11, 30)).values()]
    [10, 15, 19, 8, 13, 15]
    """
    before = {step: opens_on - timedelta(days=days) for step, days in _BEFORE.items()}
    return before | {step: closes_on + timedelta(days=days) for step, days in _AFTER.items()}


def by_name(days: Deadlines) -> dict[str, date]:
    """As the fields of forms and the entries of the audit log are called."""
    return {f"day_{step.value}": day for step, day in days.items()}


def of_year(session: Session, province_id: int, year: int) -> Mapping[int, Deadlines]:
    """By commune id, the days of the newest campaign of the year that it is in; a commune in none is absent."""
    rows = session.execute(
        select(
            CampaignCommune.unit_id, CampaignDeadline.campaign_id, CampaignDeadline.step, CampaignDeadline.day
        )
        .join(Campaign, Campaign.id == CampaignCommune.campaign_id)
        .join(CampaignDeadline, CampaignDeadline.campaign_id == Campaign.id)
        .where(Campaign.province_id == province_id, Campaign.year == year)
        .order_by(CampaignDeadline.campaign_id, CampaignCommune.unit_id, CampaignDeadline.step)
    )
    newest: dict[int, tuple[int, dict[DueStep, date]]] = {}
    for unit_id, campaign_id, step, day in rows:
        kept = newest.get(unit_id)
        if kept is None or kept[0] != campaign_id:
            kept = newest[unit_id] = (campaign_id, {})
        kept[1][DueStep(step)] = day
    return {unit_id: days for unit_id, (_campaign, days) in newest.items()}
