"""The session's cookie, which no clock ends: how long a session runs is decided by its row, see `sessions`.

Flask's own cookie carries the moment of its signature and is refused when that lies in the future, and it tells the
browser a date on which to throw it away. A server's clock that steps back would sign everybody out by either.
"""

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from itsdangerous import BadSignature


class UndatedCookies(SecureCookieSessionInterface):
    """Signed cookies whose age is not looked at, and which the browser keeps for a length of time."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """What the cookie holds; an empty session without one, or when its signature is not ours."""
        serializer, value = self.get_signing_serializer(app), request.cookies.get(self.get_cookie_name(app))
        if serializer is None:
            return None
        try:
            return self.session_class(serializer.loads(value) if value else None)
        except BadSignature:
            return self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """As Flask does, with a length of time beside the date; browsers go by the length (RFC 6265, 5.3)."""
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
