"""The download of a whole commune: begun by one press, sent while it is made, looked after by the page that asked."""

import re
from datetime import UTC, datetime
from http import HTTPStatus

from flask import abort, current_app, jsonify
from flask.typing import ResponseReturnValue
from wtforms import HiddenField
from wtforms.validators import Regexp

from survey_app import access, config, db, files
from survey_app.accounts.freshness import fresh
from survey_app.errors import DomainError
from survey_app.fieldwork import frames, print_sets
from survey_app.fieldwork.scope import own_survey
from survey_app.forms import StaffForm
from survey_app.printing import posters, reach, slips, views, whole_commune

#: One room, one blueprint; this module adds its pages to it.
bp = views.bp

_SET_ID = re.compile(r"[0-9a-f]{32}\Z")


class SetForm(StaffForm):
    """Names the set that the page asks for, and an unfinished one that it takes the place of."""

    set_id = HiddenField(validators=[Regexp(_SET_ID)])
    instead_of = HiddenField()


@bp.post("/can-bo/dot/<survey_id>/in/ca-xa")
@access.roles(*access.PRINT_SLIPS)
@fresh
def print_commune(survey_id: str) -> ResponseReturnValue:
    """Slips and papers of every village that lacks them, in one ZIP, sent once."""
    identity, settings = access.identity(), config.settings()
    survey = own_survey(survey_id)
    if not views.may_print(identity, survey, settings):
        abort(HTTPStatus.FORBIDDEN)
    form = SetForm()
    if not form.validate_on_submit():
        abort(HTTPStatus.BAD_REQUEST)
    try:
        slips.check_room(survey)
        reach.require(survey, settings)
        poster = posters.pdf(survey, settings, "A4") if posters.is_in_time(survey) else None
        with db.transaction() as current:
            lacking = print_sets.begin(
                current,
                survey_id,
                form.set_id.data,
                instead_of=form.instead_of.data or "",
                spare_percent=settings.spare_percent,
                actor=identity.actor,
                now=datetime.now(UTC),
            )
            frame = frames.frame(current, survey_id)
    except DomainError as refusal:
        return views.page(survey, refused=refusal.message), refusal.status
    villages = [line for line in frame if line.unit.id in lacking]
    order = whole_commune.Order(survey, form.set_id.data, villages, identity.actor, poster)
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the stream outlives this request
    return files.download(whole_commune.archive(app, order), f"phieu-ca-xa-{survey.id}", files.ZIP)


@bp.get("/can-bo/dot/<survey_id>/in/ca-xa/<set_id>.json")
@access.roles(*access.READ_PRINTS)
def progress_of_set(survey_id: str, set_id: str) -> ResponseReturnValue:
    """How many villages of a set were made, for the page that waits."""
    found = print_sets.print_set(db.session(), own_survey(survey_id).id, set_id)
    return jsonify(villages=found.villages, made=found.made, slips=found.slips)
