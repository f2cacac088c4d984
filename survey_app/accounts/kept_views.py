"""What becomes of a staff form that could not be saved: one mechanism for all of them, so that no typing is lost.

A form may come back after its session ended, into the session of another account, with a token of an earlier session,
or meet an error. It is then kept for the account that typed it, never carried out, and put back into the page it was
typed on as soon as that account is signed in again in the same browser.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import escape
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from flask import Flask, Response, current_app, flash, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from survey_app import access, clock, config, db, errors, forms
from survey_app.access import Identity
from survey_app.accounts import filling, kept_forms, queries, views
from survey_app.accounts.filling import Filled
from survey_app.accounts.kept_forms import FormAsSent
from survey_app.accounts.todo import Todo
from survey_app.errors import DATABASE_AWAY, Typed
from survey_app.forms import KEPT, Posted, TypedBy
from survey_app.i18n import gettext as _
from survey_app.templating import moment

#: One room, one blueprint; this module adds its page to it.
bp = views.bp

#: Staff pages; what is typed elsewhere is a password, or an answer.
_STAFF = "/can-bo"
#: Fields of the question that asks again who acts.
_AGAIN = "again-"
#: What the library says when the request came from another site, which no second try mends.
_FOREIGN = "The referrer"


def init_app(app: Flask) -> None:
    """Keep forms wherever one can be refused, and put kept ones back."""
    access.supply_way_in(app, _not_signed_in)
    errors.supply_keeper(app, _at_an_error)
    app.register_error_handler(CSRFError, _refused_token)
    app.after_request(_put_back)
    app.after_request(_let_go_what_was_sent)
    app.after_request(_give_key)


@bp.post(f"{_STAFF}/go-do/<mark>/bo")
@access.roles(*access.ANY_ACCOUNT)
def throw_away(mark: str) -> ResponseReturnValue:
    """Forget what was typed."""
    with db.transaction() as current:
        kept_forms.let_go(current, mark, user_id=access.identity().user_id)
    flash(_("What was typed is thrown away."), "success")
    return redirect(_STAFF, HTTPStatus.SEE_OTHER)


def todos(session: Session, person: Identity, now: datetime) -> Iterator[Todo]:
    """What the person typed and could not save, as long as it is kept."""
    for mark, page, kept_at in kept_forms.waiting(session, person.user_id, now):
        yield Todo(
            title=_("Go on with what you typed at %(moment)s", moment=moment(kept_at)),
            detail=_(
                "It was not saved. It is kept for a day, and opens in the browser in which it was typed."
            ),
            url=_page_with(page, mark),
            urgent=True,
        )


def forget(now: datetime) -> int:
    """The job that deletes what was kept long enough; how many."""
    with db.transaction() as current:
        return 0 if clock.is_doubted(current) else kept_forms.forget(current, now)


def _not_signed_in() -> ResponseReturnValue:
    typed = _typed()
    back = _keep(typed) if typed else None
    if back is None:
        return access.way_in()
    flash(
        _(
            "Your session has ended. What you typed is kept for a day: sign in with the same account to go on."
        ),
        "warning",
    )
    return access.way_in(back)


def _refused_token(error: CSRFError) -> ResponseReturnValue:
    """A form of an earlier session of the same account, or of another account than the one signed in now."""
    typed, person = _typed(), access.current_identity()
    if typed is None or person is None or str(error.description).startswith(_FOREIGN):
        return errors.http_error(error)
    back = _keep(typed)
    if back is None:
        return errors.http_error(error)
    if person.user_id == typed.user_id:
        flash(
            _("You signed in again meanwhile, so nothing is saved yet. Look it over and send it again."),
            "warning",
        )
        return redirect(back, HTTPStatus.SEE_OTHER)
    owner = queries.name_of(db.session(), f"user:{typed.user_id}")
    return render_template(
        "accounts/other_account.html", owner=owner, person=person, back=back, files=forms.posted().files
    ), HTTPStatus.CONFLICT


def _at_an_error(status: int) -> Typed | None:
    """What becomes of the form that met an error; None where there was none, or nothing to keep."""
    typed, person = _typed(), g.get("identity")
    if typed is None or person is None or person.user_id != typed.user_id:
        return None
    posted = _worth_keeping()
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return Typed(None, posted.files, posted.fields)
    back = _keep(typed)
    return None if back is None else Typed(back, posted.files)


def _typed() -> TypedBy | None:
    """Who typed the form of this request, if it is one whose words may be kept."""
    if request.method != "POST" or not request.path.startswith(_STAFF + "/"):
        return None
    view = current_app.view_functions.get(request.endpoint or "")
    return None if getattr(view, "never_kept", False) else forms.typed_by()


def _worth_keeping() -> Posted:
    """What was typed, without passwords and tokens."""
    dropped = forms.SECRETS | {"csrf_token", KEPT}
    posted = forms.posted()
    words = tuple(
        (name, value) for name, value in posted.fields if name not in dropped and not name.startswith(_AGAIN)
    )
    return replace(posted, fields=words)


def _keep(typed: TypedBy) -> str | None:
    """Keep the form; where it is put back. None when there is nothing to keep, or it cannot be kept."""
    posted, key = _worth_keeping(), _browser_key()
    if not (posted.fields or posted.files):
        return None
    try:
        with db.transaction() as current:
            mark = kept_forms.keep(
                current,
                posted,
                user_id=typed.user_id,
                page=typed.page,
                action=request.path,
                key=key,
                now=datetime.now(UTC),
            )
    except (*DATABASE_AWAY, IntegrityError):
        return None  # nobody to keep it for, or nowhere
    return None if mark is None else _page_with(typed.page, mark)


def _put_back(response: Response) -> Response:
    mark = request.args.get(KEPT)
    if mark is None or request.method != "GET":
        return response
    person = access.current_identity()
    if person is None:
        return response
    if 300 <= response.status_code < 400:
        target = response.headers["Location"]
        if urlsplit(target).path.startswith(_STAFF):
            response.headers["Location"] = _page_with(target, mark)
        return response
    if response.mimetype != "text/html":
        return response
    kept = kept_forms.find(
        db.session(), mark, user_id=person.user_id, key=_browser_key(), now=datetime.now(UTC)
    )
    response.set_data(_filled(response.get_data(as_text=True), kept))
    return response


def _filled(html: str, kept: FormAsSent | None) -> str:
    if kept is None:
        nothing = Filled("", found=False, left_over=())
        filled = filling.fill(html, page=request.path, action="", fields=(), carried="")
        return filled.with_notice(render_template("accounts/kept.html", kept=None, filled=nothing))
    carried = f'<input type="hidden" name="{KEPT}" value="{escape(kept.mark)}">'
    filled = filling.fill(
        html, page=request.path, action=kept.action, fields=kept.posted.fields, carried=carried
    )
    return filled.with_notice(render_template("accounts/kept.html", kept=kept, filled=filled))


def _let_go_what_was_sent(response: Response) -> Response:
    """A kept form that reached its page again is kept no longer: it is saved, or is in the reply."""
    mark, person = request.form.get(KEPT) if _reached_its_page() else None, g.get("identity")
    if mark and person is not None:
        try:
            with db.transaction() as current:
                kept_forms.let_go(current, mark, user_id=person.user_id)
        except DATABASE_AWAY:
            return response  # it is forgotten after a day
    return response


def _reached_its_page() -> bool:
    return request.method == "POST" and request.path.startswith(_STAFF + "/") and bool(g.get("csrf_valid"))


def _browser_key() -> str:
    """The key of this browser; a new one is given to it with the reply."""
    if "kept_key" not in g:
        held = request.cookies.get(_cookie(), "")
        g.is_key_new = not kept_forms.is_key(held)
        g.kept_key = kept_forms.new_key() if g.is_key_new else held
    found: str = g.kept_key
    return found


def _give_key(response: Response) -> Response:
    if g.get("is_key_new") and request.method == "POST":
        response.set_cookie(
            _cookie(),
            _browser_key(),
            max_age=kept_forms.LASTS,
            secure=config.settings().https,
            httponly=True,
            samesite="Lax",
        )
    return response


def _cookie() -> str:
    return config.settings().cookie("go_do")


def _page_with(page: str, mark: str) -> str:
    return f"{page}{'&' if '?' in page else '?'}{KEPT}={quote(mark)}"
