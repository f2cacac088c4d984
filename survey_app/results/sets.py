"""The two sets of a sealed survey that others check without us: one for everybody, one for auditors.

A set is plain JSON. The public one shows of the signed statement only the parts that disclosure lets everybody
see; the rest is there as salted hashes. The auditor's opens everything and holds the answers as stored.
`verifier/` reads both and imports nothing from here, so a change of shape is a change of format.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.audit import AuditEvent
from survey_app.authoring import loading
from survey_app.collecting.models import AnnulledResponse, SealedResponse
from survey_app.fieldwork import frames
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.queries import SurveyView
from survey_app.questions import document as forms
from survey_app.results import disclosed
from survey_app.results.disclosed import DisclosedResult
from survey_app.rulebooks import pins
from survey_app.scoring.disclosure import Audience
from survey_app.sealing import counting, documents, queries, tables
from survey_app.sealing.models import Seal, TallyRow

#: Both sets of a survey whose seal holds names, rule book and tables.
FORMAT = "survey-set/3"
#: Of a survey that was sealed before seals did: the public set, and the auditor's with number and digest of every act.
FIRST_PUBLIC_FORMAT, FIRST_AUDITOR_FORMAT = "survey-set/1", "survey-set/2"

#: What each set lets a reader check, in the words of `verifier/`.
PUBLIC_CHECKS = (
    *("content", "instrument", "order", "list", "digest", "signature"),
    *("key", "paper", "frame", "tables", "receipt", "previous"),
)
AUDITOR_CHECKS = (*PUBLIC_CHECKS, "answers", "recount", "tallies", "totals", "codes", "acts", "chain")
#: What a set of a newer seal lets a reader check besides.
SIGNED_CHECKS = ("names", "rulebook", "published")


def public_set(session: Session, survey_id: str, keys: Sequence[Ed25519PublicKey]) -> dict[str, Any]:
    """What everybody may have. Raises SurveyNotFound and NotSealed."""
    seal = _seal(session, survey_id)
    result = disclosed.to_check(session, survey_id)
    table = documents.tables_of(seal.document).get(Audience.PUBLIC) or tables.dump(result.commune)
    return _set("public", session, result, seal, _opened_to_all(table), keys)


def auditor_set(session: Session, survey_id: str, keys: Sequence[Ed25519PublicKey]) -> dict[str, Any]:
    """Everything that was counted, for those who may see exact figures. Raises SurveyNotFound and NotSealed."""
    seal = _seal(session, survey_id)
    result = disclosed.to_check(session, survey_id)
    options = [documents.OPTIONS + question for question in documents.options(seal.document)]
    tables_opened = [documents.TABLES + audience for audience in documents.tables_of(seal.document)]
    opened = {
        *(documents.COUNTS, documents.SLIPS, documents.CHANNELS, documents.NUMBERS, documents.CODES),
        *options,
        *tables_opened,
    }
    codes = _unit_codes(session, survey_id)
    removed_on = queries.removed_on(session, survey_id)
    return {
        **_set("auditor", session, result, seal, opened, keys, exact=_exact(session, survey_id)),
        "raw_answers_removed_on": removed_on.isoformat() if removed_on else None,
        "answers": _answers(session, SealedResponse, survey_id, codes, with_content=removed_on is None),
        "annulled_answers": _answers(
            session, AnnulledResponse, survey_id, codes, with_content=removed_on is None
        ),
        "tallies": _tallies(session, survey_id, codes),
        "salt": seal.salt,
        "codes": documents.made_codes(session, survey_id, codes),
        "audit": _acts(session, survey_id),
    }


def _seal(session: Session, survey_id: str) -> Seal:
    survey = surveys.survey(session, survey_id)
    seal = session.get(Seal, survey.id)
    if seal is None:
        raise queries.NotSealed(survey)
    return seal


def _set(
    kind: str,
    session: Session,
    result: DisclosedResult,
    seal: Seal,
    opened: set[str],
    keys: Sequence[Ed25519PublicKey],
    exact: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What both sets hold."""
    survey = result.survey
    checks = PUBLIC_CHECKS if kind == "public" else AUDITOR_CHECKS
    signed = documents.tables_of(seal.document)
    # The key that signed, which may be an earlier one; one that fits nothing shows as what it is when it is checked.
    key = documents.signed_with(keys, seal.digest, seal.signature) or keys[0]
    first = FIRST_PUBLIC_FORMAT if kind == "public" else FIRST_AUDITOR_FORMAT
    return {
        "format": FORMAT if signed else first,
        "kind": kind,
        "checks": [*checks, *(SIGNED_CHECKS if signed else ())],
        "survey": survey.id,
        "unit": {"code": survey.unit.code, "name": survey.unit.full_name},
        "purpose": survey.purpose.value,
        "rehearsal": survey.rehearsal,
        "state": survey.state.value,
        "sealed_at": seal.document["sealed_at"],
        "instrument": forms.dump(loading.loaded(session, survey.instrument_id)),
        "rulebook": _rulebook(session, survey),
        "names": dict(result.names),
        "seal": {
            "statement": documents.statement(seal.document, seal.salt, opened, exact),
            "digest": seal.digest,
            "signature": seal.signature,
            "public_key": key.public_bytes_raw().hex(),
            "key_id": documents.key_id(key),
        },
        # What was signed, and not what today's rules would tell.
        "disclosed": signed[Audience.PUBLIC] if signed else tables.dump(result.commune),
        "leaves": list(counting.sealed_leaves(session, survey.id)),
        # How many answers of which village, when and why is in the signed statement.
        "annulled_leaves": list(counting.annulled_leaves(session, survey.id)),
    }


def _exact(session: Session, survey_id: str) -> dict[str, Any]:
    return tables.dump(disclosed.result(session, survey_id, Audience.EXACT).commune)


def _rulebook(session: Session, survey: SurveyView) -> dict[str, Any] | None:
    """The rule book that the survey pinned, whole, so that its digest can be made again. Raises PinnedBookMissing."""
    if survey.rulebook is None:
        return None
    return {"chosen": survey.rulebook.is_chosen, "document": pins.pinned(session, survey.rulebook).document}


def _opened_to_all(shown: Mapping[str, Any]) -> set[str]:
    """Parts of the statement that tell no more than the public table does."""
    table = documents.TABLES + Audience.PUBLIC
    if shown["hidden_because"] is not None:
        return {table}
    return {
        table,
        documents.COUNTS,
        documents.NUMBERS,
        *(documents.OPTIONS + key for key in shown["options"]),
    }


def _unit_codes(session: Session, survey_id: str) -> dict[int, str]:
    survey = surveys.survey(session, survey_id)
    return counting.unit_codes(survey, frames.frame(session, survey_id))


def _answers(
    session: Session,
    model: type[SealedResponse | AnnulledResponse],
    survey_id: str,
    unit_codes: dict[int, str],
    *,
    with_content: bool,
) -> list[dict[str, Any]]:
    """Every answer by its submission id, which is random; after retention its leaf alone."""
    return [
        {
            "id": answer.id,
            "unit": unit_codes.get(answer.unit_id, ""),
            "channel": answer.channel,
            "version": answer.version,
            "answers": dict(answer.answers) if with_content else None,
            "leaf": answer.leaf,
        }
        for answer in counting.raw_answers(session, model, survey_id)
    ]


def _tallies(session: Session, survey_id: str, unit_codes: dict[int, str]) -> list[dict[str, Any]]:
    rows = session.scalars(
        select(TallyRow).where(TallyRow.survey_id == survey_id).order_by(TallyRow.unit_id, TallyRow.channel)
    )
    return [
        {"unit": unit_codes.get(row.unit_id, ""), "channel": row.channel, "tally": row.tally} for row in rows
    ]


def _acts(session: Session, survey_id: str) -> list[dict[str, Any]]:
    """What was done to the survey, oldest first, with what each digest is over; people by their number alone."""
    rows = session.scalars(
        select(AuditEvent).where(AuditEvent.subject == f"survey:{survey_id}").order_by(AuditEvent.id)
    )
    return [
        {
            "id": row.id,
            "at": row.at.isoformat(),
            "actor": row.actor,
            "act": row.act,
            "subject": row.subject,
            "details": row.details,
            "previous": row.previous,
            "digest": row.digest,
        }
        for row in rows
    ]
