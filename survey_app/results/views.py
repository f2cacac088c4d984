"""Where results are looked at: the officers' page and its files, and the page for everybody.

Every figure comes out of `disclosed.result` for the audience of the one who is looking; exact figures of
villages are written to the audit log when they are shown.
"""

from datetime import UTC, datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from survey_app import access, audit, config, db, files
from survey_app.approvals import passed_over
from survey_app.fieldwork import rounds, scope
from survey_app.fieldwork.models import Purpose, State
from survey_app.fieldwork.scope import own_survey, public_survey
from survey_app.i18n import carry_language
from survey_app.privacy import text_views
from survey_app.results import (
    announcement,
    disclosed,
    exports,
    findings_block,
    pictures,
    pledges,
    postings,
    public_remarks,
    set_views,
    signing,
    wording,
)
from survey_app.results.disclosed import DisclosedResult
from survey_app.results.signing import BeforeSigning
from survey_app.scoring.disclosure import Audience
from survey_app.sealing import audiences, queries, signatures, texts
from survey_app.units import queries as units

bp = Blueprint("results", __name__, template_folder="templates")
bp.url_defaults(carry_language)
bp.add_app_template_filter(wording.village, "village_band")
bp.add_app_template_filter(wording.answers, "answers_told")
bp.add_app_template_filter(wording.no_answers, "no_answers_told")

_READERS = access.READ_RESULTS


@bp.get("/can-bo/dot/<survey_id>/ket-qua")
@access.roles(*_READERS)
def page(survey_id: str) -> ResponseReturnValue:
    """The scorecard, as the signed-in person may see it."""
    result = _result(survey_id, form="page")
    return render_template(
        "results/scorecard.html",
        result=result,
        chart=_chart(result),
        pledge=pledges.text_of(db.session(), result.survey.id),
        figures=_before_signing(result),
        may_write=access.may_open(access.identity().role, "pledges.page"),
        findings=findings_block.block(db.session(), result.survey, result.audience),
        footnotes=exports.footnotes(result),
        signatures=signatures.signatures(db.session(), survey_id),
        Audience=Audience,
        reads_texts=bool(texts.questions_of(result.survey)) and access.identity().role in text_views.READERS,
        may_take_answers=access.identity().role in set_views.AUDITORS,
    )


@bp.get(f"/can-bo/dot/<survey_id>/ket-qua.{files.TABLE_SUFFIX}")
@access.roles(*_READERS)
def file(survey_id: str, suffix: str) -> ResponseReturnValue:
    """The same figures as a file of tables."""
    result, form = _result(survey_id, form=suffix), files.TABLES[suffix]
    found = findings_block.block(db.session(), result.survey, result.audience)
    return files.download(form.write(exports.sheets(result, found)), f"ket-qua-{result.survey.id}", form)


@bp.get("/ket-qua/<survey_id>")
@access.public
def public(survey_id: str) -> ResponseReturnValue:
    """The result for everybody; before sealing, who asks and when the result comes."""
    session, survey = db.session(), public_survey(survey_id, scope.ANNOUNCED)
    result = None if survey.state is State.ANNULLED else _public_result(survey.id)
    said = public_remarks.on_record(session, survey.id)
    pledge = pledges.text_of(session, survey.id) if result else ""
    return render_template(
        "results/public.html",
        survey=survey,
        result=result,
        chart=_chart(result) if result else None,
        footnotes=exports.footnotes(result) if result else (),
        public_remarks=said,
        counted_remarks=public_remarks.counted(said),
        takes_remarks=public_remarks.are_received(survey),
        pledge=pledge,
        findings=findings_block.block(session, survey, Audience.PUBLIC) if result else None,
        spoken=announcement.text(
            result,
            pledge,
            config.settings().public_url,
            hangs=postings.hangs(session, survey.id, units.today()),
        )
        if result
        else (),
        signed=signatures.signatures(session, survey.id) if result else (),
        annulments=rounds.annulments(session, survey.id),
        without=[
            passed_over.sentence(found) for found in disclosed.agreed_without_commune(session, survey.id)
        ],
    )


def _chart(result: DisclosedResult) -> str:
    """The items as a picture, the weakest first; the table has the same figures in the order of the form."""
    in_short = wording.items_in_short(result.survey.instrument)
    rated = [(in_short[line.tally.key], line.rate) for line in result.item_lines if line.rate]
    return pictures.ranked(rated)


def _result(survey_id: str, *, form: str) -> DisclosedResult:
    """The result for the signed-in person; looking at exact village figures is noted."""
    person = access.identity()
    survey = own_survey(survey_id)
    audience = audiences.audience_of(person)
    result = disclosed.result(db.session(), survey.id, audience)
    if audience is Audience.EXACT:
        with db.transaction() as current:
            audit.record(
                current, person.actor, "results.exact", f"survey:{survey.id}", at=datetime.now(UTC), form=form
            )
    return result


def _before_signing(result: DisclosedResult) -> BeforeSigning | None:
    """What is before signing, for those who sign; None for others, and once it is signed."""
    is_sealed = result.survey.purpose is Purpose.DECISION and result.survey.state is State.SEALED
    if not is_sealed or not access.may_open(access.identity().role, "signing.page"):
        return None
    return signing.before_signing(db.session(), result.survey.id, result.audience)


def _public_result(survey_id: str) -> DisclosedResult | None:
    try:
        return disclosed.result(db.session(), survey_id, Audience.PUBLIC)
    except (queries.NotSealed, queries.NoFiguresYet):
        return None
