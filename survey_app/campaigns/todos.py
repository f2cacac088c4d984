"""What is to do today: the first steps of a new installation, communes that wait, surveys nobody called back yet."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from flask import url_for
from sqlalchemy.orm import Session

from survey_app import access, config
from survey_app.access import Body, Identity
from survey_app.accounts import letters
from survey_app.accounts import queries as accounts
from survey_app.accounts.todo import Message, Section, Todo
from survey_app.campaigns import appraisals, milestones, queries, ranking, reminding
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork import wording
from survey_app.i18n import force_locale, ngettext
from survey_app.i18n import gettext as _
from survey_app.rulebooks import queries as rulebooks
from survey_app.templating import role_name, since
from survey_app.units import queries as units
from survey_app.units.models import Level


def first_steps(session: Session, identity: Identity, now: datetime) -> Iterable[Todo]:
    """What a unit begins with as long as it has no survey: nobody is late yet."""
    if surveys.has_any(session, identity.unit_path):
        return ()
    if identity.role in access.PROVINCIAL:
        return _steps_of_province(session, identity, now)
    if identity.role in access.DRAFT_SURVEYS and units.has_villages(
        session, identity.unit_id, units.civil(now)
    ):
        title = _("Begin the first survey")
        detail = _(
            "Choose a form and the days; the other body looks at it and agrees, then slips are printed."
        )
        return (Todo(title, detail, url_for("fieldwork.new")),)
    if identity.role not in access.DRAFT_SURVEYS:
        return tuple(
            Todo(step, _("As soon as the first survey is there; the manual shows it."), "/huong-dan")
            for step in letters.first_steps(identity.role)
        )
    return ()


def _steps_of_province(session: Session, identity: Identity, now: datetime) -> Iterator[Todo]:
    role = access.IN_COMMUNE[Body.FRONT if identity.role in access.FRONT else Body.GOVERNMENT]
    communes = units.communes(session, identity.unit_path, units.civil(now))
    held = accounts.roles_held(session, identity.unit_path)
    invited = sum(role in held.get(commune.id, ()) for commune in communes)
    if invited < len(communes):
        yield Todo(
            _("Invite the communes: %(role)s", role=role_name(role)),
            _(
                "%(invited)s of %(communes)s communes have such an account.",
                invited=invited,
                communes=len(communes),
            ),
            url_for("accounts.invite"),
        )
    if identity.role in access.CHOOSE_RULE_BOOKS:
        yield Todo(
            _("Choose the rule book of the year"),
            _("Without a choice the default in force judges, and papers call it the default."),
            url_for("rulebooks.this_year"),
        )


def late_communes(session: Session, identity: Identity, now: datetime) -> Iterable[Todo]:
    """One line with the number of communes whose day has passed, or else that somebody has to act for."""
    province = units.unit(session, identity.unit_id)
    if identity.role not in access.CHASE_COMMUNES or province.level != Level.PROVINCE:
        return ()
    if not surveys.has_any(session, identity.unit_path):
        return ()
    year = units.civil(now).year
    made = queries.board(session, province, year, now)
    rows, need = (made.late, "late") if made.late else (made.to_act, "act")
    if not rows:
        return ()
    title = (
        ngettext("%(num)s commune is late", "%(num)s communes are late", len(rows))
        if made.late
        else ngettext(
            "%(num)s commune waits for somebody to act",
            "%(num)s communes wait for somebody to act",
            len(rows),
        )
    )
    detail = _("See who they are and what each of them waits for.")
    named = f"{wording.names(row.unit for row in rows)}. {detail}"
    url = url_for("campaigns.board", year=year, need=need, sort="wait")
    return (Todo(title, named, url, message=reminding.to_all(rows)),)


def not_called_back(session: Session, identity: Identity, now: datetime) -> Iterable[Todo]:
    """A line for this year and one for the last: sealed surveys without a back-check, and where to begin."""
    province = units.unit(session, identity.unit_id)
    if identity.role not in access.RANK_COMMUNES or province.level != Level.PROVINCE:
        return ()
    this_year = units.civil(now).year
    counts = {year: ranking.not_called_back(session, province, year) for year in (this_year - 1, this_year)}
    return tuple(_to_back_check(year, count) for year, count in counts.items() if count)


def held_outside(session: Session, identity: Identity, now: datetime) -> Iterator[Todo]:
    """The way to enter a consultation that the commune held on paper outside."""
    if identity.role in access.ENTER_OUTSIDE and not identity.is_provincial:
        code = units.unit(session, identity.unit_id).code
        url = url_for("outside.page", code=code, year=units.civil(now).year)
        yield Todo(_("Enter a consultation held on paper outside"), "", url, section=Section.BEGIN)


def to_appraise(session: Session, identity: Identity, now: datetime) -> Iterator[Todo]:
    """For the Front of the province how many signed results wait; for a commune the change it was asked for."""
    if identity.role in access.APPRAISE and identity.is_provincial:
        for year, waiting in sorted(appraisals.waiting(session, identity.unit_path).items()):
            title = ngettext(
                "Appraise %(num)d result of %(year)d",
                "Appraise %(num)d results of %(year)d",
                waiting,
                year=year,
            )
            url = url_for("appraisals.listed", year=year)
            yield Todo(title, _("Signed by both bodies; the unusual ones are opened one by one."), url)
    if identity.role in access.ANSWER_APPRAISALS:
        for view in appraisals.sent_back(session, identity.unit_path):
            yield Todo(
                _("The Front of the province asks for a change: survey %(number)s", number=view.survey_id),
                view.reason,
                url_for("appraisals.page", survey_id=view.survey_id),
                urgent=True,
            )
        yield from _waits_for_appraisal(session, identity, now)


def services_to_declare(session: Session, identity: Identity, now: datetime) -> Iterator[Todo]:
    """For a commune that has begun: its essential services online, while none of the year is ticked."""
    year = units.civil(now).year
    if identity.role not in access.DECLARE_IT or not surveys.has_any(session, identity.unit_path):
        return
    if identity.unit_id not in rulebooks.service_ticks(session, identity.unit_path, year):
        title = _("Tick the essential services online, %(year)s", year=year)
        detail = _("None is ticked yet; without one the commune does not count for the 40 % target.")
        yield Todo(title, detail, url_for("rulebooks.services_start"))


def _waits_for_appraisal(session: Session, identity: Identity, now: datetime) -> Iterator[Todo]:
    """Signed results that wait for the Front of the province: since when, and words to remind it with."""
    waiting = appraisals.unappraised(session, identity.unit_path)
    signed = milestones.signed_at(session, waiting)
    for number, answered in waiting.items():
        moment = answered or signed.get(number)
        if moment is None:
            continue
        who = role_name(access.Role.FRONT_PROVINCE)
        with force_locale("vi"):
            text = _(
                "To %(who)s: the signed result of survey %(number)s has waited for your appraisal since %(when)s. "
                "Please open: %(address)s",
                who=role_name(access.Role.FRONT_PROVINCE),
                number=number,
                when=since(moment, now),
                address=config.settings().public_url + url_for("appraisals.page", survey_id=number),
            )
        yield Todo(
            _("Appraisal of survey %(number)s", number=number),
            _("Waits for: %(who)s, since %(when)s.", who=who, when=since(moment, now)),
            url_for("fieldwork.page", survey_id=number),
            section=Section.OTHERS,
            message=Message(text, accounts.telephone_of(session, identity.unit_path, access.APPRAISE)),
        )


def _to_back_check(year: int, count: int) -> Todo:
    title = ngettext(
        "%(num)d sealed survey of %(year)s has not been called back",
        "%(num)d sealed surveys of %(year)s have not been called back",
        count,
        year=year,
    )
    detail = _("See which have most to compare with the papers, and begin there.")
    return Todo(title, detail, url_for("campaigns.ranking", year=year))
