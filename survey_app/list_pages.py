"""A list of an office on its way in: sent or pasted, looked at on one page, saved when the officer agrees.

The page carries what was read, signed, so that nothing lies on the server before somebody agreed to it. Knows no
column of any list, and not what saving one does.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from flask import current_app, flash, redirect
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField
from itsdangerous import BadData, URLSafeTimedSerializer
from wtforms import HiddenField, TextAreaField, ValidationError
from wtforms.validators import InputRequired, Length

from survey_app.forms import StaffForm
from survey_app.i18n import gettext as _
from survey_app.i18n import lazy_gettext as _l
from survey_app.office_files import RowProblem
from survey_app.office_tables import LeftOut

#: A dataclass of plain values and tuples of texts: one row of the list, as it is written.
Entry = TypeVar("Entry")

#: Letters of rows that are pasted; a commune has some dozen villages.
MAX_PASTED = 200_000
#: Seconds that a page may be open: a working day.
_OPEN_FOR = 12 * 3600


@dataclass(frozen=True)  # without slots, which Python 3.11 cannot join with a name for `ListReading[Entry]`
class ListReading(Generic[Entry]):
    """A file as it was understood. Nothing of it is saved yet."""

    filename: str
    entries: tuple[Entry, ...]
    left_out: tuple[LeftOut, ...]
    problems: tuple[RowProblem, ...]
    #: Where the heading was found and what was made of the file as a whole, in sentences.
    notes: tuple[str, ...]
    #: The number of the file's own row of sums; None where it has none, or where sums mean nothing.
    total: int | None = None


class UploadForm(StaffForm):
    """A list: a file, or rows copied from Excel or Word."""

    file = FileField(_l("File of the list"))
    pasted = TextAreaField(_l("Or paste its rows here"), [Length(max=MAX_PASTED)])

    def validate_pasted(self, field: TextAreaField) -> None:
        if not (field.data or "").strip() and not self.file.data:
            raise ValidationError(_l("Please choose a file, or paste the rows of the list."))

    def sent(self) -> tuple[bytes, str]:
        """What was sent and what it is called; only after it was validated."""
        if self.file.data:
            return self.file.data.read(), self.file.data.filename
        return self.pasted.data.encode(), _("pasted rows")


class ListForm(StaffForm):
    """A list that was looked at: what was read, signed, and a digest of what it was compared with."""

    state = HiddenField(validators=[InputRequired()])
    seen = HiddenField()

    @classmethod
    def of(cls, reading: ListReading[Any], held: str, whose: str, **values: Any) -> "ListForm":
        """For the page that shows `reading`; only `whose` opens it again: the list's kind, and person or unit."""
        return cls(formdata=None, state=_signer(whose).dumps(asdict(reading)), seen=held, **values)

    def reading(self, whose: str, entry: Callable[..., Entry]) -> ListReading[Entry] | None:
        """What the page carried; None where it was open too long, or was made for somebody else."""
        if not self.validate_on_submit():
            return None
        try:
            values = _signer(whose).loads(self.state.data, max_age=_OPEN_FOR)
        except BadData:
            return None
        return ListReading(
            filename=values["filename"],
            entries=tuple(entry(**_with_tuples(one)) for one in values["entries"]),
            left_out=tuple(LeftOut(**one) for one in values["left_out"]),
            problems=tuple(RowProblem(**one) for one in values["problems"]),
            notes=tuple(values["notes"]),
            total=values.get("total"),  # a page of the version before carried none for people and figures
        )


def open_too_long(address: str) -> ResponseReturnValue:
    """The answer to a page that carries nothing any more: back to where a list is chosen."""
    flash(_("This page was open too long. Please choose the file again; nothing was saved."), "error")
    return redirect(address, HTTPStatus.SEE_OTHER)


def digest(held: object) -> str:
    """Of everything that a list was compared with, to tell whether it changed after it was shown; 16 characters."""
    return hashlib.sha256(json.dumps(held).encode()).hexdigest()[:16]


def _signer(whose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=whose)


def _with_tuples(values: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no tuples."""
    return {name: tuple(one) if isinstance(one, list) else one for name, one in values.items()}
