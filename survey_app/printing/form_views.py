"""What a form becomes on paper, said while it is still written: in which type, or how many lines are too many."""

from flask import render_template
from flask.typing import ResponseReturnValue

from survey_app import access, db
from survey_app.authoring import drafts
from survey_app.authoring import queries as instruments
from survey_app.i18n import force_locale
from survey_app.printing import ticks, views

#: One room, one blueprint; this module adds its page to it.
bp = views.bp


@bp.get("/can-bo/mau-phieu/<int:instrument_id>/tren-giay")
@access.roles(*access.READ_FORMS)
def on_paper(instrument_id: int) -> ResponseReturnValue:
    """Whether the form fits on its slip; of a draft, the questions that have no problem."""
    view = instruments.scoped_instrument(db.session(), instrument_id, access.identity())
    instrument = view.instrument or drafts.showable(view.document)[0]
    room = None
    if instrument is not None and instrument.scored:
        with force_locale("vi"):
            room = ticks.room(instrument)
    return render_template("printing/on_paper.html", view=view, room=room)
