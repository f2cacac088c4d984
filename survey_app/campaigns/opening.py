"""One campaign for many communes in one step: a draft for each, which commune and Front complete and approve as always.

Publishes nothing and agrees to nothing in anybody's place. A commune that asks its households in those days already
keeps its survey, and the days of the campaign count for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from http import HTTPStatus
from operator import itemgetter

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from survey_app import access, audit, db
from survey_app.access import Body, Identity
from survey_app.accounts import queries as accounts
from survey_app.campaigns import deadlines
from survey_app.campaigns.deadlines import Deadlines, DueStep
from survey_app.campaigns.models import Campaign, CampaignCommune, CampaignDeadline
from survey_app.errors import DomainError
from survey_app.fieldwork import calendar, drafting
from survey_app.fieldwork.drafting import Asked, SurveyDraft
from survey_app.fieldwork.models import Purpose, State, Survey
from survey_app.i18n import gettext as _
from survey_app.rulebooks import queries as rulebooks
from survey_app.units import operations as registering
from survey_app.units import queries as units
from survey_app.units.models import Unit
from survey_app.units.queries import UnitView, Village

OPENED = "campaigns.open"
CHANGED = "campaigns.change_days"
_LONGEST_CONTACT = 120


class CampaignNotFound(DomainError):
    """There is no such campaign in the province."""

    code = "khong-co-ke-hoach"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(_("There is no such campaign."))


class CampaignThere(DomainError):
    """It was opened a moment ago, by a second press or by somebody else."""

    code = "da-co-ke-hoach"
    status = HTTPStatus.CONFLICT

    def __init__(self) -> None:
        super().__init__(
            _("A campaign of this name was opened for the year already. See the list of campaigns.")
        )


@dataclass(frozen=True, slots=True)
class Aim:
    """What a commune aims at, and the form that follows from it."""

    level: str
    instrument_id: int


@dataclass(frozen=True, slots=True)
class CampaignOpening:
    """What people decide when they open a campaign. Days are of Vietnam, ends included."""

    title: str
    plan_number: str
    plan_date: date | None
    goal_percent: int | None
    aim: str
    #: Whom villagers call where no officer of the commune's Front has a number on record.
    contact: str
    opens_on: date
    closes_on: date
    #: First and last day of a rehearsal before it; None for none.
    rehearsal: tuple[date, date] | None
    deadlines: Deadlines
    #: Key and version of the rule book; None for that of the year.
    rulebook: tuple[str, int] | None = None

    @property
    def year(self) -> int:
        """The year it is reported in."""
        return self.closes_on.year


def open_campaign(
    session: Session,
    province: UnitView,
    plan: CampaignOpening,
    aims: Mapping[int, Aim],
    *,
    by: Identity,
    now: datetime,
) -> int:
    """Open it for the communes in `aims`, each with what it aims at; its number. Raises CampaignThere."""
    registering.hold(session, [province.id])
    taken = select(Campaign.id).where(
        Campaign.province_id == province.id, Campaign.year == plan.year, Campaign.title == plan.title
    )
    if session.scalar(taken) is not None:
        raise CampaignThere
    campaign = Campaign(
        province_id=province.id, year=plan.year, title=plan.title, plan_number=plan.plan_number,
        plan_date=plan.plan_date, opens_at=calendar.opening(plan.opens_on), closes_at=calendar.closing(plan.closes_on),
        opened_at=now, opened_by=by.actor, rulebook_key=plan.rulebook[0] if plan.rulebook else None,
        rulebook_version=plan.rulebook[1] if plan.rulebook else None,
    )  # fmt: skip
    session.add(campaign)
    session.flush()  # its number is needed below
    _set_days(session, campaign.id, plan.deadlines)
    running = _running(session, province.path, campaign)
    villages = units.villages_of(session, aims, units.civil(now))
    contacts = contacts_of(session, province, units.units(session, aims), plan.contact)
    for unit_id, aim in sorted(aims.items(), key=itemgetter(0)):
        drafted, rehearsal, had = running.get(unit_id, ""), "", unit_id in running
        if not had:
            asked = _asked(villages.get(unit_id, ()))
            survey = _survey(plan, aim, unit_id, contacts[unit_id])
            drafted = drafting.draft_survey(session, survey, asked, actor=by.actor, now=now)
            if plan.rehearsal:
                tried = _rehearsed(survey, *plan.rehearsal)
                rehearsal = drafting.draft_survey(session, tried, asked, actor=by.actor, now=now)
        session.add(
            CampaignCommune(
                campaign_id=campaign.id, unit_id=unit_id, level=aim.level, survey_id=drafted,
                had_one=had, rehearsal_id=rehearsal,
            )
        )  # fmt: skip
    audit.record(
        session, by.actor, OPENED, f"unit:{province.id}", at=now, title=plan.title, year=plan.year,
        communes=len(aims), opens_at=campaign.opens_at.isoformat(), closes_at=campaign.closes_at.isoformat(),
    )  # fmt: skip
    return campaign.id


def contacts_of(
    session: Session, province: UnitView, communes: Mapping[int, UnitView], otherwise: str
) -> Mapping[int, str]:
    """Whom the villagers of each commune may call: its Front where a number is on record, else the one typed."""
    numbers = accounts.telephones_below(session, province.path)
    asked = access.IN_COMMUNE[Body.FRONT]
    found = {}
    for unit_id, commune in communes.items():
        number = numbers.get((unit_id, asked))
        own = _("Front of %(commune)s, %(number)s", commune=commune.running_name, number=number)
        found[unit_id] = own if number and len(own) <= _LONGEST_CONTACT else otherwise
    return found


def surveys_of(session: Session, campaign_id: int) -> Mapping[int, str]:
    """The survey of each commune of a campaign, by the commune's id."""
    rows = session.execute(
        select(CampaignCommune.unit_id, CampaignCommune.survey_id)
        .where(CampaignCommune.campaign_id == campaign_id)
        .order_by(CampaignCommune.unit_id)
    )
    return {row.unit_id: row.survey_id for row in rows}


def book_of(session: Session, survey: Survey) -> tuple[str, int] | None:
    """Key and version of the rule book that the newest campaign for this decision survey or rehearsal chose.

    That is one that drafted it, or one whose days it is in: a draft made again and a survey asked again after an
    annulment stay under it. A survey that a commune had before a campaign is not under it. None for that of the year.
    """
    if survey.purpose != Purpose.DECISION:
        return None
    year, number = calendar.last_day(survey.closes_at).year, survey.id or ""
    in_its_days = (
        Campaign.year == year
        if survey.rehearsal  # It is asked before the days of the campaign.
        else (Campaign.opens_at < survey.closes_at) & (Campaign.closes_at > survey.opens_at)
    )
    row = session.execute(
        select(Campaign.rulebook_key, Campaign.rulebook_version)
        .join(CampaignCommune, CampaignCommune.campaign_id == Campaign.id)
        .where(
            CampaignCommune.unit_id == survey.unit_id,
            or_(CampaignCommune.survey_id != number, CampaignCommune.had_one.is_(False)),
            or_(
                in_its_days,
                *(
                    (CampaignCommune.survey_id == number, CampaignCommune.rehearsal_id == number)
                    if number
                    else ()
                ),
            ),
        )
        .order_by(Campaign.id.desc())
        .limit(1)
    ).first()
    return (
        newest_book(session, (row.rulebook_key, row.rulebook_version), year)
        if row and row.rulebook_key
        else None
    )


def newest_book(session: Session, chosen: tuple[str, int], year: int) -> tuple[str, int]:
    """The newest version of a rule book that was chosen; the chosen one where that is not for the year any more."""
    newest = rulebooks.newest(session, chosen[0])
    return (newest.key, newest.version) if newest.holds(year) else chosen


def change_days(
    session: Session, province: UnitView, campaign_id: int, days: Deadlines, *, by: Identity, now: datetime
) -> None:
    """Set other last days for the steps. Raises CampaignNotFound."""
    campaign = db.hold(session, Campaign, campaign_id)
    if campaign is None or campaign.province_id != province.id:
        raise CampaignNotFound
    changes = audit.changes(deadlines.by_name(days_of(session, campaign_id)), deadlines.by_name(days))
    if changes:
        _set_days(session, campaign_id, days)
        audit.record(session, by.actor, CHANGED, subject(campaign_id), at=now, **changes)


def days_of(session: Session, campaign_id: int) -> Deadlines:
    """The last day for each step."""
    rows = session.execute(
        select(CampaignDeadline.step, CampaignDeadline.day)
        .where(CampaignDeadline.campaign_id == campaign_id)
        .order_by(CampaignDeadline.step)
    )
    days = {DueStep(step): day for step, day in rows}
    return {step: days[step] for step in DueStep if step in days}


def subject(campaign_id: int) -> str:
    """How the audit log names a campaign."""
    return f"campaign:{campaign_id}"


def _set_days(session: Session, campaign_id: int, days: Deadlines) -> None:
    for step, day in days.items():
        session.merge(CampaignDeadline(campaign_id=campaign_id, step=step.value, day=day))


def _running(session: Session, path: str, campaign: Campaign) -> Mapping[int, str]:
    """The newest decision survey, drafts included, that a commune has in the days of the campaign."""
    rows = session.execute(
        select(Survey.unit_id, Survey.id)
        .join(Unit, Unit.id == Survey.unit_id)
        .where(
            Unit.path.startswith(path, autoescape=True),
            Survey.purpose == Purpose.DECISION,
            Survey.rehearsal.is_(False),
            Survey.state != State.ANNULLED,
            Survey.opens_at < campaign.closes_at,
            Survey.closes_at > campaign.opens_at,
        )
        .order_by(Survey.opens_at, Survey.id)
    )
    return {row.unit_id: row.id for row in rows}


def _asked(villages: Sequence[Village]) -> list[Asked]:
    """Villages whose households are known; the commune completes the others."""
    return [
        Asked(village.unit.id, village.households, village.source, village.as_of)
        for village in villages
        if village.households is not None and village.as_of is not None
    ]


def _survey(plan: CampaignOpening, aim: Aim, unit_id: int, contact: str) -> SurveyDraft:
    return SurveyDraft(
        unit_id=unit_id,
        instrument_id=aim.instrument_id,
        purpose=Purpose.DECISION,
        rehearsal=False,
        plan_number=plan.plan_number,
        plan_date=plan.plan_date,
        aim=plan.aim,
        contact=contact,
        opens_at=calendar.opening(plan.opens_on),
        closes_at=calendar.closing(plan.closes_on),
        goal_percent=plan.goal_percent,
        level=aim.level,
    )


def _rehearsed(survey: SurveyDraft, first: date, last: date) -> SurveyDraft:
    return replace(survey, rehearsal=True, opens_at=calendar.opening(first), closes_at=calendar.closing(last))
