"""What this room puts on people's lists: a survey whose counting is over and that could not be sealed."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.access import BODIES, KEY_PAPER, PROVINCIAL, Identity
from survey_app.accounts.todo import Todo
from survey_app.collecting import scanned
from survey_app.fieldwork.calendar import SEALING_TAKES
from survey_app.fieldwork.models import Purpose, State, Survey
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.survey_page import Sentence
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.sealing import queries, recounts
from survey_app.sealing.models import RefusedSeal
from survey_app.units.models import Unit

#: Differences that a list shows; the operator's command names them all.
_SHOWN = 3


def note_refusal(session: Session, survey_id: str, differences: Sequence[str], now: datetime) -> None:
    """Keep why a seal was refused, for the people who have to act; the newest refusal of a survey counts."""
    row = session.get(RefusedSeal, survey_id)
    if row is None:
        row = RefusedSeal(survey_id=survey_id)
        session.add(row)
    row.refused_at, row.differences = now, list(differences)


def todos(session: Session, identity: Identity, now: datetime) -> Iterator[Todo]:
    """One line for each survey of the subtree that waits for slips or for its seal."""
    if identity.role not in BODIES | KEY_PAPER:
        return
    over = _counted(session, identity.unit_path, now)
    waiting = _waiting(session, over)
    yield from (_to_key(survey_id, slips, identity) for survey_id, slips in waiting.items())
    scans = _scans(session, over)
    yield from (_to_look_at(survey_id, slips, identity) for survey_id, slips in scans.items())
    if identity.role not in BODIES:
        return
    refused = _refused(session, identity.unit_path)
    for row in refused:
        yield Todo(
            title=_("Survey %(survey)s could not be sealed", survey=row.survey_id),
            detail=_(
                "What is stored does not agree: %(differences)s. Nothing was changed and no answer is lost. Next step: "
                "tell the operator of the server, whose command “results close” names every difference; if a village "
                "is wrong, both bodies can set its answers aside and ask it again.",
                differences="; ".join(row.differences[:_SHOWN]),
            ),
            url=url_for("fieldwork.page", survey_id=row.survey_id),
            urgent=True,
        )
    concerned = {row.survey_id for row in refused} | waiting.keys() | scans.keys()
    for survey_id in _overdue(session, identity.unit_path, now):
        if survey_id not in concerned:
            yield Todo(
                title=_("Survey %(survey)s is not sealed yet", survey=survey_id),
                detail=_(
                    "Counting is over, but nothing came to seal it: the server's minute job is not running, or its "
                    "clock is in doubt. No answer is lost. Please tell the operator of the server."
                ),
                url=url_for("fieldwork.page", survey_id=survey_id),
                urgent=True,
            )


def differing(session: Session, identity: Identity, now: datetime) -> Iterator[Todo]:
    """For the province and its Front: sealed surveys whose stored answers do not give any more what was sealed."""
    if identity.role not in PROVINCIAL:
        return
    for survey_id in recounts.last(session, identity.unit_path).differing:
        yield Todo(
            title=_("Survey %(survey)s does not agree with its seal", survey=survey_id),
            detail=_(
                "The night's recount of the stored answers gave something else than what was sealed and signed. Use "
                "its figures nowhere before this is explained. Tell the operator of the server: the command “results "
                "verify” names the first difference."
            ),
            url=url_for("fieldwork.page", survey_id=survey_id),
            urgent=True,
        )


def sentences(_session: Session, survey: SurveyView) -> Iterator[Sentence]:
    """What ends the counting, for the one who looks at the survey meanwhile."""
    if survey.state is State.COUNTING and survey.purpose is Purpose.DECISION:
        yield Sentence(
            _(
                "The result is sealed on the day after counting ends. Filled slips that were brought back and are not "
                "keyed put that off: they are then a task under “Today”."
            )
        )


def _to_key(survey_id: str, slips: int, person: Identity) -> Todo:
    return Todo(
        title=_("Survey %(survey)s waits for paper slips", survey=survey_id),
        detail=ngettext(
            "Counting is over, but %(num)d filled slip that was brought back is not keyed. Key it, or ask the other "
            "body for more time; if it cannot be keyed, correct the number with the receipt list. Until then the clock "
            "does not seal.",
            "Counting is over, but %(num)d filled slips that were brought back are not keyed. Key them, or ask the "
            "other body for more time; if they cannot be keyed, correct the number with the receipt list. Until then "
            "the clock does not seal.",
            slips,
        ),
        url=_where_slips_are(survey_id, person),
        urgent=True,
    )


def _to_look_at(survey_id: str, slips: int, person: Identity) -> Todo:
    return Todo(
        title=_("Survey %(survey)s waits for scanned slips", survey=survey_id),
        detail=ngettext(
            "Counting is over, but %(num)d scanned slip still waits to be looked at. The person who scanned it decides "
            "it, or somebody keys it from the paper. Until then the clock does not seal.",
            "Counting is over, but %(num)d scanned slips still wait to be looked at. The person who scanned them "
            "decides them, or somebody keys them from the paper. Until then the clock does not seal.",
            slips,
        ),
        url=_where_slips_are(survey_id, person),
        urgent=True,
    )


def _where_slips_are(survey_id: str, person: Identity) -> str:
    """The keying screen for those who key, the page of the survey for the others."""
    return url_for("paper.key_slip" if person.role in KEY_PAPER else "fieldwork.page", survey_id=survey_id)


def _waiting(session: Session, over: Sequence[str]) -> dict[str, int]:
    """Filled slips not keyed though counting is over, by survey."""
    missing = {survey_id: sum(queries.unkeyed_slips(session, survey_id).values()) for survey_id in over}
    return {survey_id: slips for survey_id, slips in missing.items() if slips}


def _scans(session: Session, over: Sequence[str]) -> dict[str, int]:
    """Scanned slips that nobody has decided though counting is over, by survey."""
    found = {survey_id: scanned.undecided(session, survey_id) for survey_id in over}
    return {survey_id: slips for survey_id, slips in found.items() if slips}


def _counted(session: Session, unit_path: str, now: datetime) -> Sequence[str]:
    """Surveys of the subtree whose counting is over."""
    return session.scalars(
        select(Survey.id)
        .join(Unit, Unit.id == Survey.unit_id)
        .where(Unit.path.startswith(unit_path, autoescape=True))
        .where(Survey.state == State.COUNTING, Survey.counting_ends_at <= now)
        .order_by(Survey.id)
    ).all()


def _refused(session: Session, unit_path: str) -> tuple[RefusedSeal, ...]:
    """Refusals of surveys that still wait; one that was sealed or cancelled since has none to act on."""
    rows = session.scalars(
        select(RefusedSeal)
        .join(Survey, Survey.id == RefusedSeal.survey_id)
        .join(Unit, Unit.id == Survey.unit_id)
        .where(Unit.path.startswith(unit_path, autoescape=True), Survey.state == State.COUNTING)
        .order_by(RefusedSeal.survey_id)
    )
    return tuple(rows)


def _overdue(session: Session, unit_path: str, now: datetime) -> tuple[str, ...]:
    """Surveys not sealed though counting is over: the seal was refused, or the minute job does not run."""
    rows = session.scalars(
        select(Survey.id)
        .join(Unit, Unit.id == Survey.unit_id)
        .where(
            Unit.path.startswith(unit_path, autoescape=True),
            Survey.state == State.COUNTING,
            Survey.counting_ends_at < now - SEALING_TAKES,
        )
        .order_by(Survey.id)
    )
    return tuple(rows)
