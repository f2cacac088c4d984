"""What accounts themselves put on the list of today."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from survey_app import access
from survey_app.access import Body, Identity, Role
from survey_app.accounts import enrolment, handover, management, queries
from survey_app.accounts.queries import AccountState
from survey_app.accounts.todo import Todo
from survey_app.i18n import gettext as _
from survey_app.i18n import ngettext
from survey_app.templating import role_name
from survey_app.units.queries import civil, has_villages, unit, units

#: How long a handover is shown to the successor though nothing of it waits.
_NEWS = timedelta(days=7)


_OTHER = {Body.GOVERNMENT: Body.FRONT, Body.FRONT: Body.GOVERNMENT}


def reminders(session: Session, identity: Identity, now: datetime) -> Iterator[Todo]:
    """A printed password still in use, and invitations nobody took up in time."""
    if queries.has_demo_password(session, identity.user_id):
        yield Todo(
            title=_("Choose a password of your own"),
            detail=_("This sample account still has the printed password that everybody knows."),
            url="/can-bo/mat-khau",
        )
    lapsed = _lapsed(session, identity, now) if identity.role in management.MANAGERS else 0
    if lapsed:
        yield Todo(
            title=ngettext(
                "%(num)s invitation was not taken up in time",
                "%(num)s invitations were not taken up in time",
                lapsed,
            ),
            detail=_("Make a new letter, or close the account."),
            url="/can-bo/tai-khoan",
        )


def taken_over(session: Session, identity: Identity, now: datetime) -> Iterator[Todo]:
    """What a predecessor left, while any of it waits, and for a week besides."""
    for passed in handover.taken_over(session, identity.user_id):
        work = handover.open_work(session, passed.old_id, now)
        if work or now - passed.at < _NEWS:
            yield Todo(
                title=_("You took over the work of %(name)s", name=passed.old_name),
                detail=ngettext("%(num)s thing waits", "%(num)s things wait", len(work))
                if work
                else _("The tasks of your role are on this list."),
                url=f"/can-bo/ban-giao/{passed.id}",
            )


def lost_factors(session: Session, identity: Identity, now: datetime) -> Iterator[Todo]:
    """Colleagues who lost their second factor and wait for the second of two people."""
    waiting = enrolment.resets_for(session, identity, now) if identity.role in management.MANAGERS else ()
    for asked in waiting:
        yield Todo(
            title=_("Confirm a lost second factor: %(name)s", name=asked.name),
            detail=_(
                "%(name)s asks for this. Make sure of the person before you confirm.",
                name=asked.asked_by_name,
            ),
            url=f"/can-bo/tai-khoan/{asked.user_id}/ma-xac-thuc",
            urgent=True,
        )


def missing_bodies(session: Session, identity: Identity, now: datetime) -> Iterator[Todo]:
    """Where one of the two bodies has nobody: whatever is asked of it would wait for ever.

    Nobody of one body makes accounts of the other, so each is told who can.
    """
    if identity.body is None:
        return
    held = queries.roles_held(session, identity.province_path)
    other = _OTHER[identity.body]
    theirs, ours, in_province = (
        access.IN_COMMUNE[other],
        access.IN_COMMUNE[identity.body],
        access.IN_PROVINCE[other],
    )
    if not any(in_province in roles for roles in held.values()):
        yield _no_provincial_partner(session, identity, in_province)
    elif identity.is_provincial:
        lonely = [unit_id for unit_id, roles in held.items() if theirs in roles and ours not in roles]
        if lonely:
            yield _communes_without_ours(session, lonely, ours)
    elif theirs not in held.get(identity.unit_id, ()):
        yield Todo(
            title=_("Nobody has an account: %(role)s", role=role_name(theirs)),
            detail=_(
                "Publishing and signing wait for that body. Its first account is made by: %(role)s. Please ask there.",
                role=role_name(in_province),
            ),
            url="/can-bo/dot",
        )


def _no_provincial_partner(session: Session, identity: Identity, lacking: Role) -> Todo:
    code = unit(session, int(identity.province_path.strip("/"))).code
    return Todo(
        title=_("Nobody has an account: %(role)s", role=role_name(lacking)),
        detail=_(
            "What two bodies agree on waits for that body, and for its independence you cannot make its account. Ask "
            "the operator of the server to run: %(command)s – and to hand the link it prints to that person, who then "
            "invites the others.",
            command=f"survey accounts create --email … --role {lacking} --unit {code}",
        ),
        url="/can-bo/tai-khoan",
        urgent=True,
    )


def _communes_without_ours(session: Session, unit_ids: list[int], lacking: Role) -> Todo:
    found = sorted(units(session, unit_ids).values(), key=lambda unit: unit.in_order)
    names = [unit.full_name for unit in found]
    return Todo(
        title=_("Nobody has an account: %(role)s", role=role_name(lacking)),
        detail=_("Invite somebody, or these communes wait: %(names)s", names=", ".join(names)),
        url="/can-bo/tai-khoan/moi",
    )


def village_lists(session: Session, identity: Identity, now: datetime) -> Iterator[Todo]:
    """The list of villages, where a commune has none yet; here because units are below accounts."""
    if identity.role in access.BEGIN_COMMUNES and not has_villages(session, identity.unit_id, civil(now)):
        yield Todo(
            title=_("Enter villages and households"),
            detail=_("Without them no survey can be published."),
            url="/can-bo/don-vi",
        )


def _lapsed(session: Session, identity: Identity, now: datetime) -> int:
    return sum(
        view.state is AccountState.EXPIRED
        and management.may_manage(identity, view.role, view.unit_path, view.made_by)
        for view in queries.accounts(session, identity, now)
    )
