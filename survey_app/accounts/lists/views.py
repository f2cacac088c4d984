"""Accounts from a list: sent or pasted, looked at on one page, made when the officer agrees, a letter for each.

The links of the letters are on one page, shown once; it fetches them as one PDF as often as it likes.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from survey_app import access, db, files
from survey_app.access import Identity
from survey_app.accounts import letters, management, operations, queries, views
from survey_app.accounts.freshness import fresh
from survey_app.accounts.lists import preview
from survey_app.accounts.lists.preview import PeoplePreview, PersonStatus
from survey_app.accounts.lists.reading import PersonEntry
from survey_app.accounts.operations import Invited
from survey_app.accounts.refusals import NameTaken
from survey_app.i18n import gettext as _
from survey_app.list_pages import ListForm, UploadForm, open_too_long
from survey_app.office_files import BadFile, RowProblem
from survey_app.templating import role_name
from survey_app.units import queries as units

#: One room, one blueprint; this module adds its pages to it.
bp = views.bp

_LIST = "/can-bo/tai-khoan"


@bp.get(f"{_LIST}/danh-sach")
@access.roles(*management.MANAGERS)
@fresh
def people_list() -> ResponseReturnValue:
    return _choose(UploadForm())


@bp.post(f"{_LIST}/danh-sach")
@access.roles(*management.MANAGERS)
def look_at_people() -> ResponseReturnValue:
    """What making accounts from a file, or from rows that were pasted, would do."""
    form, person = UploadForm(), access.identity()
    if not form.validate_on_submit():
        return _choose(form), HTTPStatus.UNPROCESSABLE_ENTITY
    content, filename = form.sent()
    try:
        shown = preview.of_file(db.session(), content, filename, person, datetime.now(UTC))
    except BadFile as bad:
        return _refused_page(filename, bad.problems), bad.status
    return _page(shown), HTTPStatus.UNPROCESSABLE_ENTITY if shown.problems else HTTPStatus.OK


@bp.post(f"{_LIST}/danh-sach/luu")
@access.roles(*management.MANAGERS)
@fresh
def make_people() -> ResponseReturnValue:
    """Make the accounts that were looked at, or show them again where something is undecided or changed meanwhile."""
    form, person, now = ListForm(), access.identity(), datetime.now(UTC)
    reading = form.reading(_whose(person), PersonEntry)
    if reading is None:
        return open_too_long(f"{_LIST}/danh-sach")
    said = dict(request.form.items())
    try:
        with db.transaction() as current:
            shown = preview.preview(current, reading, person, said, now)
            if form.seen.data == shown.held and shown.is_ready:
                return _letters_page(_made(shown, person, now), person, now)
    except NameTaken:  # two sent the same people at the same moment
        shown = preview.preview(db.session(), reading, person, said, now)
    if form.seen.data != shown.held:
        message = _(
            "Accounts were made or changed after you opened this page. Look at it once more; nothing is made yet."
        )
        return _page(shown, message), HTTPStatus.CONFLICT
    return _page(
        shown, _("Nothing is made yet: please decide what is still open.")
    ), HTTPStatus.UNPROCESSABLE_ENTITY


@bp.post(f"{_LIST}/thu-lai")
@access.roles(*management.MANAGERS)
@fresh
def renew_letters() -> ResponseReturnValue:
    """New letters for everybody who was invited and has not come; older ones are worth nothing from then on."""
    person, now = access.identity(), datetime.now(UTC)
    with db.transaction() as current:
        waiting = [
            account
            for account in queries.accounts(current, person, now)
            if account.is_waited_for
            and account.id != person.user_id
            and management.may_manage(person, account.role, account.unit_path, account.made_by)
        ]
        if waiting:
            made = [
                operations.renew_invitation(current, account.id, by=person, now=now) for account in waiting
            ]
            return _letters_page(made, person, now)
    flash(_("Everybody who was invited has come already."), "success")
    return redirect(_LIST, HTTPStatus.SEE_OTHER)


@bp.post(f"{_LIST}/thu-moi.pdf")
@access.roles(*management.MANAGERS)
@fresh
def letters_pdf() -> ResponseReturnValue:
    """The letters of one page as a PDF; the links come with the form and are stored nowhere."""
    current, person, now = db.session(), access.identity(), datetime.now(UTC)
    found = letters.letters(current, request.form.getlist("token"), person, now)
    if not found:
        flash(_("These letters are no longer valid: their links were used or renewed."), "error")
        return redirect(_LIST, HTTPStatus.SEE_OTHER)
    reply: Response = files.download(letters.pdf(current, found, person, now), "thu-moi", files.PDF)
    return reply


def _made(shown: PeoplePreview, person: Identity, now: datetime) -> list[Invited]:
    current = db.session()
    return [
        operations.invite(
            current,
            email=row.sign_in,
            name=row.entry.name,
            telephone=row.entry.telephone,
            role=row.role,
            unit_id=row.unit.id,
            by=person,
            now=now,
        )
        for row in shown.of(PersonStatus.NEW)
        if row.role is not None and row.unit is not None
    ]


def _letters_page(made: Sequence[Invited], person: Identity, now: datetime) -> str:
    current = db.session()
    found = letters.letters(current, [one.token for one in made], person, now)
    return render_template("accounts/letters.html", letters=found, expires_at=made[0].expires_at)


def _choose(form: UploadForm) -> str:
    person = access.identity()
    return render_template(
        "accounts/people_list.html",
        form=form,
        roles=[role_name(role) for role in management.managed_roles(person.role)],
    )


def _page(shown: PeoplePreview, message: str = "") -> str:
    person = access.identity()
    return render_template(
        "accounts/people_preview.html",
        form=ListForm.of(shown.reading, shown.held, _whose(person)),
        shown=shown,
        filename=shown.reading.filename,
        message=message,
        problems=shown.problems,
        communes=units.communes(db.session(), person.unit_path, units.today()),
    )


def _refused_page(filename: str, problems: Sequence[RowProblem]) -> str:
    return render_template(
        "accounts/people_preview.html",
        form=None,
        shown=None,
        filename=filename,
        message="",
        problems=problems,
        communes=(),
    )


def _whose(person: Identity) -> str:
    return f"accounts.list.{person.user_id}"
