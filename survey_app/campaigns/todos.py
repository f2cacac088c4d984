"""What is to do today: communes that wait, and surveys nobody called back yet."""

from collections.abc import Iterable
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from survey_app import access
from survey_app.access import Identity
from survey_app.accounts.todo import Todo
from survey_app.campaigns import queries, ranking
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.units import queries as units
from survey_app.units.models import Level


def late_communes(session: Session, identity: Identity, now: datetime) -> Iterable[Todo]:
    """One line with the number of late communes, for a province officer."""
    province = units.unit(session, identity.unit_id)
    if identity.role not in access.CHASE_COMMUNES or province.level != Level.PROVINCE:
        return ()
    year = units.civil(now).year
    late = queries.board(session, province, year, now).late
    if not late:
        return ()
    title = ngettext("%(num)s commune is late", "%(num)s communes are late", len(late))
    overdue = sum(row.wait is not None and row.wait.is_overdue for row in late)
    detail = (
        ngettext(
            "%(num)s of them has passed its day. See who and why.",
            "%(num)s of them have passed their day. See who and why.",
            overdue,
        )
        if overdue
        else _("See who they are and what each of them waits for.")
    )
    return (Todo(title, detail, url_for("campaigns.board", year=year, late="1", sort="wait")),)


def not_called_back(session: Session, identity: Identity, now: datetime) -> Iterable[Todo]:
    """A line for this year and one for the last: sealed surveys without a call-back, and where to begin."""
    province = units.unit(session, identity.unit_id)
    if identity.role not in access.RANK_COMMUNES or province.level != Level.PROVINCE:
        return ()
    this_year = units.civil(now).year
    counts = {year: ranking.not_called_back(session, province, year) for year in (this_year - 1, this_year)}
    return tuple(_to_call_back(year, count) for year, count in counts.items() if count)


def _to_call_back(year: int, count: int) -> Todo:
    title = ngettext(
        "%(num)d sealed survey of %(year)s has not been called back",
        "%(num)d sealed surveys of %(year)s have not been called back",
        count,
        year=year,
    )
    detail = _("See which have most to compare with the papers, and begin there.")
    return Todo(title, detail, url_for("campaigns.ranking", year=year))
