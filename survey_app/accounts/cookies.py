"""The session's cookie: none on the public side, and on the staff's one that no clock ends.

How long a session runs is decided by its row, see `sessions`.

Flask's own cookie carries the moment of its signature and is refused when that lies in the future, and it tells the
browser a date on which to throw it away. A server's clock that steps back would sign everybody out by either.
"""

import hashlib

from flask import Flask, Request, Response
from flask.sessions import NullSession, SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature

from survey_app import access


class StaffCookies(SecureCookieSessionInterface):
    """Signed cookies whose age is not looked at, and which the browser keeps for a length of time."""

    digest_method = staticmethod(hashlib.sha256)

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | NullSession | None:
        """What the cookie holds; an empty session without one, or when its signature is not ours."""
        if access.is_public_path(request.path):
            return NullSession()
        value = request.cookies.get(self.get_cookie_name(app))
        if value is None:
            return self.session_class() if app.secret_key else None
        serializer = self.get_signing_serializer(app)
        if serializer is None:
            return None
        try:
            return self.session_class(serializer.loads(value))
        except BadSignature:
            return self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """As Flask does, with a length of time beside the date; browsers go by the length (RFC 6265, 5.3)."""
        if isinstance(session, NullSession):
            return
        super().save_session(app, session, response)
        start = f"{self.get_cookie_name(app)}="
        if not session or not session.permanent:
            return
        length = int(app.permanent_session_lifetime.total_seconds())
        set_cookies = response.headers.getlist("Set-Cookie")
        response.headers.setlist(
            "Set-Cookie",
            [f"{one}; Max-Age={length}" if one.startswith(start) else one for one in set_cookies],
        )
