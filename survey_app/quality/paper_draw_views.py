"""The page on which drawn paper slips are compared with what was keyed.

The Front and auditors see the keyed answers, and looking is noted; the government's officers see the ends of codes, so
that the papers can be brought, and what was found.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from survey_app import access, audit, db
from survey_app.accounts.freshness import fresh
from survey_app.errors import DomainError
from survey_app.fieldwork.models import WITH_SEAL
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.scope import own_decision_survey
from survey_app.forms import clean
from survey_app.i18n import gettext as _
from survey_app.keys import store
from survey_app.quality import paper_draw
from survey_app.quality.paper_draw import ComparedMeanwhile, PaperDraw, SlipComparison, SlipOutcome

bp = Blueprint("paper_draw", __name__, template_folder="templates")

_READERS = access.READ_DRAWN_SLIPS
#: The paper slips lie with the Front; the government's officers bring papers and see what was found, no answer.
_WRITERS = access.COMPARE_DRAWN_SLIPS
_LONGEST_NOTE = 300


@bp.get("/can-bo/dot/<survey_id>/boc-tham-phieu-giay")
@access.roles(*_READERS)
def page(survey_id: str) -> ResponseReturnValue:
    """The drawn slips with what was found so far."""
    survey = own_decision_survey(survey_id)
    return _page(_draw(survey), {}, {})


@bp.post("/can-bo/dot/<survey_id>/boc-tham-phieu-giay")
@access.roles(*_WRITERS)
@fresh
def compare(survey_id: str) -> ResponseReturnValue:
    """Keep what was found with the slips in hand; a refusal keeps all that was chosen and typed."""
    survey = own_decision_survey(survey_id)
    draw = _draw(survey)
    typed = _touched({name: clean(value) or "" for name, value in request.form.items()}, draw)
    found, problems = _read(draw, typed)
    if problems:
        return _page(draw, typed, problems), HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        with db.transaction() as current:
            kept = paper_draw.record(
                current,
                survey.id,
                found,
                seen={slip.leaf: typed.get(f"seen-{slip.number}", "") for slip in draw.slips},
                actor=access.identity().actor,
                now=datetime.now(UTC),
            )
    except ComparedMeanwhile as refusal:
        flash(refusal.message, "error")
        mine = {name: value for name, value in typed.items() if not name.startswith("seen-")}
        return _page(_draw(survey), mine, {}, meanwhile=True), refusal.status
    except DomainError as refusal:
        flash(refusal.message, "error")
        return _page(draw, typed, {}), refusal.status
    flash(_("Recorded or corrected: %(n)s slips.", n=kept), "success")
    return redirect(url_for("paper_draw.page", survey_id=survey.id), HTTPStatus.SEE_OTHER)


def outcomes() -> dict[str, str]:
    """What may be found, in words; the keys are stored."""
    return {
        SlipOutcome.MATCHES: _("The paper slip says the same"),
        SlipOutcome.DIFFERS: _("The paper slip says something else"),
        SlipOutcome.NOT_FOUND: _("No paper slip with this code"),
    }


def _draw(survey: SurveyView) -> PaperDraw:
    """The draw as this person may see it; that somebody looks at answers is noted."""
    person = access.identity()
    compares = person.role in _WRITERS
    found = paper_draw.paper_draw(db.session(), survey.id, store(), with_answers=compares)
    if compares:
        now, subject = datetime.now(UTC), f"survey:{survey.id}"
        with db.transaction() as current:
            audit.record(current, person.actor, "results.exact", subject, at=now, form="paper_draw")
    return found


def _touched(typed: Mapping[str, str], draw: PaperDraw) -> dict[str, str]:
    """What was typed for the slips that the person changed; the others stay as they are by now."""
    found: dict[str, str] = {}
    for slip in draw.slips:
        mine = {name: typed.get(f"{name}-{slip.number}", "") for name in ("outcome", "note", "seen")}
        as_shown = mine["seen"] or ":"
        if f"{mine['outcome']}:{mine['note']}" != as_shown:
            found |= {f"{name}-{slip.number}": value for name, value in mine.items()}
    return found


def _read(draw: PaperDraw, typed: Mapping[str, str]) -> tuple[dict[str, SlipComparison], dict[int, str]]:
    """What was chosen for each slip, by leaf; and what is wrong with it, by number."""
    found: dict[str, SlipComparison] = {}
    problems: dict[int, str] = {}
    for slip in draw.slips:
        chosen, note = typed.get(f"outcome-{slip.number}", ""), typed.get(f"note-{slip.number}", "")
        if len(note) > _LONGEST_NOTE:
            problems[slip.number] = _("At most %(limit)s characters, please.", limit=_LONGEST_NOTE)
        elif chosen in set(SlipOutcome):
            found[slip.leaf] = SlipComparison(SlipOutcome(chosen), note)
        elif chosen or note:
            problems[slip.number] = _("Please choose what you found.")
    return found, problems


def _page(
    draw: PaperDraw, typed: Mapping[str, str], problems: Mapping[int, str], *, meanwhile: bool = False
) -> str:
    role, state = access.identity().role, draw.survey.state
    return render_template(
        "quality/paper_draw.html",
        survey=draw.survey,
        draw=draw,
        outcomes=outcomes(),
        may_write=role in _WRITERS and state in WITH_SEAL,
        typed=typed,
        problems=problems,
        longest_note=_LONGEST_NOTE,
        reading=paper_draw.reading,
        meanwhile=meanwhile,
    )
