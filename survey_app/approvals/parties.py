"""Who asked and who decided, in the words that every page and paper prints. Knows no table and no request."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from survey_app import access
from survey_app.access import Body, Role
from survey_app.i18n import gettext as _
from survey_app.templating import day


@dataclass(frozen=True, slots=True)
class OnPaper:
    """A decision signed by hand, as papers print it: on which day, and who vouches for the scan."""

    signed_on: date
    uploaded_by: str
    confirmed_by: str


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a request: who acted, in which role, and in whose place."""

    #: Of the person, or of the one who signed the paper.
    name: str
    role: Role
    #: Whether somebody of the province acted in the place of the commune's own body.
    stands_in: bool
    #: Name of the person whose deputy acted, if a deputy did.
    acted_for: str | None = None
    on_paper: OnPaper | None = None


def signed_as(party: Party) -> str:
    """Like "Nguyễn Văn A (Mặt trận tỉnh làm thay Mặt trận xã), ký thay Trần Thị B"; in the reader's language."""
    text = f"{party.name} ({stand_in_name(party.role)})" if party.stands_in else party.name
    if party.acted_for:
        text = _("%(name)s, signing in place of %(other)s", name=text, other=party.acted_for)
    paper = party.on_paper
    if paper is None:
        return text
    return _(
        "%(name)s, signed on paper on %(day)s; scan uploaded by %(uploader)s, confirmed by %(confirmer)s",
        name=text,
        day=day(paper.signed_on),
        uploader=paper.uploaded_by,
        confirmer=paper.confirmed_by,
    )


def stand_in_name(role: Role) -> str:
    """Which body of the province acted in the place of which body of the commune."""
    if _acts_for_the_front(role):
        return _("province Front in place of the commune Front")
    return _("province in place of the commune")


def stands_in_note(role: Role) -> str:
    """What somebody of the province reads before deciding in a commune's matter."""
    if _acts_for_the_front(role):
        return _("You stand in for the commune Front. This is recorded and printed on the papers.")
    return _("You stand in for the commune. This is recorded and printed on the papers.")


def stood_in(roles: Collection[Role]) -> str:
    """The line that every paper of a survey prints when others published it in place of the commune's own."""
    if access.IN_COMMUNE[Body.FRONT] in roles:
        return _("Published by the commune Front and the province Front, without the commune")
    return _("Published by the %(bodies)s", bodies="; ".join(stand_in_name(role) for role in roles))


def _acts_for_the_front(role: Role) -> bool:
    """Which of the two bodies is meant; a role of neither stands in for nobody."""
    match role.body:
        case Body.FRONT:
            return True
        case Body.GOVERNMENT:
            return False
        case None:
            raise LookupError(f"{role} acts for no body and stands in for none")
        case _ as unknown:
            assert_never(unknown)
