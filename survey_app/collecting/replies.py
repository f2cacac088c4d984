"""How a respondents' page is answered: its policy, its refusals, and what it says when the database is away.

Whatever was typed is in the reply again. Knows no route.
"""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from http import HTTPStatus

from flask import Flask, Response, current_app, render_template, request

from survey_app import compressing, db
from survey_app.collecting import queries, what_next
from survey_app.collecting.operations import Receipt
from survey_app.collecting.refusals import (
    CodeUsed,
    NotOpenYet,
    OtherContent,
    PhonesClosed,
    SetAside,
    UnknownCode,
)
from survey_app.errors import DATABASE_AWAY, DomainError, say_when
from survey_app.fieldwork import codes
from survey_app.fieldwork.codes import MistypedCode
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import current_language
from survey_app.i18n import gettext as _

#: What is inside the pages: of thanks, of the usual page, of one with cards, and of that where a code is typed.
_LEAST, _USUAL = ("villager.css",), ("villager.css", "fields.css")
CARDS, CODE = (*_USUAL, "cards.css"), (*_USUAL, "code.css", "code.js")
#: The language of an address that names none.
_UNSAID = "vi"
_DIGESTS, _THANKS = "respondents_digests", "thanks_drawn"
#: Where the reader's own receipt belongs in thanks that were drawn once: signs that no text holds.
_MARKS = {"printed": "\uf8f0", "leaf": "\uf8f1", "signature": "\uf8f2"}


def init_app(app: Flask) -> None:
    """Take the digests by which pages allow their own style and script, and nothing else."""
    parts = {name: app.jinja_env.get_template(f"static/{name}").render() for name in (*CARDS, *CODE)}
    digests = {}
    for inside in (_LEAST, _USUAL, CARDS, CODE):
        styles = "".join(parts[name] for name in inside if name.endswith("css"))
        scripts = [_digest(parts[name]) for name in inside if name.endswith("js")]
        own = "".join(f" '{digest}'" for digest in scripts)
        running = f"script-src 'self'{own}; connect-src 'self'; worker-src 'self'; "
        digests[inside] = f"style-src '{_digest(styles)}'; " + ("" if inside is _LEAST else running)
    app.extensions[_THANKS] = {}
    app.jinja_env.globals["in_language"] = in_language
    app.extensions[_DIGESTS] = digests


def in_language(path: str) -> str:
    """An address of ours, in the language that is read here."""
    language = current_language()
    return path if language == _UNSAID else f"{path}?lang={language}"


def page(
    template: str, status: int = HTTPStatus.OK, *, inside: Sequence[str] = _USUAL, **values: object
) -> Response:
    """A respondents' page; `inside` names the styles and scripts that are in it.

    What was sent to it is sent again by the person who switches the language, unless `again` says otherwise.
    """
    values.setdefault("again", _sent())
    return _reply(render_template(template, **values), status, inside)


def packed(page: Callable[[str | None], bytes]) -> Response:
    """A respondents' page that is compressed already: `page` gives it under the encoding that the browser takes."""
    encoding = compressing.accepted()
    return compressing.mark(_reply(page(encoding), HTTPStatus.OK, CARDS), encoding)


def _reply(body: str | bytes, status: int, inside: Sequence[str]) -> Response:
    allowed = current_app.extensions[_DIGESTS][tuple(inside)]
    reply = current_app.response_class(body, status)
    reply.headers["Content-Security-Policy"] = (
        f"default-src 'none'; {allowed}img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    reply.headers["Cache-Control"] = "no-store"
    return reply


def _sent() -> list[tuple[str, str]] | None:
    """What the request of this page sent, but for its language; None where the page was fetched."""
    if request.method != "POST":
        return None
    return [
        (name, value) for name, value in request.form.items(multi=True) if name not in {"_lang", "_switch"}
    ]


def code_page(
    status: int = HTTPStatus.OK, *, typed: str = "", problem: str = "", steps: Sequence[str] = ()
) -> Response:
    """The page on which a code is typed."""
    try:
        letters = queries.are_letters_out(db.reading())
    except DATABASE_AWAY:
        letters = True  # every keyboard has digits too
    return page(
        "collecting/type_code.html",
        status,
        inside=CODE,
        typed=typed,
        problem=problem,
        steps=steps,
        letters=letters,
    )


def letters_known() -> bool:
    """Whether a survey of a former number is held: its codes and receipts hold letters and are asked about still."""
    try:
        return queries.are_letters_known(db.reading())
    except DATABASE_AWAY:
        return True  # every keyboard has digits too


def thanks(survey: SurveyView, receipt: Receipt) -> Response:
    """The page that says thanks. It is drawn once in each language, because it differs in the receipt alone."""
    kept: dict[tuple[object, ...], str] = current_app.extensions[_THANKS]
    number = survey.id if survey.link else ""
    key = current_language(), survey.rehearsal, receipt.stored_now, receipt.annulled, number
    if key not in kept:
        printed, leaf, signature = _MARKS.values()
        marked = replace(receipt, printed=printed, leaf=leaf, signature=signature)
        again = [("_step", "thanks"), ("_leaf", leaf), ("_signature", signature)]
        kept[key] = render_template("collecting/thanks.html", survey=survey, receipt=marked, again=again)
    page = kept[key]
    for part, mark in _MARKS.items():
        page = page.replace(mark, getattr(receipt, part))
    return _reply(page, HTTPStatus.CREATED if receipt.stored_now else HTTPStatus.OK, _LEAST)


def keep_for_back(reply: Response) -> Response:
    """Let a browser without JavaScript keep what a post led to, so that Back shows it and not the browser's own page.

    With JavaScript the page keeps what was chosen beside its address (`villager.js`), and nothing is kept on the disk.
    """
    if "_plain" in request.form:
        reply.headers["Cache-Control"] = "private, no-cache"
    return reply


def forget_what_was_kept(reply: Response) -> Response:
    """Have a browser without JavaScript drop the pages it kept for Back: the next person may hold the same phone.

    Back then meets the browser's own page, and sending that again leads to the slip that is answered.
    """
    if "_plain" in request.form:
        reply.headers["Clear-Site-Data"] = '"cache"'
    return reply


def refused(refusal: DomainError, *, status: int | None = None, shown: object = ()) -> Response:
    """The refusal with what was entered below it. A person who mistyped gets the box to type in."""
    status, was_sent = status or refusal.status, request.method == "POST"
    named = request.view_args or {}
    code = named.get("typed") or request.form.get("code", "")
    steps = what_next.steps(refusal, survey_named(code=code, link=named.get("link", "")))
    if isinstance(refusal, MistypedCode | UnknownCode) and request.view_args:
        typed = request.view_args.get("typed", "")
        carried = [(name, value) for name, value in request.form.items(multi=True)]
        if not carried:
            return code_page(status, typed=typed, problem=refusal.message, steps=steps)
    heading = _heading(refusal)
    retry = list(request.form.items(multi=True)) if refusal.keep and was_sent else []
    response = page(
        "collecting/message.html",
        status,
        heading=heading,
        message=what_next.what_happened(refusal, was_sent=was_sent),
        steps=steps,
        good=what_next.is_good(refusal, was_sent=was_sent),
        shown=shown,
        retry=retry,
    )
    return say_when(response, refusal)


def survey_named(*, code: str, link: str) -> SurveyView | None:
    """The survey of a slip or link, where it is known: whom to call is there."""
    try:
        if link:
            return queries.link_door(db.reading(), link).survey
        return queries.survey_of_code(db.reading(), codes.normalise(code))
    except (DomainError, *DATABASE_AWAY):
        return None


def busy() -> Response:
    """The database or a key cannot be reached: the answer stays in the page, ready to be sent again."""
    response = page(
        "collecting/message.html",
        HTTPStatus.SERVICE_UNAVAILABLE,
        heading=_("One moment, please"),
        message=_(
            "The server is busy. Your answers are still on this page: wait a little, then press “Send again”."
        ),
        steps=(),
        good=False,
        shown=(),
        retry=list(request.form.items(multi=True)),
    )
    response.headers["Retry-After"] = "10"
    return response


def _heading(refusal: DomainError) -> str:
    if isinstance(refusal, CodeUsed | OtherContent) and not isinstance(refusal, SetAside):
        return _("This slip was sent already")
    if isinstance(refusal, PhonesClosed):
        return _("Phones are closed")
    return _("Not yet open") if isinstance(refusal, NotOpenYet) else _("Not possible now")


def _digest(text: str) -> str:
    """How a policy names what is in a page."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
