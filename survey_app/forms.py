"""The base of every staff form: CSRF on, messages in the reader's language, text normalised at the border."""

import unicodedata
from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request
from flask_babel import Domain
from flask_wtf import CSRFProtect, FlaskForm
from flask_wtf.csrf import CSRFError
from wtforms import IntegerField

from survey_app.questions import numbers
from survey_app.suspicion import Suspicion, suspect

View = TypeVar("View", bound=Callable[..., Any])


class FormTokens(CSRFProtect):
    """The library's check of form tokens; a refusal is remembered, so that it can be noted."""

    def protect(self, apply_exemptions: bool = False) -> None:
        try:
            super().protect(apply_exemptions)
        except CSRFError:
            suspect(Suspicion.FORGED_FORM)
            raise


#: On for every view; the respondents' posts are exempt because no cookie gives them any authority.
csrf = FormTokens()

#: WTForms ships no Vietnamese: its English sentences are looked up in a catalogue of ours that is kept by hand.
_sentences = Domain(domain="wtforms")

#: Formatting signs that some scripts and picture signs are written with.
_JOINERS = frozenset("\u200c\u200d")


class StaffForm(FlaskForm):
    """A Flask-WTF form whose built-in messages speak the page's language."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:
            return _sentences.get_translations()


def init_app(app: Flask) -> None:
    """Read a form only up to what its page takes, before the check of its token reads it."""
    app.before_request(_allow_upload)
    csrf.init_app(app)


def takes_upload(max_bytes: int) -> Callable[[View], View]:
    """This view takes a file, so its requests may be larger than those of the others."""

    def mark(view: View) -> View:
        view.max_upload = max_bytes  # type: ignore[attr-defined]  # travels with the function it is about
        return view

    return mark


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
