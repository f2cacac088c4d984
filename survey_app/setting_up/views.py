"""The first page of an empty installation: the province, and the first officer of each body."""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from survey_app import access, db
from survey_app.access import Role
from survey_app.accounts import queries
from survey_app.accounts.forms import PersonForm
from survey_app.accounts.letters import first_steps, invitation_link
from survey_app.accounts.refusals import AccountRefused, NameTaken
from survey_app.drawing import data_uri, qr_svg
from survey_app.errors import DomainError
from survey_app.forms import never_kept
from survey_app.i18n import gettext as _
from survey_app.setting_up import beginning, first_link
from survey_app.setting_up.beginning import AlreadyBegun, FirstLetter, FirstPerson
from survey_app.setting_up.forms import BeginningForm
from survey_app.units.queries import UnitNotFound

bp = Blueprint("setting_up", __name__, template_folder="templates")


class LinkUnknown(DomainError):
    """No link that this installation printed in the last days."""

    code = "duong-dan-khong-dung"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(
            _(
                "This link is not known or too old. Start the server again, or run “flask setup --link”: "
                "it prints a new one."
            )
        )


@bp.route("/bat-dau/<token>", methods=["GET", "POST"])
@never_kept
@access.public
def first_page(token: str) -> ResponseReturnValue:
    current, now = db.session(), datetime.now(UTC)
    if not first_link.is_good(token):
        raise LinkUnknown
    if queries.has_anybody_come(current):
        raise AlreadyBegun
    waiting = queries.first_accounts(current, beginning.FIRST_ROLES)
    form = BeginningForm()
    form.unit.choices = list(beginning.provinces(current, now))
    people = {role: PersonForm(prefix=f"{role.value}-") for role in beginning.FIRST_ROLES}
    if not form.is_submitted():
        return render_template("setting_up/first_page.html", form=form, people=people, waiting=waiting)
    if waiting and form.again.data:
        with db.transaction() as writing:
            beginning.require_nobody_has_come(writing)
            return _letters(beginning.again(writing, now))
    if waiting:
        return render_template(
            "setting_up/first_page.html", form=form, people=people, waiting=waiting
        ), HTTPStatus.CONFLICT
    right = [form.validate(), *(person.validate() for person in people.values())]
    if all(right):
        try:
            with db.transaction() as writing:
                beginning.require_nobody_has_come(writing)
                return _letters(_begun(writing, form.unit.data, people, now))
        except (AccountRefused, NameTaken, UnitNotFound) as error:
            form.form_errors = [error.message]
    return render_template(
        "setting_up/first_page.html", form=form, people=people, waiting=()
    ), HTTPStatus.UNPROCESSABLE_ENTITY


def _begun(
    session: Session, code: str, people: dict[Role, PersonForm], now: datetime
) -> tuple[FirstLetter, ...]:
    typed = {
        role: FirstPerson(form.name.data, form.email.data or form.number(), form.number())
        for role, form in people.items()
    }
    _province, letters = beginning.begin(session, code, typed, now)
    return letters


def _letters(letters: tuple[FirstLetter, ...]) -> str:
    """The one page that shows both links."""
    shown = [
        (letter, link, data_uri(qr_svg(link)), first_steps(letter.role))
        for letter in letters
        for link in [invitation_link(letter.invited.token)]
    ]
    return render_template("setting_up/letters.html", shown=shown, next_steps=beginning.next_steps())
