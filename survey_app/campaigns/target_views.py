"""The page of the plan's targets: what is asked, how far the province is, how it was before, and who is missing."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from survey_app import access, db
from survey_app.campaigns import requested, targets
from survey_app.rulebooks.queries import YEARS
from survey_app.units.queries import today

bp = Blueprint("campaign_targets", __name__, template_folder="templates")


@bp.get("/can-bo/chi-tieu")
@access.roles(*access.READ_BOARD)
def this_year() -> ResponseReturnValue:
    """The targets of the current year."""
    return redirect(url_for("campaign_targets.page", year=today().year))


@bp.get("/can-bo/chi-tieu/<int:year>")
@access.roles(*access.READ_BOARD)
def page(year: int) -> ResponseReturnValue:
    """Every target of the plan in one year."""
    board = requested.board(year)
    earlier = requested.board(year - 1) if year - 1 in YEARS else None
    return render_template(
        "campaigns/targets.html",
        board=board,
        targets=targets.of_board(db.session(), board, earlier),
    )
