"""The page on which auditor, province and province Front read the audit log."""

from datetime import date, datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from survey_app import access, audit, db
from survey_app.alphabet import reading_order
from survey_app.forms import clean
from survey_app.journal import queries as journal

bp = Blueprint("journal", __name__, template_folder="templates")

#: The largest number that a column of the log can hold.
_MOST = 2**31 - 1

_READERS = access.READ_AUDIT_LOG


@bp.get("/can-bo/nhat-ky")
@access.roles(*_READERS)
def audit_log() -> ResponseReturnValue:
    """Newest acts first, by act and day."""
    current, person = db.session(), access.identity()
    act = clean(request.args.get("viec")) or None
    typed = clean(request.args.get("ngay")) or ""
    on = _day(typed)
    wrong_day = bool(typed) and on is None
    before = min(request.args.get("truoc", _MOST, type=int), _MOST)
    found = () if wrong_day else journal.entries(current, person, act=act, on=on, before=before)
    return render_template(
        "journal/log.html",
        entries=found,
        acts=sorted(journal.acts(current, person), key=lambda act: reading_order(audit.act_name(act))),
        act_name=audit.act_name,
        act=act,
        day_typed=typed,
        wrong_day=wrong_day,
        older=found[-1].id if len(found) == journal.PAGE else None,
        head=audit.head(current),
    ), 422 if wrong_day else 200


def _day(typed: str) -> date | None:
    """The day as a date picker sends it, or as people type it."""
    for style in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(typed, style).date()  # noqa: DTZ007  # a civil day has no zone
        except ValueError:
            continue
    return None
