"""Puts the rooms together: `create_app`, the start page and the one on accessibility."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue
from itsdangerous import Signer
from werkzeug.middleware.proxy_fix import ProxyFix

from survey_app import (
    access,
    accounts,
    api,
    approvals,
    audit,
    authoring,
    campaigns,
    clock,
    collecting,
    command_line,
    compressing,
    config,
    db,
    demo,
    doors,
    errors,
    fieldwork,
    forms,
    health,
    i18n,
    jobs,
    journal,
    key_commands,
    keys,
    manual,
    menu,
    ops,
    printing,
    privacy,
    quality,
    reporting,
    results,
    routes,
    rulebooks,
    sealing,
    setting_up,
    static_files,
    templating,
    throttle,
    units,
    witness,
)
from survey_app.collecting.queries import codes_spent
from survey_app.config import Settings, load_settings
from survey_app.i18n import gettext as _

_PROJECT = Path(__file__).resolve().parent.parent

#: Largest request body; a household file of a whole province is far smaller.
_BODY_BYTES = 2 * 1024 * 1024

#: Where phones send what they keep.
_ANSWERS = "/api/v1/submissions"

#: How a machine calls itself.
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_ROOMS = (
    units,
    accounts,
    approvals,
    journal,
    rulebooks,
    authoring,
    fieldwork,
    printing,
    collecting,
    sealing,
    privacy,
    quality,
    results,
    campaigns,
    reporting,
    api,
    demo,
    manual,
)


def create_app(settings: Settings | None = None) -> Flask:
    """The application, ready to serve; `settings` default to those of the instance folder."""
    settings = settings or load_settings()
    app = Flask(__name__, instance_path=str(settings.instance))
    app.extensions["settings"] = settings
    app.extensions["keys"] = keys.KeyStore(settings.key_dir)
    app.config.update(
        SECRET_KEY=_session_secret(app.extensions["keys"]),
        MIGRATIONS=str(_PROJECT / "migrations"),
        TRANSLATIONS=_PROJECT / "translations",
        MAX_CONTENT_LENGTH=_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=_BODY_BYTES,
        SESSION_COOKIE_NAME=settings.cookie("can_bo"),
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        WTF_CSRF_TIME_LIMIT=None,
        PROVIDE_AUTOMATIC_OPTIONS=False,
    )
    # Tokens of forms and tickets: the library would sign with SHA-1.
    Signer.default_digest_method = staticmethod(hashlib.sha256)
    routes.init_app(app)
    app.before_request(_refuse_other_hosts)
    for module in (doors, i18n, access, errors, templating, menu, static_files, compressing):
        module.init_app(app)
    db.init_app(app, settings.database_url)
    forms.init_app(app)
    jobs.register(app, "clock", clock.note)
    for room in _ROOMS:
        room.init_app(app)
    app.cli.add_command(key_commands.group)
    app.cli.add_command(ops.group)
    setting_up.init_app(app)
    audit.register(app, clock.WORDS, key_commands.WORDS, ops.WORDS)
    doors.guard_commands(app)
    jobs.register(app, "throttle", _forget_failures)
    witness.init_app(app, codes_spent)
    jobs.register(app, "witness", _note_witness)
    app.context_processor(
        lambda: {
            "demo_mode": settings.demo,
            "retention_months": settings.retention_months,
            "public_url": settings.public_url,
        }
    )
    app.add_url_rule("/", view_func=start)
    app.add_url_rule("/tiep-can", view_func=accessibility)
    app.add_url_rule("/healthz", view_func=health.healthz)
    app.add_url_rule("/ready", view_func=health.ready)
    app.after_request(_headers)
    command_line.init_app(app)
    app.wsgi_app = _served(app, settings)  # type: ignore[method-assign,assignment]  # Flask's documented way to add middleware
    return app


def _session_secret(store: keys.KeyStore) -> bytes | None:
    """None before the keys are created: only the commands that make them work until then."""
    try:
        return store.session_secret()
    except keys.KeyMissing:
        return None


def _served(app: Flask, settings: Settings) -> WSGIApplication:
    """The application behind the proxies whose headers are believed."""

    served = _whole_bodies(app.wsgi_app)
    return ProxyFix(served, x_for=settings.proxies, x_proto=settings.proxies) if settings.proxies else served


def _whole_bodies(served: WSGIApplication) -> WSGIApplication:
    """Have a body refused that ends before its announced length: a form cut in the middle is a form with fewer answers.

    Gunicorn promises that its stream ends with the body, and keeps the promise when the line breaks too; so its word is
    not taken, and the bytes are counted.
    """

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH"):
            environ.pop("wsgi.input_terminated", None)
        return served(environ, start_response)

    return serve


@access.public
def start() -> ResponseReturnValue:
    """Leads each kind of user to their first act."""
    return render_template("start.html")


@access.public
def accessibility() -> ResponseReturnValue:
    """What of accessibility is met and what is not."""
    return render_template("accessibility.html")


def _note_witness(now: datetime) -> None:
    with db.transaction() as current:
        witness.write(current, keys.store(), now)


def _forget_failures(now: datetime) -> int:
    with db.transaction() as current:
        return 0 if clock.is_doubted(current) else throttle.forget(current, now)


def _refuse_other_hosts() -> ResponseReturnValue | None:
    """Serve the host that is in QR codes, and this machine's own names; before anything leads anywhere.

    The health check is asked by whatever address somebody watches; the refusal's own page needs its style.
    """
    settings = config.settings()
    named = urlsplit(f"//{request.host}").hostname if request.host else None
    ours = {urlsplit(settings.public_url).hostname, *_LOOPBACK}
    if access.is_public_path(request.path) or request.path == _ANSWERS:
        ours |= settings.former_hosts  # phones send from the address where they keep a slip
    if request.path == "/healthz" or request.endpoint == "static" or named in ours:
        return None
    message = _("This server answers at %(url)s alone. Please open that address.", url=settings.public_url)
    return errors.reply("sai-dia-chi", message, 400)


def _headers(response: Response) -> Response:
    """Strict headers on every reply; a page that inlines a style declares its own policy first."""
    headers = response.headers
    for name, value in _strict_headers(config.settings()).items():
        headers.setdefault(name, value)
    # Behind TLS the check of staff forms reads the referrer; the path of a respondent's page is a secret.
    headers.setdefault(
        "Referrer-Policy", "no-referrer" if access.is_public_path(request.path) else "same-origin"
    )
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    return response


def _strict_headers(settings: Settings) -> Mapping[str, str]:
    """What every reply says, static files included."""
    strict = {
        "Content-Security-Policy": "default-src 'none'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
        "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    }
    if settings.https:
        strict["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return strict
