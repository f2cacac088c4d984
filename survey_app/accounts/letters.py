"""Invitation letters on paper, one page for each person: the link and its QR, what to do first, whom to ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from flask import current_app, render_template
from sqlalchemy.orm import Session

from survey_app import files
from survey_app.access import Identity, Role
from survey_app.accounts import management, queries, telephones
from survey_app.accounts.queries import AccountView
from survey_app.accounts.refusals import InvitationOver, InvitationUnknown
from survey_app.drawing import data_uri, qr_pngs
from survey_app.i18n import force_locale
from survey_app.i18n import gettext as _
from survey_app.units import queries as units


@dataclass(frozen=True, slots=True)
class Letter:
    """An invitation with its link, which is in this value and nowhere else."""

    account: AccountView
    token: str
    expires_at: datetime

    @property
    def link(self) -> str:
        """The address in the letter and in its QR code."""
        return invitation_link(self.token)

    @property
    def first_steps(self) -> tuple[str, ...]:
        return first_steps(self.account.role)


def invitation_link(token: str) -> str:
    """The address that opens an invitation."""
    return f"{current_app.extensions['settings'].public_url}/moi/{token}"


def letters(session: Session, tokens: Sequence[str], person: Identity, now: datetime) -> tuple[Letter, ...]:
    """The letters of these links, in their order; those that are spent, over or not this person's are left out."""
    held = {account.id: account for account in queries.accounts(session, person, now)}
    found = []
    for token in tokens:
        try:
            offer = queries.invitation(session, token, now)
        except (InvitationUnknown, InvitationOver):
            continue
        account = held.get(offer.user_id)
        if account and management.may_manage(person, account.role, account.unit_path, account.made_by):
            found.append(Letter(account, token, offer.expires_at))
    return tuple(found)


def pdf(session: Session, made: Sequence[Letter], person: Identity, now: datetime) -> bytes:
    """One page for each letter, in Vietnamese."""
    pictures = (data_uri(symbol, "image/png") for symbol in qr_pngs(letter.link for letter in made))
    with force_locale("vi"):
        page = render_template(
            "accounts/print/letters.html",
            letters=tuple(zip(made, pictures, strict=True)),
            inviter=person,
            inviter_unit=units.unit(session, person.unit_id).full_name,
            inviter_telephone=telephones.grouped(queries.own_telephone(session, person.user_id)),
            sign_in=f"{current_app.extensions['settings'].public_url}/dang-nhap",
            now=now,
        )
    return files.pdf(page)


def first_steps(role: Role) -> tuple[str, ...]:
    """What somebody with a new account of this role does first."""
    steps: tuple[str, ...]
    match role:
        case Role.PROVINCE:
            steps = (
                _("Invite an officer of every commune: “Accounts”, then “Accounts from a list”."),
                _("Choose the rule book of the year, so that communes are measured by it."),
            )
        case Role.FRONT_PROVINCE:
            steps = (
                _("Invite the Front of every commune: “Accounts”, then “Accounts from a list”."),
                _("Read the forms and confirm the wording that the Front vouches for."),
            )
        case Role.COMMUNE:
            steps = (
                _(
                    "Send the commune's list of villages and households as you have it: “Villages and households”."
                ),
                _("Draft the survey from a form; the Front of the commune agrees to it."),
            )
        case Role.FRONT_COMMUNE:
            steps = (
                _(
                    "Look through the survey that the commune has drafted, and agree to it or say what is missing."
                ),
                _("Print the slips and hand them out through the Front working committees."),
            )
        case Role.CLERK:
            steps = (_("When slips come back, key them under “Key paper slips”."),)
        case Role.DIGITAL_TEAM:
            steps = (_("Help households that have no telephone to answer on yours."),)
        case Role.VIEWER | Role.AUDITOR:
            steps = (_("Look at the surveys and results of your unit; nothing can be changed there."),)
        case _:
            assert_never(role)
    return steps
