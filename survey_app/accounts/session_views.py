"""The page on which people see where they are signed in, and end one session or all."""

from datetime import UTC, datetime

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from survey_app import access, db
from survey_app.accounts import operations, sessions, signin, views
from survey_app.accounts.freshness import fresh
from survey_app.i18n import gettext as _

#: One room, one blueprint; this module adds its pages to it.
bp = views.bp


@bp.get("/can-bo/phien")
@access.roles(*access.ANY_ACCOUNT)
def list_sessions() -> ResponseReturnValue:
    """The own sessions that run."""
    user_id, now = access.identity().user_id, datetime.now(UTC)
    found = sessions.running(db.session(), user_id, signin.mark(), now)
    return render_template("accounts/sessions.html", sessions=found)


@bp.post("/can-bo/phien/<int:session_id>/ket-thuc")
@access.roles(*access.ANY_ACCOUNT)
@fresh
def end_session(session_id: int) -> ResponseReturnValue:
    """End one of the own sessions."""
    with db.transaction() as current:
        sessions.end_one(current, access.identity().user_id, session_id, now=datetime.now(UTC))
    flash(_("That session is ended."), "success")
    return redirect("/can-bo/phien")


@bp.post("/can-bo/dang-xuat-het")
@access.roles(*access.ANY_ACCOUNT)
@fresh
def end_sessions() -> ResponseReturnValue:
    """End all of them, this one included."""
    with db.transaction() as current:
        operations.end_sessions(current, access.identity().user_id, now=datetime.now(UTC))
    signin.end()
    flash(_("You were signed out on every device, this one included."), "success")
    return redirect("/dang-nhap")
