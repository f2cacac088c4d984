"""The two sets of a sealed survey that others check without us: one for everybody, one for auditors.

A set is plain JSON. The public one shows of the signed statement only the parts that disclosure lets everybody
see; the rest stands there as salted hashes. The auditor's opens everything and holds the answers as stored.
`verifier/` reads both and imports nothing from here, so a change of shape is a change of format.
"""

from collections import Counter
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.audit import AuditEvent
from survey_app.authoring import loading
from survey_app.collecting.models import AnnulledResponse, SpentCode
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.models import SlipRow
from survey_app.questions import document as forms
from survey_app.results import counting, disclosed, documents, queries, retention
from survey_app.results.disclosed import DisclosedResult
from survey_app.results.models import Seal, SealedResponse, TallyRow
from survey_app.scoring import quartiles
from survey_app.scoring.disclosure import Band, DisclosedVillage
from survey_app.scoring.rates import Rate
from survey_app.scoring.tallies import ItemTally

PUBLIC_FORMAT = "survey-set/1"
#: With number and digest of every act. Sets of the first format, handed out before, stay as they are.
AUDITOR_FORMAT = "survey-set/2"

#: What each set lets a reader check, in the words of `verifier/`.
PUBLIC_CHECKS = (
    *("content", "instrument", "order", "list", "digest", "signature"),
    *("key", "paper", "frame", "tables", "receipt", "previous"),
)
AUDITOR_CHECKS = (*PUBLIC_CHECKS, "answers", "recount", "tallies", "totals", "codes", "acts", "chain")


def public_set(session: Session, survey_id: str, key: Ed25519PublicKey) -> dict[str, Any]:
    """What everybody may have. Raises SurveyNotFound and NotSealed."""
    seal = _seal(session, survey_id)
    result = disclosed.to_check(session, survey_id)
    return _set("public", session, result, seal, _opened_to_all(result), key)


def auditor_set(session: Session, survey_id: str, key: Ed25519PublicKey) -> dict[str, Any]:
    """Everything that was counted, for those who may see exact figures. Raises SurveyNotFound and NotSealed."""
    seal = _seal(session, survey_id)
    result = disclosed.to_check(session, survey_id)
    options = [documents.OPTIONS + question for question in documents.options(seal.document)]
    opened = {documents.COUNTS, documents.SLIPS, documents.CHANNELS, documents.NUMBERS, *options}
    codes = _unit_codes(session, survey_id)
    removed_on = retention.removed_on(session, survey_id)
    return {
        **_set("auditor", session, result, seal, opened, key),
        "raw_answers_removed_on": removed_on.isoformat() if removed_on else None,
        "answers": _answers(session, SealedResponse, survey_id, codes, with_content=removed_on is None),
        "annulled_answers": _answers(
            session, AnnulledResponse, survey_id, codes, with_content=removed_on is None
        ),
        "tallies": _tallies(session, survey_id, codes),
        "salt": seal.salt,
        "codes": _codes(session, survey_id, codes),
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
    key: Ed25519PublicKey,
) -> dict[str, Any]:
    """What both sets hold."""
    survey = result.survey
    return {
        "format": PUBLIC_FORMAT if kind == "public" else AUDITOR_FORMAT,
        "kind": kind,
        "checks": list(PUBLIC_CHECKS if kind == "public" else AUDITOR_CHECKS),
        "survey": survey.id,
        "unit": {"code": survey.unit.code, "name": survey.unit.full_name},
        "purpose": survey.purpose.value,
        "rehearsal": survey.rehearsal,
        "state": survey.state.value,
        "sealed_at": seal.document["sealed_at"],
        "instrument": forms.dump(loading.loaded(session, survey.instrument_id)),
        "names": dict(result.names),
        "seal": {
            "statement": documents.statement(seal.document, seal.salt, opened),
            "digest": seal.digest,
            "signature": seal.signature,
            "public_key": key.public_bytes_raw().hex(),
        },
        "disclosed": _disclosed(result),
        "leaves": list(counting.sealed_leaves(session, survey.id)),
        # How many answers of which village, when and why stands in the signed statement.
        "annulled_leaves": list(counting.annulled_leaves(session, survey.id)),
    }


def _opened_to_all(result: DisclosedResult) -> set[str]:
    """Parts of the statement that tell no more than the public tables do."""
    if result.commune.hidden_because is not None:
        return set()
    return {documents.COUNTS, documents.NUMBERS, *(documents.OPTIONS + key for key in result.commune.options)}


def _disclosed(result: DisclosedResult) -> dict[str, Any]:
    """The public tables as plain data, never more than the public page shows."""
    told = result.commune
    shown = told.hidden_because is None
    phone, paper = result.doors
    return {
        "households": told.households,
        "answered": told.answered,
        "coverage": _rate(told.coverage),
        "valid": told.valid,
        "invalid": told.invalid,
        "pooled": _rate(told.pooled),
        "closing": _rate(told.closing),
        "range": {"low": _rate(told.range.low), "high": _rate(told.range.high)} if told.range else None,
        "items": [_item(item) for item in told.items],
        "closing_item": _item(told.closing_item) if told.closing_item else None,
        "doors": {"phone": phone, "paper": paper} if shown else None,
        "options": {key: dict(counts) for key, counts in told.options.items()},
        "numbers": quartiles.dump(told.numbers),
        "villages": [_village(village) for village in told.villages],
        "hidden_because": told.hidden_because,
    }


def _village(told: DisclosedVillage) -> dict[str, Any]:
    return {
        "unit": told.unit,
        "households": told.households,
        "answered": told.answered,
        "coverage": _rate(told.coverage),
        "band": _band(told.band) if told.band else None,
        "hidden_because": told.hidden_because,
    }


def _band(told: Band) -> dict[str, Any]:
    return {"kind": told.kind, "low": told.low, "high": told.high}


def _item(item: ItemTally) -> dict[str, Any]:
    return {
        "key": item.key,
        "satisfied": item.satisfied,
        "dissatisfied": item.dissatisfied,
        "blank": item.blank,
    }


def _rate(rate: Rate | None) -> dict[str, int] | None:
    return {"n": rate.n, "of": rate.of} if rate else None


def _unit_codes(session: Session, survey_id: str) -> dict[int, str]:
    survey = surveys.survey(session, survey_id)
    return counting.unit_codes(survey, surveys.frame(session, survey_id))


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


def _codes(session: Session, survey_id: str, unit_codes: dict[int, str]) -> dict[str, Any]:
    """How many codes were made for each village and how many were used in all. No code is here."""
    spent = select(func.count()).select_from(SpentCode).where(SpentCode.survey_id == survey_id)
    slips = select(SlipRow.unit_id).where(SlipRow.survey_id == survey_id)
    made = Counter(unit_codes.get(unit_id, "") for unit_id in session.scalars(slips))
    return {
        "spent": session.scalars(spent).one(),
        "slips": dict(sorted(made.items())),
        "batches": [
            {
                "unit": unit_codes.get(batch.unit_id, ""),
                "slips": batch.slips,
                "made_at": batch.made_at.isoformat(),
                "voided_at": batch.voided_at.isoformat() if batch.voided_at else None,
            }
            for batch in surveys.batches(session, survey_id)
        ],
    }


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
