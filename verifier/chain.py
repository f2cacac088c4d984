"""Whether the acts of the audit log in an auditor set are as they were chained.

Each act carries its number in the log of the whole server, the digest of the act before it, and its own digest over all
of that. A set holds the acts of one survey, so two are seen to follow on each other only where their numbers do.
"""

from typing import Any

import canonical
from differences import Differs, NotPossible

Json = dict[str, Any]

#: Sets of this format tell the acts without numbers and digests.
WITHOUT = "survey-set/1"
_CHAINED = ("id", "at", "actor", "act", "subject", "details", "previous")


def check(found: Json) -> None:
    """Raises Differs at the first act that was changed, removed between its neighbours, or moved; NotPossible."""
    if found["format"] == WITHOUT:
        raise NotPossible("no_chain")
    number, digest = 0, ""
    for place, act in enumerate(found["audit"]):
        fits = (
            act["subject"] == f"survey:{found['survey']}"
            and act["id"] > number
            and (act["id"] != number + 1 or place == 0 or act["previous"] == digest)
            and canonical.sha256({key: act[key] for key in _CHAINED}) == act["digest"]
        )
        if not fits:
            raise Differs(f"audit.{place}")
        number, digest = act["id"], act["digest"]


def check_kept(earlier: Json, now: Json) -> None:
    """Raises Differs at the first act of a set kept from before that is not the same in this one."""
    held = {act["id"]: act["digest"] for act in now["audit"] if "digest" in act}
    for act in earlier["audit"]:
        if "digest" in act and held.get(act["id"]) != act["digest"]:
            raise Differs(f"audit {act['id']}")
