"""The survey pages of officers: following, asking the other body, deciding, correcting. Drafting is `draft_views`."""

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, config, db, revisions
from survey_app.accounts.freshness import fresh
from survey_app.approvals import decision_page, passed_over, waiting
from survey_app.approvals.agreement import FRONT_AND_COMMUNE
from survey_app.errors import DomainError
from survey_app.fieldwork import (
    acts,
    agreed,
    calendar,
    following,
    frames,
    links,
    meetings,
    notice_counts,
    operations,
    print_sets,
    queries,
    readiness,
    rounds,
    rulebook,
    survey_page,
    way_in,
    wording,
)
from survey_app.fieldwork.agreed import Act
from survey_app.fieldwork.forms import (
    ExtendForm,
    FrameCorrectionForm,
    KeyingForm,
    ReasonForm,
    ReopenForm,
)
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.models import Purpose, State
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_survey
from survey_app.fieldwork.way_in import WayIn
from survey_app.i18n import gettext as _
from survey_app.keys import store
from survey_app.revisions import Saved, SavedMeanwhile

bp = Blueprint("fieldwork", __name__, url_prefix="/can-bo/dot", template_folder="templates")

_READERS = access.READ_SURVEYS
DRAFTERS = access.DRAFT_SURVEYS
_BODIES = access.BODIES


@bp.get("")
@access.roles(*_READERS)
def index() -> ResponseReturnValue:
    """Every survey of the own subtree."""
    person = access.identity()
    return render_template(
        "fieldwork/index.html",
        surveys=queries.surveys_under(db.session(), person.unit_path),
        may_draft=person.role in DRAFTERS,
    )


@bp.get("/<survey_id>")
@access.roles(*_READERS)
def page(survey_id: str) -> ResponseReturnValue:
    """Everything about one survey, and what can be done next."""
    now, person, current = datetime.now(UTC), access.identity(), db.session()
    survey = own_survey(survey_id)
    asked = acts.requests(current, survey_id)
    is_draft, frame = survey.state is State.DRAFT, frames.frame(current, survey_id)
    progress = following.progress(current, survey, frame, now)
    may_remind = survey.state is State.OPEN and person.role in access.LOCAL
    return render_template(
        "fieldwork/page.html",
        survey=survey,
        book=rulebook.named(current, survey),
        counts_by=notice_counts.of(current, survey_id),
        frame=frame,
        names={line.unit.id: line.unit.full_name for line in frame},
        progress=progress,
        behind=wording.names(progress.behind),
        reminder=wording.to_village_heads(survey, progress) if progress.behind and may_remind else None,
        batches=queries.batches(current, survey_id),
        meetings=meetings.meetings(current, survey_id),
        now=now,
        obstacles=readiness.obstacles(current, survey_id, now) if is_draft else (),
        approvals=asked,
        sentences=survey_page.sentences(current, survey),
        parts=survey_page.parts(current, survey, person),
        ways=links.ways(survey, person.role),
        open_link=_open_link(survey),
        invitation=wording.to_everybody(survey) if _open_link(survey) else None,
        waiting=[found.id for found in asked if found.may_decide(person, now)],
        notices={found.id: passed_over.notice(found, person.role, now) for found in asked},
        waits={found.id: waiting.of(current, found, now) for found in asked if found.decision is None},
        annulments=rounds.annulments(current, survey_id),
        may_draft=person.role in DRAFTERS,
        may_ask=person.role in _BODIES,
        may_ask_to_publish=person.role in FRONT_AND_COMMUNE.askers,
        refusal=acts.refused_to_publish(current, survey, person),
        needs_two=acts.needs_two_to_publish(survey),
        extend_form=ExtendForm(formdata=None, prefix="extend"),
        shorten_form=ExtendForm(formdata=None, prefix="shorten"),
        keying_form=KeyingForm(formdata=None, prefix="keying"),
        reopen_form=ReopenForm(formdata=None, prefix="reopen"),
        annul_form=ReasonForm(formdata=None, prefix="annul"),
    )


@bp.post("/<survey_id>/xin-cong-bo")
@access.roles(*_BODIES)
@fresh
def ask_publish(survey_id: str) -> ResponseReturnValue:
    """Ask the other body to publish, or publish what is not scored."""
    now, person = datetime.now(UTC), access.identity()
    survey = own_survey(survey_id)
    if acts.needs_two_to_publish(survey):
        return _ask(survey_id, Act.PUBLISH, {}, "")
    try:
        with db.transaction() as writing:
            acts.publish_alone(writing, survey, by=person, now=now, keys=store())
    except DomainError as refusal:
        flash(refusal.message, "error")
    else:
        flash(_("Published."), "success")
    return redirect(url_for("fieldwork.page", survey_id=survey_id))


@bp.post("/<survey_id>/xin-gia-han")
@access.roles(*_BODIES)
@fresh
def ask_extend(survey_id: str) -> ResponseReturnValue:
    """Ask the other body to keep the phones open longer."""
    return _ask_new_day(survey_id, Act.EXTEND, ExtendForm(prefix="extend"))


@bp.post("/<survey_id>/xin-rut-ngan")
@access.roles(*_BODIES)
@fresh
def ask_shorten(survey_id: str) -> ResponseReturnValue:
    """Ask the other body to let the phones close earlier."""
    return _ask_new_day(survey_id, Act.SHORTEN, ExtendForm(prefix="shorten"))


@bp.post("/<survey_id>/xin-them-ngay-nhap")
@access.roles(*_BODIES)
@fresh
def ask_extend_counting(survey_id: str) -> ResponseReturnValue:
    """Ask the other body to give more time for keying paper."""
    form = KeyingForm(prefix="keying")
    if not form.validate_on_submit():
        return _form_refused(survey_id, Act.EXTEND_COUNTING, form)
    ends_at = calendar.closing(form.closes_on.data)
    payload: dict[str, object] = {"counting_ends_at": ends_at.isoformat()}
    return _ask(survey_id, Act.EXTEND_COUNTING, payload, form.reason.data, form)


@bp.post("/<survey_id>/xin-mo-lai")
@access.roles(*_BODIES)
@fresh
def ask_reopen(survey_id: str) -> ResponseReturnValue:
    """Ask the other body to open the phones again."""
    form = ReopenForm(prefix="reopen")
    if not form.validate_on_submit():
        return _form_refused(survey_id, Act.REOPEN, form)
    payload: dict[str, object] = {"closes_at": form.closes_at().isoformat()}
    return _ask(survey_id, Act.REOPEN, payload, form.reason.data, form)


@bp.post("/<survey_id>/xin-huy")
@access.roles(*_BODIES)
@fresh
def ask_annul(survey_id: str) -> ResponseReturnValue:
    """Ask the other body to cancel the survey."""
    form = ReasonForm(prefix="annul")
    if not form.validate_on_submit():
        return _form_refused(survey_id, Act.ANNUL, form)
    return _ask(survey_id, Act.ANNUL, {}, form.reason.data, form)


@bp.route("/<survey_id>/huy-phieu/<int:batch>", methods=["GET", "POST"])
@access.roles(*_BODIES)
@fresh
def ask_void(survey_id: str, batch: int) -> ResponseReturnValue:
    """Ask the other body to void a batch of slips."""
    current = db.session()
    survey = own_survey(survey_id)
    found = next((item for item in queries.batches(current, survey_id) if item.id == batch), None)
    if found is None:
        raise queries.SurveyNotFound
    form = ReasonForm()
    if form.validate_on_submit():
        return _ask(survey_id, Act.VOID_BATCH, {"batch": batch}, form.reason.data)
    return render_template("fieldwork/void.html", survey=survey, batch=found, form=form), status(form)


@bp.route("/<survey_id>/huy-bo-phieu/<set_id>", methods=["GET", "POST"])
@access.roles(*_BODIES)
@fresh
def ask_void_set(survey_id: str, set_id: str) -> ResponseReturnValue:
    """Ask the other body to void all slips of one download."""
    survey = own_survey(survey_id)
    found = print_sets.print_set(db.session(), survey_id, set_id)
    form = ReasonForm()
    if form.validate_on_submit():
        return _ask(survey_id, Act.VOID_SET, {"print_set": set_id}, form.reason.data)
    return render_template("fieldwork/void_set.html", survey=survey, set=found, form=form), status(form)


@bp.route("/<survey_id>/duyet/<int:approval_id>", methods=["GET", "POST"])
@access.roles(*_BODIES)
@fresh
def decide(survey_id: str, approval_id: int) -> ResponseReturnValue:
    """One page that says what is being agreed to; yes or no."""
    return decision_page.respond(approval_id)


@bp.route("/<survey_id>/khung/<village>", methods=["GET", "POST"])
@access.roles(*access.CORRECT_FRAMES)
@fresh
def correct(survey_id: str, village: str) -> ResponseReturnValue:
    """Correct the number of households of a village until the phones close."""
    person, current = access.identity(), db.session()
    survey = own_survey(survey_id)
    line = frames.frame_line(current, survey_id, village)
    form = FrameCorrectionForm(data={"households": line.households})
    if form.validate_on_submit():
        try:
            with db.transaction() as writing:
                operations.hold(writing, survey_id)
                _refuse_unseen(writing, survey, village, form)
                operations.correct_frame(
                    writing, survey_id, line.unit.id, form.households.data, reason=form.reason.data,
                    actor=person.actor, now=datetime.now(UTC),
                )  # fmt: skip
        except SavedMeanwhile as meanwhile:
            line = frames.frame_line(current, survey_id, village)
            return _correct_page(survey, line, form, meanwhile), meanwhile.status
        except DomainError as refusal:
            flash(refusal.message, "error")
            return _correct_page(survey, line, form), refusal.status
        flash(_("Corrected. The old and the new number both stay on the papers."), "success")
        return redirect(url_for("fieldwork.page", survey_id=survey_id))
    return _correct_page(survey, line, form), status(form)


def _refuse_unseen(writing: Session, survey: SurveyView, village: str, form: FrameCorrectionForm) -> None:
    line = frames.frame_line(writing, survey.id, village)
    stored = FrameCorrectionForm(formdata=None, data={"households": line.households})
    last = [Saved(done.corrected_by, done.corrected_at) for done in line.corrections[-1:]]
    revisions.refuse_unseen(form, stored, last[0] if last else None)


def _correct_page(
    survey: SurveyView, line: FrameLine, form: FrameCorrectionForm, meanwhile: SavedMeanwhile | None = None
) -> str:
    return render_template("fieldwork/correct.html", survey=survey, line=line, form=form, meanwhile=meanwhile)


def _open_link(survey: SurveyView) -> WayIn | None:
    """Where a published feedback survey is answered."""
    if survey.purpose is not Purpose.FEEDBACK or survey.state is State.DRAFT:
        return None
    return way_in.door(survey, config.settings().public_url)


def status(form: object) -> int:
    """Of a page with a form: 422 when what was sent has a mistake."""
    return 422 if request.method == "POST" and getattr(form, "errors", None) else 200


def _ask_new_day(survey_id: str, act: Act, form: ExtendForm) -> ResponseReturnValue:
    if not form.validate_on_submit():
        return _form_refused(survey_id, act, form)
    closes_at = calendar.closing(form.closes_on.data)
    return _ask(survey_id, act, {"closes_at": closes_at.isoformat()}, form.reason.data, form)


def _ask(
    survey_id: str, act: Act, payload: dict[str, object], reason: str, form: ReasonForm | None = None
) -> ResponseReturnValue:
    """Asks; where that is refused, what was typed into `form` stays before the reader."""
    now, person = datetime.now(UTC), access.identity()
    survey = own_survey(survey_id)
    try:
        with db.transaction() as writing:
            acts.request(writing, survey, act, payload=payload, reason=reason, by=person, now=now)
    except DomainError as refusal:
        flash(refusal.message, "error")
        if form is not None:
            return _form_refused(survey_id, act, form)
        return redirect(url_for("fieldwork.page", survey_id=survey_id))
    flash(_("Asked. The other body now finds it under “Today”."), "success")
    return redirect(url_for("fieldwork.page", survey_id=survey_id))


def _form_refused(survey_id: str, act: Act, form: ReasonForm) -> ResponseReturnValue:
    """A small form of the survey page that was not taken, on a page of its own with what was typed."""
    survey = own_survey(survey_id)
    button = agreed.TABLE[act].button
    return render_template("fieldwork/ask_again.html", survey=survey, form=form, act=act, button=button), 422
