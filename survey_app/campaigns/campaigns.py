"""Campaigns of a year as they are shown: whom each is for, and how far those communes are in their days."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from survey_app.access import Identity
from survey_app.authoring import levels
from survey_app.authoring import queries as instruments
from survey_app.authoring.queries import InstrumentView
from survey_app.authoring.wording import OTHER, QUICK
from survey_app.campaigns.models import Campaign, CampaignCommune
from survey_app.campaigns.opening import CampaignNotFound
from survey_app.fieldwork import calendar
from survey_app.fieldwork.models import State, Survey
from survey_app.units import queries as units
from survey_app.units.queries import UnitView

#: A level that no recognition is aimed at.
_NO_AIM = frozenset({QUICK, OTHER})


@dataclass(frozen=True, slots=True)
class Member:
    """A commune of a campaign; `state` is None once its draft was thrown away."""

    unit: UnitView
    level: str
    survey_id: str
    had_one: bool
    state: State | None
    rehearsal_id: str
    rehearsal_state: State | None


@dataclass(frozen=True, slots=True)
class CampaignView:
    """One campaign with the number of its communes."""

    id: int
    year: int
    title: str
    plan_number: str
    plan_date: date | None
    opens_on: date
    closes_on: date
    opened_at: datetime
    opened_by: str
    communes: int
    #: Key and version of the rule book that it chose; None for that of the year.
    rulebook: tuple[str, int] | None


def of_year(session: Session, province_id: int, year: int) -> tuple[CampaignView, ...]:
    """The campaigns of a year, the newest first."""
    return tuple(
        _view(row, communes)
        for row, communes in session.execute(
            _campaigns()
            .where(Campaign.province_id == province_id, Campaign.year == year)
            .order_by(Campaign.id.desc())
        )
    )


def campaign(session: Session, province_id: int, campaign_id: int) -> CampaignView:
    """One of the province's. Raises CampaignNotFound."""
    found = session.execute(
        _campaigns().where(Campaign.province_id == province_id, Campaign.id == campaign_id)
    ).one_or_none()
    if found is None:
        raise CampaignNotFound
    return _view(*found)


def members(session: Session, campaign_id: int) -> tuple[Member, ...]:
    """Its communes by name, each with its survey and rehearsal."""
    rows = session.scalars(
        select(CampaignCommune)
        .where(CampaignCommune.campaign_id == campaign_id)
        .order_by(CampaignCommune.unit_id)
    ).all()
    places = units.units(session, (row.unit_id for row in rows))
    states = _states(session, (number for row in rows for number in (row.survey_id, row.rehearsal_id)))
    found = [
        Member(
            places[row.unit_id], row.level, row.survey_id, row.had_one, states.get(row.survey_id),
            row.rehearsal_id, states.get(row.rehearsal_id),
        )
        for row in rows
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda member: member.unit.in_order))


def forms_for_aims(session: Session, person: Identity) -> Mapping[str, InstrumentView]:
    """By level, the frozen form that serves it: a shipped one, or one of the units from here up.

    A level of a form that the data do not have is one too.
    """
    from_here_up = [
        view
        for view in instruments.frozen_instruments(session, person)
        if view.unit_path is None or person.unit_path.startswith(view.unit_path)
    ]
    served = {one.key: levels.form_for(one, from_here_up) for one in levels.levels()}
    for view in from_here_up:
        named = str(view.document["level"])
        if named not in served and named not in _NO_AIM:
            same = [one for one in from_here_up if one.document["level"] == named]
            served[named] = max(same, key=lambda one: (one.version, one.id))
    return {key: form for key, form in served.items() if form is not None}


def _campaigns() -> Select[Campaign, int]:
    counted = (
        select(func.count())
        .where(CampaignCommune.campaign_id == Campaign.id)
        .correlate(Campaign)
        .scalar_subquery()
    )
    return select(Campaign, counted)


def _states(session: Session, numbers: Iterable[str]) -> Mapping[str, State]:
    wanted = {number for number in numbers if number}
    rows = session.execute(select(Survey.id, Survey.state).where(Survey.id.in_(wanted)).order_by(Survey.id))
    return {number: State(state) for number, state in rows}


def _view(row: Campaign, communes: int) -> CampaignView:
    return CampaignView(
        id=row.id, year=row.year, title=row.title, plan_number=row.plan_number, plan_date=row.plan_date,
        opens_on=units.civil(row.opens_at), closes_on=calendar.last_day(row.closes_at),
        opened_at=row.opened_at, opened_by=row.opened_by, communes=communes,
        rulebook=(row.rulebook_key, row.rulebook_version) if row.rulebook_key and row.rulebook_version else None,
    )  # fmt: skip
