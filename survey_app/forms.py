"""The base of every staff form: CSRF on, messages in the reader's language, text normalised at the border."""

import unicodedata
from typing import Any

from flask_babel import Domain
from flask_wtf import CSRFProtect, FlaskForm

#: On for every view; the respondents' posts are exempt because no cookie gives them any authority.
csrf = CSRFProtect()

#: WTForms ships no Vietnamese: its English sentences are looked up in a catalogue of ours that is kept by hand.
_sentences = Domain(domain="wtforms")


class StaffForm(FlaskForm):
    """A Flask-WTF form whose built-in messages speak the page's language."""

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> Any:
            return _sentences.get_translations()


def clean(text: str | None) -> str | None:
    """Typed text in normal form C, outer white space dropped; a filter for WTForms fields.

    U+0000, which nobody types and PostgreSQL cannot hold, is dropped too.
    """
    return None if text is None else unicodedata.normalize("NFC", text.replace("\0", "")).strip()
