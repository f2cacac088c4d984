"""Pages and files of a village's kit, and the script of a meeting for the person who reads it out there.

A village head has no account: the script opens by the random path that the bundle cover carries, as the page of counts
does. It says what every slip says, and nothing of answers.
"""

from datetime import UTC, datetime

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from survey_app import access, config, db, files
from survey_app.errors import DomainError
from survey_app.fieldwork import frames, meetings, queries
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.models import BEFORE_THE_END, State
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_decision_survey
from survey_app.printing import kit, reading_script, views
from survey_app.printing.kit import Appointment

#: One room, one blueprint; this module adds its pages to it.
bp = views.bp

_READERS = access.READ_PRINTS
#: What fits on a line of a slip of appointment.
_LONGEST = 120


@bp.get("/can-bo/dot/<survey_id>/bo-tai-lieu/<village>")
@access.roles(*_READERS)
def village_kit(survey_id: str, village: str) -> ResponseReturnValue:
    """Texts to copy and papers to print for one village."""
    survey, line = _village(survey_id, village)
    kit.require_in_time(survey)
    settings = config.settings()
    try:
        zalo, nowhere = kit.zalo(survey, line, settings), ""
    except DomainError as refusal:
        zalo, nowhere = "", refusal.message
    return render_template(
        "printing/kit.html",
        survey=survey,
        line=line,
        spoken=kit.loudspeaker(survey, line),
        zalo=zalo,
        nowhere=nowhere,
        appointment=_at_next_meeting(survey, line),
    )


@bp.get("/can-bo/dot/<survey_id>/bo-tai-lieu/<village>/<paper>.pdf")
@access.roles(*_READERS)
def kit_paper(survey_id: str, village: str, paper: str) -> ResponseReturnValue:
    """One paper of the kit."""
    survey, line = _village(survey_id, village)
    settings = config.settings()
    name = f"{paper}-{survey.id}-{line.unit.code}"
    appointment = Appointment(_typed("noi"), _typed("luc"))
    if paper == "phieu-hen":
        return files.download([kit.appointments_pdf(survey, line, settings, appointment)], name, files.PDF)
    if paper == "nhan-thung-phieu":
        return files.download([kit.box_pdf(survey, line, settings, appointment)], name, files.PDF)
    if paper not in kit.PAPERS:
        abort(404)
    return files.download([kit.PAPERS[paper](survey, line, settings)], name, files.PDF)


@bp.get("/can-bo/dot/<survey_id>/loi-doc/<language>.pdf")
@access.roles(*_READERS)
def script_paper(survey_id: str, language: str) -> ResponseReturnValue:
    """The reading script in one language of the form."""
    survey = _published(own_decision_survey(survey_id))
    kit.require_in_time(survey)
    body = reading_script.pdf(survey, _spoken(survey, language))
    return files.download([body], f"loi-doc-{language}-{survey.id}", files.PDF)


@bp.get("/bia/<cover_token>/loi-doc/<language>")
@access.public
def read_at_meeting(cover_token: str, language: str) -> ResponseReturnValue:
    """The reading script as a page, while households can be called to a meeting."""
    survey = queries.survey_of_cover(db.session(), cover_token)
    if survey.state not in BEFORE_THE_END or not survey.purpose.asks_households:
        raise queries.SurveyNotFound
    return reading_script.html(survey, _spoken(survey, language), "printing/reading_script.html")


def _village(survey_id: str, village: str) -> tuple[SurveyView, FrameLine]:
    survey = _published(own_decision_survey(survey_id))
    return survey, frames.frame_line(db.session(), survey.id, village)


def _published(survey: SurveyView) -> SurveyView:
    if survey.state is State.DRAFT:
        raise queries.SurveyNotFound
    return survey


def _spoken(survey: SurveyView, language: str) -> str:
    if language not in survey.instrument.languages:
        abort(404)
    return language


def _at_next_meeting(survey: SurveyView, line: FrameLine) -> Appointment:
    now = datetime.now(UTC)
    coming = (
        one for one in meetings.meetings(db.session(), survey.id)
        if one.unit_id == line.unit.id and one.is_announced and one.starts_at > now
    )  # fmt: skip
    return kit.at_meeting(next(coming, None))


def _typed(name: str) -> str:
    return " ".join(request.args.get(name, "").split())[:_LONGEST]
