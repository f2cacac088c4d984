"""The base of every staff form: CSRF on, messages in the reader's language, text normalised at the border.

The token of a form also says for whom and on which page it was made, signed: a form that comes back after its session
ended, or into somebody else's, can then be kept for the one who typed it. What is kept, and how, is for `accounts`.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Flask, Request, current_app, g, request
from flask_babel import Domain
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import CSRFError, generate_csrf
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.wsgi import get_input_stream
from wtforms import IntegerField, PasswordField
from wtforms.fields.core import UnboundField

from survey_app import access
from survey_app.questions import numbers
from survey_app.suspicion import Suspicion, suspect

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class TypedBy:
    """For whom and on which page a form was made."""

    user_id: int
    page: str


@dataclass(frozen=True, slots=True)
class Posted:
    """What a form sent: its fields in order, and the names of its files."""

    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...]


class FormTokens(CSRFProtect):
    """The library's check of form tokens; a refusal is remembered, so that it can be noted."""

    def init_app(self, app: Flask) -> None:
        super().init_app(app)
        app.jinja_env.globals["csrf_token"] = token
        app.context_processor(lambda: {"csrf_token": token})

    def protect(self, apply_exemptions: bool = False) -> None:
        try:
            super().protect(apply_exemptions)
        except CSRFError:
            if typed_by() is None:
                suspect(Suspicion.FORGED_FORM)
            raise

    def _get_csrf_token(self) -> str | None:
        found: str | None = super()._get_csrf_token()
        return found.partition(_SEAM)[0] if found else found


class _Tokens(FlaskForm.Meta.csrf_class):
    """Tokens of the library in its forms, with whose form it is."""

    def generate_csrf_token(self, csrf_token_field: Any) -> str:
        return token()

    def validate_csrf_token(self, form: Any, field: Any) -> None:
        if field.data:
            field.data = field.data.partition(_SEAM)[0]
        super().validate_csrf_token(form, field)


#: On for every view; the respondents' posts are exempt because no cookie gives them any authority.
csrf = FormTokens()

#: WTForms ships no Vietnamese: its English sentences are looked up in a catalogue of ours that is kept by hand.
_sentences = Domain(domain="wtforms")

#: In an address or a form: which kept form is put back here.
KEPT = "da-go"

#: Names of the fields that hold passwords in any form: never kept, never shown again.
SECRETS: set[str] = set()

#: Between the library's token and whose form it is.
_SEAM = "~"
_OWNER_LASTS = 7 * 24 * 3600
#: A request that is too large for its page is still read up to here, for the words in it.
_LARGEST_READ = 64 * 1024 * 1024
_LARGEST_WORDS = 2 * 1024 * 1024

#: Formatting signs that some scripts and picture signs are written with.
_JOINERS = frozenset("\u200c\u200d")


class StaffForm(FlaskForm):
    """A Flask-WTF form whose built-in messages speak the page's language."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        for name, field in vars(cls).items():
            if isinstance(field, UnboundField) and issubclass(field.field_class, PasswordField):
                SECRETS.add(name)

    class Meta(FlaskForm.Meta):
        csrf_class = _Tokens

        def get_translations(self, form: Any) -> Any:
            return _sentences.get_translations()


def never_kept(view: View) -> View:
    """What is typed on the page of this view is never kept: it holds a secret that is no password field."""
    view.never_kept = True  # type: ignore[attr-defined]  # travels with the function it is about
    return view


def token() -> str:
    """The token of the forms of this page: the library's, and for somebody signed in whose form it is and where."""
    person = access.current_identity()
    if person is None:
        return generate_csrf()
    if "form_owner" not in g:
        g.form_owner = _signer().dumps([person.user_id, _page()])
    return f"{generate_csrf()}{_SEAM}{g.form_owner}"


def typed_by() -> TypedBy | None:
    """For whom and on which page the form of this request was made; None for what no page of ours made lately."""
    signed = dict(posted().fields).get("csrf_token", "").partition(_SEAM)[2]
    try:
        user_id, page = _signer().loads(signed, max_age=_OWNER_LASTS)
    except BadData:
        return None
    return TypedBy(user_id, page)


def posted() -> Posted:
    """The fields and the names of the files of this request, also of one that is too large for its page."""
    if "posted" not in g:
        try:
            g.posted = _sent(request.form, request.files)
        except RequestEntityTooLarge:
            g.posted = _sent(*_without_contents())
    found: Posted = g.posted
    return found


class InMemory(Request):
    """A request whose files stay in memory, up to what its page takes: no scan lies on the disk unencrypted."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> BytesIO:
        return BytesIO()


def init_app(app: Flask) -> None:
    """Read a form only up to what its page takes, before the check of its token reads it."""
    app.request_class = InMemory
    app.before_request(_allow_upload)
    csrf.init_app(app)


def takes_upload(max_bytes: int) -> Callable[[View], View]:
    """This view takes a file, so its requests may be larger than those of the others."""

    def mark(view: View) -> View:
        view.max_upload = max_bytes  # type: ignore[attr-defined]  # travels with the function it is about
        return view

    return mark


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="form-owner")


def _sent(fields: MultiDict[str, str], files: MultiDict[str, FileStorage]) -> Posted:
    names = (file.filename for _name, file in files.items(multi=True))
    return Posted(tuple(fields.items(multi=True)), tuple(name for name in names if name))


def _page() -> str:
    """Where the forms of this reply are: this page, or the one from which a form came that is shown again."""
    if request.method != "GET":
        typed = typed_by()
        return "/can-bo" if typed is None else typed.page
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != KEPT]
    return f"{request.path}?{urlencode(asked)}" if asked else request.path


def _without_contents() -> tuple[MultiDict[str, str], MultiDict[str, FileStorage]]:
    """Fields and files of a request that its page does not take, the contents of the files dropped."""
    reader = FormDataParser(stream_factory=_nowhere, max_form_memory_size=_LARGEST_WORDS, silent=True)
    try:
        body = get_input_stream(request.environ, max_content_length=_LARGEST_READ)
        _stream, fields, sent = reader.parse(
            body, request.mimetype, request.content_length, request.mimetype_params
        )
    except RequestEntityTooLarge:
        return MultiDict(), MultiDict()
    return fields, sent


def _nowhere(
    total_content_length: int | None,
    content_type: str | None,
    filename: str | None,
    content_length: int | None = None,
) -> "_Nowhere":
    return _Nowhere()


class _Nowhere(BytesIO):
    """A file whose contents nobody keeps."""

    def write(self, part: Any) -> int:
        return len(part)


def _allow_upload() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    max_bytes: int | None = getattr(view, "max_upload", None)
    if max_bytes is not None:
        request.max_content_length = max_bytes


class WholeNumberField(IntegerField):
    """A whole number as people type it, "1.234" included, that arithmetic and every column can hold."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        if not valuelist:
            return
        self.data = None
        try:
            self.data = numbers.whole(valuelist[0])
        except ValueError as error:
            raise ValueError(self.gettext("Not a valid integer value.")) from error


def carried_number(text: str | None, otherwise: int = 0) -> int:
    """A number that a page of ours carried, from 0 to 999,999,999; `otherwise` for whatever else was sent.

    >>> carried_number("12"), carried_number(None), carried_number("-1"), carried_number("9" * 5000, otherwise=1)
    (12, 0, 0, 1)
    """
    return int(text) if text and len(text) < 10 and text.isascii() and text.isdigit() else otherwise


def clean(text: str | None) -> str | None:
    """Typed text in normal form C, outer white space dropped; a filter for WTForms fields.

    Dropped too is what nobody sees and copying brings along: U+0000, which PostgreSQL cannot hold, zero-width
    spaces, and the signs that turn the direction of writing, which would print a sentence backwards.

    >>> clean(" Hỏi bà \\u202eH'Lan\\u200b ")
    "Hỏi bà H'Lan"
    """
    if text is None:
        return None
    seen = "".join(
        sign for sign in text if sign != "\0" and (sign in _JOINERS or unicodedata.category(sign) != "Cf")
    )
    return unicodedata.normalize("NFC", seen).strip()
