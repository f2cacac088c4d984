"""Pages and files of the printed matter: slips once per batch, everything without codes as often as wanted.

Slips are committed before the first byte leaves, are never kept, and no screen of ours lists them.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from uuid import uuid4

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue
from wtforms.validators import InputRequired, NumberRange

from survey_app import access, config, db, files, keys
from survey_app.access import Identity
from survey_app.accounts.freshness import fresh
from survey_app.config import Settings
from survey_app.errors import DomainError
from survey_app.fieldwork import answering, batches, frames, print_sets, queries, rounds
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.models import BEFORE_THE_END, State
from survey_app.fieldwork.queries import BatchView, SurveyView
from survey_app.fieldwork.rounds import AnnulmentView
from survey_app.fieldwork.scope import own_survey
from survey_app.forms import StaffForm, WholeNumberField
from survey_app.i18n import lazy_gettext as _l
from survey_app.printing import blank_pages, lists, posters, reach, slips

bp = Blueprint("printing", __name__, template_folder="templates")

_READERS = access.READ_PRINTS
_PRINTERS = access.PRINT_SLIPS
_CHUNK_BYTES = 64 * 1024
_NOT_A_COUNT = _l("Enter the number of slips as a whole number, at least 1.")


class SlipsForm(StaffForm):
    """How many slips of one village to make."""

    count = WholeNumberField(
        _l("Number of slips"),
        validators=[InputRequired(_NOT_A_COUNT), NumberRange(min=1, message=_NOT_A_COUNT)],
    )


@dataclass(frozen=True, slots=True)
class VillageRow:
    """What the page shows of one village; `problem` is why the last request for slips was refused."""

    line: FrameLine
    batches: tuple[BatchView, ...]
    live: int
    most: int
    typed: object
    problem: str
    #: Whether slips can be made for the village in the state the survey is in.
    is_asked: bool

    @property
    def left(self) -> int:
        """Slips that may still be made."""
        return max(self.most - self.live, 0)


@bp.get("/can-bo/dot/<survey_id>/in")
@access.roles(*_READERS)
def papers(survey_id: str) -> ResponseReturnValue:
    """Every village with its batches and the papers that can be printed."""
    return page(own_survey(survey_id))


@bp.post("/can-bo/dot/<survey_id>/phieu/<village>", defaults={"kind": "pdf"})
@bp.post("/can-bo/dot/<survey_id>/phieu/<village>.<any(pdf, csv, html):kind>")
@access.roles(*_PRINTERS)
@fresh
def make_slips(survey_id: str, village: str, kind: str) -> ResponseReturnValue:
    """A new batch of a village's slips, sent once."""
    identity, settings = access.identity(), config.settings()
    survey = own_survey(survey_id)
    if not may_print(identity, survey, settings):
        abort(HTTPStatus.FORBIDDEN)
    line = frames.frame_line(db.session(), survey_id, village)
    form = SlipsForm()
    if not form.validate_on_submit():
        problem = next(iter(form.count.errors), str(_NOT_A_COUNT))
        return page(survey, village, form.count.raw_data, problem), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        slips.check_room(survey)
        reach.require(survey, settings)
        with db.transaction() as current:
            if kind == "pdf":
                blank_pages.keep(current, survey, settings)
            made = batches.make_slips(
                current,
                survey_id,
                line.unit.id,
                form.count.data,
                spare_percent=settings.spare_percent,
                actor=identity.actor,
                now=datetime.now(UTC),
                keys=keys.store(),
            )
    except DomainError as refusal:
        return page(survey, village, form.count.raw_data, refusal.message), refusal.status
    return _SENDERS[kind](survey, line, made, settings)


@bp.get("/can-bo/dot/<survey_id>/ap-phich/<any(A4, A3):size>.pdf")
@access.roles(*_READERS)
def poster(survey_id: str, size: str) -> ResponseReturnValue:
    """The poster of a survey."""
    survey = own_survey(survey_id)
    return _pdf(posters.pdf(survey, config.settings(), size), f"ap-phich-{size}-{survey.id}")


@bp.get("/can-bo/dot/<survey_id>/bia-tap/<village>.pdf")
@access.roles(*_READERS)
def cover(survey_id: str, village: str) -> ResponseReturnValue:
    """The cover of a village's bundle."""
    survey = own_survey(survey_id)
    line = frames.frame_line(db.session(), survey.id, village)
    held = lists.bundle(line, queries.batches(db.session(), survey.id))
    return _pdf(
        lists.cover_pdf(survey, held, config.settings(), _annulments(survey, line)),
        f"bia-{survey.id}-{line.unit.code}",
    )


@bp.get("/can-bo/dot/<survey_id>/danh-sach/<village>.pdf")
@access.roles(*_READERS)
def receipts(survey_id: str, village: str) -> ResponseReturnValue:
    """The receipt list of a village: one line for each household and each spare."""
    survey = own_survey(survey_id)
    line = frames.frame_line(db.session(), survey.id, village)
    most = batches.most_slips(line.households, config.settings().spare_percent)
    return _pdf(
        lists.receipt_pdf(survey, line, most, _annulments(survey, line)),
        f"danh-sach-nhan-phieu-{survey.id}-{line.unit.code}",
    )


@bp.get("/bia/<cover_token>/<village>")
@access.public
def counts(cover_token: str, village: str) -> ResponseReturnValue:
    """How many households of one village answered as of the last full hour; only while the survey is open."""
    survey = queries.survey_of_cover(db.session(), cover_token)
    if survey.state is not State.OPEN:
        raise queries.SurveyNotFound
    line = frames.frame_line(db.session(), survey.id, village)
    answered, as_of = answering.answered_hourly(db.session(), survey.id)
    return render_template(
        "printing/counts.html",
        survey=survey,
        line=line,
        answered=answering.answered_by_village(answered).get(line.unit.id, 0),
        as_of=as_of,
        annulments=_annulments(survey, line),
    )


def _annulments(survey: SurveyView, line: FrameLine) -> tuple[AnnulmentView, ...]:
    return rounds.of_village(rounds.annulments(db.session(), survey.id), line.unit.id)


def page(
    survey: SurveyView, village: str = "", typed: object = None, problem: str = "", *, refused: str = ""
) -> str:
    """The page of papers, with what was typed for `village` and its `problem`; `refused`: why the commune was."""
    settings = config.settings()
    made, sets = queries.batches(db.session(), survey.id), print_sets.sets(db.session(), survey.id)
    rows = []
    for line in frames.frame(db.session(), survey.id):
        is_typed = line.unit.code == village
        live = queries.live_slips(made, line.unit.id)
        most = batches.most_slips(line.households, settings.spare_percent)
        own = tuple(batch for batch in made if batch.unit_id == line.unit.id)
        entered = typed[0] if is_typed and isinstance(typed, list) and typed else max(most - live, 0)
        is_asked = survey.state in batches.making_states(db.session(), survey.id, line.unit.id)
        rows.append(VillageRow(line, own, live, most, entered, problem if is_typed else "", is_asked))
    return render_template(
        "printing/papers.html",
        survey=survey,
        rows=rows,
        decision=survey.purpose.asks_households,
        before_the_end=survey.state in BEFORE_THE_END,
        may_make=any(row.is_asked for row in rows),
        may_print=may_print(access.identity(), survey, settings),
        lacking=[row for row in rows if row.is_asked and row.left > 0],
        sets=sets,
        unfinished=next((made for made in sets if made.is_unfinished), None),
        new_set=uuid4().hex,
        refused=refused,
    )


def may_print(identity: Identity, survey: SurveyView, settings: Settings) -> bool:
    """The Front holds the slips; the commune prints them in a rehearsal, or where the province allows it."""
    if identity.role in access.FRONT:
        return True
    return identity.role in access.PRINT_SLIPS and (survey.rehearsal or settings.commune_prints_slips)


def _send_pdf(survey: SurveyView, line: FrameLine, made: batches.Slips, settings: Settings) -> Response:
    return _pdf(slips.pdf(survey, line.unit, made.codes, settings), _slips_name(survey, line, made))


def _send_csv(survey: SurveyView, line: FrameLine, made: batches.Slips, settings: Settings) -> Response:
    rows = slips.csv(line.unit, made.codes, settings)
    return files.download(rows, _slips_name(survey, line, made), files.CSV)


def _send_html(survey: SurveyView, line: FrameLine, made: batches.Slips, settings: Settings) -> Response:
    """A page to print from the browser; its own policy allows one style, by nonce, and pictures it holds."""
    nonce = secrets.token_urlsafe(16)
    response = Response(slips.html(survey, line.unit, made.codes, settings, nonce))
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


_SENDERS: dict[str, Callable[[SurveyView, FrameLine, batches.Slips, Settings], Response]] = {
    "pdf": _send_pdf,
    "csv": _send_csv,
    "html": _send_html,
}


def _slips_name(survey: SurveyView, line: FrameLine, made: batches.Slips) -> str:
    return f"phieu-{survey.id}-{line.unit.code}-lo-{made.batch_id}"


def _pdf(body: bytes, name: str) -> Response:
    return files.download(_chunks(body), name, files.PDF)


def _chunks(body: bytes) -> Iterable[bytes]:
    return (body[start : start + _CHUNK_BYTES] for start in range(0, len(body), _CHUNK_BYTES))
