"""The page of quick feedback: every place with its figures, its QR and its poster."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from survey_app import access, db
from survey_app.results import places

bp = Blueprint("places", __name__, template_folder="templates")


@bp.get("/can-bo/gop-y")
@access.roles(*access.READ_RESULTS)
def index() -> ResponseReturnValue:
    """Places with what they brought, those of one form together."""
    person = access.identity()
    return render_template(
        "results/places.html",
        places=places.places(db.session(), person.unit_path),
        may_make=person.role in access.DRAFT_SURVEYS,
    )
