"""Who may open what: an identity with a role on a subtree of units, and one rule on every view.

A view without a rule answers 403, so forgetting one closes a door instead of opening it. Does not know how people sign
in: `accounts` supplies the identity.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar, assert_never
from urllib.parse import quote

from flask import Flask, abort, current_app, g, redirect, request
from flask.typing import ResponseReturnValue

View = TypeVar("View", bound=Callable[..., Any])

#: Pages for people without an account. They never open the staff session, so nothing ties a respondent to a cookie.
PUBLIC_PATHS = ("/k", "/K", "/g/", "/bia/", "/kiem-tra", "/ket-qua/", "/phieu/", "/sw.js", "/tiep-can")


class Body(StrEnum):
    """The two bodies that must agree before a survey is published: government (xã, tỉnh) and Front (MTTQ)."""

    GOVERNMENT = "government"
    FRONT = "front"


class Role(StrEnum):
    """What an account is for. Each belongs to one of two bodies, or to neither."""

    PROVINCE = "province"
    FRONT_PROVINCE = "front_province"
    FRONT_COMMUNE = "front_commune"
    COMMUNE = "commune"
    VIEWER = "viewer"
    AUDITOR = "auditor"
    DIGITAL_TEAM = "digital_team"
    CLERK = "clerk"

    @property
    def body(self) -> Body | None:
        """The body this role acts for; None for those who help or look on."""
        match self:
            case Role.PROVINCE | Role.COMMUNE:
                return Body.GOVERNMENT
            case Role.FRONT_PROVINCE | Role.FRONT_COMMUNE:
                return Body.FRONT
            case Role.VIEWER | Role.AUDITOR | Role.DIGITAL_TEAM | Role.CLERK:
                return None
            case _:
                assert_never(self)


#: Which role acts for each body in the province, and which in a commune.
IN_PROVINCE: Mapping[Body, Role] = {Body.GOVERNMENT: Role.PROVINCE, Body.FRONT: Role.FRONT_PROVINCE}
IN_COMMUNE: Mapping[Body, Role] = {Body.GOVERNMENT: Role.COMMUNE, Body.FRONT: Role.FRONT_COMMUNE}

# Permissions: each a set of roles named for what it allows. A role is in a set because somebody wrote it there,
# never because others were left out, so that a new role opens nothing but its own account.

#: Signing in and out, the own password, sessions, second factor, list of today: no figure and no survey.
ANY_ACCOUNT = frozenset(Role)

FRONT = frozenset({Role.FRONT_PROVINCE, Role.FRONT_COMMUNE})
OFFICERS = frozenset({Role.PROVINCE, Role.COMMUNE})
#: Ask, agree, sign and annul, each for its body.
BODIES = FRONT | OFFICERS
#: The two of the province, who watch over communes.
PROVINCIAL = frozenset({Role.PROVINCE, Role.FRONT_PROVINCE})
#: The two that work in the commune itself.
LOCAL = frozenset({Role.COMMUNE, Role.FRONT_COMMUNE})
#: The three that supervise: province, its Front, and the auditors whom the Front names.
SUPERVISORS = PROVINCIAL | {Role.AUDITOR}

READ_UNITS = READ_SURVEYS = READ_FORMS = READ_RESULTS = BODIES | {Role.VIEWER, Role.AUDITOR}
READ_RULE_BOOKS = READ_RESULTS | {Role.DIGITAL_TEAM, Role.CLERK}
EDIT_UNITS = OFFICERS
EDIT_FORMS = BODIES
CONFIRM_FORMS = frozenset({Role.FRONT_PROVINCE})
CHOOSE_RULE_BOOKS = RECOGNISE_EARLIER = LIST_SERVICES = frozenset({Role.PROVINCE})
TICK_SERVICES = OFFICERS
#: The half of 8.4 that a commune declares and the province accepts.
DECLARE_IT = frozenset({Role.COMMUNE})
ACCEPT_IT = frozenset({Role.PROVINCE})

DRAFT_SURVEYS = CORRECT_FRAMES = LOCAL
#: Sees under Today what a commune begins with: its villages and its first survey.
BEGIN_COMMUNES = frozenset({Role.COMMUNE})
#: Hears in the commune that somebody tries codes.
HEAR_OF_TRIED_CODES = frozenset({Role.FRONT_COMMUNE})
CALL_MEETINGS = FRONT | {Role.COMMUNE}
NOTE_ABSENCES = frozenset({Role.COMMUNE, Role.FRONT_COMMUNE, Role.CLERK})
READ_PRINTS = BODIES
#: Who is not of the Front prints only where rehearsal or the province allow it.
PRINT_SLIPS = FRONT | {Role.COMMUNE}
KEY_PAPER = FRONT | {Role.CLERK}
#: Hears in the commune that slips wait to be keyed again.
REMIND_OF_KEYING = frozenset({Role.CLERK, Role.FRONT_COMMUNE})
#: Helping a household to answer on another phone.
ASSIST = frozenset({Role.DIGITAL_TEAM, Role.FRONT_COMMUNE, Role.CLERK})

#: Exact figures of villages before small numbers are hidden, and what is compared with the papers.
SEE_EXACT_FIGURES = READ_FLAGS = READ_RECONCILIATION = SUPERVISORS | {Role.FRONT_COMMUNE}
RECORD_COMPARISONS = FRONT
#: Answers slip by slip (ADR 20).
TAKE_SINGLE_ANSWERS = frozenset({Role.FRONT_PROVINCE, Role.AUDITOR})
READ_TEXTS = READ_DRAWN_SLIPS = BODIES | {Role.AUDITOR}
MODERATE_TEXTS = FRONT
COMPARE_DRAWN_SLIPS = FRONT | {Role.AUDITOR}
HOLD_KEYS = CONFIRM_THE_CLOCK = PROVINCIAL
ANSWER_REQUESTS = FRONT | {Role.PROVINCE}
READ_DATA_MAP = READ_AUDIT_LOG = RANK_COMMUNES = SUPERVISORS

READ_BOARD = SUPERVISORS | {Role.VIEWER}
#: One campaign for many communes: drafts, which each commune and its Front complete and approve.
OPEN_CAMPAIGNS = PROVINCIAL
READ_FIGURES = READ_BOARD | OFFICERS
#: The Front of the province appraises signed results; the commune answers what was asked of it.
APPRAISE = frozenset({Role.FRONT_PROVINCE})
ANSWER_APPRAISALS = LOCAL
READ_APPRAISALS = SUPERVISORS | LOCAL
#: A consultation held on paper outside, with its scan.
ENTER_OUTSIDE = LOCAL
READ_OUTSIDE = SUPERVISORS | LOCAL
#: Hears when communes are late.
CHASE_COMMUNES = frozenset({Role.PROVINCE})
READ_POSTINGS = READ_PAPERS = READ_RESULTS
RECORD_POSTINGS = FRONT | {Role.COMMUNE}
#: Figures of the plan's targets: a unit reports its own; the province enters lists, decides and asks otherwise.
REPORT_FIGURES = OFFICERS
KEEP_TARGETS = frozenset({Role.PROVINCE})
#: Remarks of the public that somebody brought to the commune; and who answers any, each for its body.
ENTER_REMARKS = LOCAL
ANSWER_REMARKS = BODIES
#: What the commune will do after a result is the commune's own text.
WRITE_PLEDGES = frozenset({Role.COMMUNE})
#: Heads, numbers and closing sentences of the Front's papers.
SET_PAPERS = frozenset({Role.FRONT_PROVINCE})
RELEASE_PAPERS = FRONT | {Role.AUDITOR}
TAKE_EVIDENCE_PACK = RELEASE_PAPERS | {Role.PROVINCE}

NAME_DEPUTIES = MANAGE_ACCOUNTS = BODIES
READ_SIGNED_PAPERS = BODIES | {Role.AUDITOR}
#: They approve, sign or look into exact figures of others.
NEED_SECOND_FACTOR = SUPERVISORS | {Role.FRONT_COMMUNE}


@dataclass(frozen=True, slots=True)
class Identity:
    """The signed-in person: a role on the subtree of units below `unit_path` (ids, like "/1/24/")."""

    user_id: int
    name: str
    role: Role
    unit_id: int
    unit_path: str

    @property
    def body(self) -> Body | None:
        return self.role.body

    @property
    def is_provincial(self) -> bool:
        """Whether this person belongs to a province rather than to a commune."""
        return self.unit_path.count("/") <= 2

    @property
    def province_path(self) -> str:
        """The path of the province that this person's unit is, or lies in."""
        return f"/{self.unit_path.split('/')[1]}/"

    def covers(self, unit_path: str) -> bool:
        """Whether a unit lies in this person's subtree."""
        return unit_path.startswith(self.unit_path)

    @property
    def actor(self) -> str:
        """How the audit log names this person."""
        return f"user:{self.user_id}"


def public(view: View) -> View:
    """Anybody may open this view."""
    view.access_roles = ()  # type: ignore[attr-defined]  # the rule travels with the function it guards
    return view


def roles(*allowed: Role) -> Callable[[View], View]:
    """Only signed-in people with one of `allowed` may open this view: a permission, spread out."""

    def mark(view: View) -> View:
        view.access_roles = allowed  # type: ignore[attr-defined]  # as above
        return view

    return mark


def init_app(app: Flask) -> None:
    """Guard every request and keep staff sessions away from the public side."""
    app.before_request(_guard)
    app.extensions["identity_loader"] = lambda: None
    app.extensions["way_in"] = way_in


def supply_identity(app: Flask, loader: Callable[[], Identity | None]) -> None:
    """Tell the guard how to find the signed-in person; called once, by `accounts`."""
    app.extensions["identity_loader"] = loader


def supply_way_in(app: Flask, shown: Callable[[], ResponseReturnValue]) -> None:
    """Tell the guard what somebody sees who is not signed in; called once, by `accounts`."""
    app.extensions["way_in"] = shown


def way_in(target: str | None = None) -> ResponseReturnValue:
    """To the sign-in page, and from there to `target`, or to the page that was asked for."""
    asked = request.full_path.rstrip("?") if request.method == "GET" else "/can-bo"
    return redirect(f"/dang-nhap?next={quote(target or asked, safe='/')}", 302)


def current_identity() -> Identity | None:
    """The signed-in person, or None. Read afresh for each request, so a removed role is gone at once."""
    if "identity" not in g:
        g.identity = None if is_public_path(request.path) else current_app.extensions["identity_loader"]()
    found: Identity | None = g.identity
    return found


def identity() -> Identity:
    """The signed-in person; 401 when there is none."""
    found = current_identity()
    if found is None:
        abort(401)
    return found


def may_open(role: Role, endpoint: str) -> bool:
    """Whether somebody with this role gets past the rule of the view."""
    return role in getattr(current_app.view_functions[endpoint], "access_roles", ())


def lets_in(role: Role, endpoint: str) -> bool:
    """Whether the view is anybody's, or lets somebody with this role past its rule."""
    return getattr(current_app.view_functions[endpoint], "access_roles", None) == () or may_open(
        role, endpoint
    )


def may(endpoint: str) -> bool:
    """Whether the signed-in person gets past the rule of the view; links ask this, never a role."""
    person = current_identity()
    return person is not None and may_open(person.role, endpoint)


def _guard() -> ResponseReturnValue | None:
    if "\0" in request.path:
        abort(404)  # no address of ours has it, and PostgreSQL refuses it
    if request.url_rule is None or request.endpoint is None:
        return None
    view = current_app.view_functions[request.endpoint]
    allowed: tuple[Role, ...] | None = getattr(view, "access_roles", None)
    if request.endpoint == "static" or allowed == ():
        return None
    person = current_identity()
    if person is None:
        if request.path.startswith("/api/"):
            abort(401)
        shown: ResponseReturnValue = current_app.extensions["way_in"]()
        return shown
    if allowed is None or person.role not in allowed:
        abort(403)
    return None


def is_public_path(path: str) -> bool:
    """Whether the address is for people without an account, so that no session is opened: respondents' pages, files."""
    return path in {"/k", "/K", "/ket-qua"} or path.startswith(("/k/", "/K/", "/static/", *PUBLIC_PATHS[2:]))
