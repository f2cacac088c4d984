"""The province's page of the year, and what of its surveys is to be compared."""

from collections import Counter
from datetime import UTC, date, datetime

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from survey_app import access, audit, db
from survey_app.campaigns import ranking as rankings
from survey_app.campaigns import reminding, requested, selection
from survey_app.campaigns.changes import since_monday
from survey_app.campaigns.wording import state_name
from survey_app.criteria.findings import Verdict
from survey_app.fieldwork.models import State
from survey_app.rulebooks.scope import require_known_year
from survey_app.units import queries as units

bp = Blueprint("campaigns", __name__, template_folder="templates")

_READERS = access.READ_BOARD
#: Exact flags name counts of villages.
_COMPARERS = access.RANK_COMMUNES


@bp.get("/can-bo/tinh")
@access.roles(*_READERS)
def this_year() -> ResponseReturnValue:
    """The board of the current year."""
    return redirect(url_for("campaigns.board", year=_today().year))


@bp.get("/can-bo/tinh/<int:year>")
@access.roles(*_READERS)
def board(year: int) -> ResponseReturnValue:
    """All units of the province with state, coverage, rate and finding; targets; who is late and why."""
    made = requested.board(year)
    chosen = requested.chosen(made)
    rows = selection.select(made.rows, chosen)
    shown = selection.page(rows, request.args.get("page"))
    to_remind = [row for row in rows if row.needs_somebody]
    return render_template(
        "campaigns/board.html",
        board=made,
        shown=shown,
        chosen_rows=len(rows),
        messages=reminding.messages(db.session(), shown.rows, access.identity()),
        to_all=reminding.to_all(to_remind) if to_remind and reminding.may_remind(access.identity()) else None,
        to_remind=len(to_remind),
        changes=since_monday(made.rows, units.civil(made.made_at)),
        progress=requested.by_milestone(made.rows),
        chosen=chosen,
        states=requested.by_state(made.rows),
        reasons=Counter(row.wait.reason for row in made.to_act if row.wait),
        kinds=sorted({row.unit.kind for row in made.rows}),
        state_choices=[(word, _state_choice(word)) for word in selection.STATES],
        verdicts=tuple(Verdict),
        is_current_year=year == _today().year,
    )


@bp.get("/can-bo/tinh/<int:year>/doi-chieu")
@access.roles(*_COMPARERS)
def ranking(year: int) -> ResponseReturnValue:
    """Sealed surveys of the year with what asks to be compared. Exact counts of villages, so looking is noted."""
    require_known_year(year)
    person = access.identity()
    made = rankings.ranking(db.session(), requested.province_of(person.unit_id), year)
    with db.transaction() as current:
        audit.record(
            current, person.actor, "results.exact", f"unit:{person.unit_id}",
            at=datetime.now(UTC), form="ranking", year=year,
        )  # fmt: skip
    return render_template("campaigns/ranking.html", ranking=made)


@bp.get("/can-bo/tinh/<int:year>/ca-tinh")
@access.roles(*_READERS)
def scorecard(year: int) -> ResponseReturnValue:
    """The province's sums by form and by unit."""
    return render_template(
        "campaigns/scorecard.html",
        year=year,
        province=requested.province_of(access.identity().unit_id),
        sums=requested.sums(year),
    )


def _state_choice(word: str) -> str:
    return state_name(None if word == selection.NO_SURVEY else State(word))


def _today() -> date:
    return units.civil(datetime.now(UTC))
