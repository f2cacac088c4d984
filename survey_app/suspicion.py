"""Attempts to get around a control: refused requests that none of our pages, and nobody with a slip, would send.

Who refuses says so here; `accounts.denials` notes it on the way out. Knows nothing of who sent it.
"""

from enum import StrEnum

from flask import g


class Suspicion(StrEnum):
    """What looks like an attempt to get around a control, by its word in the audit log."""

    #: A staff form without the token of its page, or from another host.
    FORGED_FORM = "forged_form"
    #: A respondents' form sent by the page of another site.
    OTHER_SITE = "other_site"
    #: After this many unknown household codes the caller has to wait.
    GUESSING = "guessing"


def suspect(what: Suspicion) -> None:
    """Remember for the rest of this request why it is refused."""
    g.suspicion = what


def suspected() -> Suspicion | None:
    """What this request is refused for, if it is one of these."""
    found: Suspicion | None = g.get("suspicion")
    return found
