"""The link to the first page of an empty installation: signed, good for some days, and only until somebody has come.

Nothing of it is stored. Every start prints another one while nobody has come.
"""

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

DAYS = 3
_WORD = "begin"


def address() -> str:
    """The address of the first page."""
    return f"{current_app.extensions['settings'].public_url}/bat-dau/{_signer().dumps(_WORD)}"


def is_good(token: str) -> bool:
    """Whether we made this link within the last days."""
    try:
        return bool(_signer().loads(token, max_age=DAYS * 86_400) == _WORD)
    except BadData:
        return False


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="setting_up.first_link")
