"""Anybody's check of a seal: count the sealed answers again and compare every integer, leaf and signature.

Shares the way of counting with sealing, and nothing else: what is compared is what the database holds now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.authoring.models import InstrumentRecord
from survey_app.collecting.models import AnnulledResponse, SealedResponse
from survey_app.fieldwork import frames, rounds
from survey_app.fieldwork import queries as surveys
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.rounds import AnnulmentView
from survey_app.i18n import gettext as _
from survey_app.keys import KeyStore
from survey_app.questions import document as forms
from survey_app.rulebooks import pins
from survey_app.scoring import tallies
from survey_app.sealing import counting, documents, queries
from survey_app.sealing.counting import Count
from survey_app.sealing.models import Seal, TallyRow


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether what is stored is what was sealed, and the first place where it is not."""

    equal: bool
    first_difference: str | None
    #: After retention nothing is left to recount: the kept tallies and leaves are checked against the digests.
    raw_answers_removed_on: date | None = None


def verify(session: Session, survey_id: str, keys: KeyStore) -> Verification:
    """Recount and compare, in the order answers, tallies, document, wording, rule book, digest, signature.

    Raises SurveyNotFound and NotSealed.
    """
    survey = surveys.survey(session, survey_id)
    seal = session.get(Seal, survey_id)
    if seal is None:
        raise queries.NotSealed(survey)
    frame = frames.frame(session, survey_id)
    codes = counting.unit_codes(survey, frame)
    removed_on = queries.removed_on(session, survey_id)
    count = _recount(session, survey, codes)
    there = bool(count.leaves or count.annulled_leaves)
    if removed_on:
        count = counting.kept(session, survey_id)
    annulled = rounds.annulments(session, survey_id)
    difference = (
        (_("answers that were noted as removed") if removed_on and there else None)
        or _broken_answer(count)
        or (None if removed_on else next(iter(counting.other_annulled(count, codes, annulled)), None))
        or _other_tally(session, survey_id, codes, count)
        or _other_document(session, survey, frame, count, annulled, seal)
        or _other_wording(session, survey, seal)
        or _other_rulebook(session, survey)
        or _broken_seal(seal, keys)
    )
    return Verification(difference is None, difference, removed_on)


def _recount(session: Session, survey: SurveyView, codes: dict[int, str]) -> Count:
    """The count of the answers that are there now."""
    return counting.count(
        survey,
        codes,
        counting.raw_answers(session, SealedResponse, survey.id),
        counting.raw_answers(session, AnnulledResponse, survey.id),
    )


def _broken_answer(count: Count) -> str | None:
    if not count.broken:
        return None
    return _("sealed answer %(id)s does not fit its own leaf", id=count.broken[0])


def _other_tally(session: Session, survey_id: str, codes: dict[int, str], count: Count) -> str | None:
    rows = session.scalars(select(TallyRow).where(TallyRow.survey_id == survey_id))
    kept = {(row.unit_id, row.channel): row.tally for row in rows}
    recounted = {group: tallies.dump(tally) for group, tally in count.tallies.items()}
    for unit_id, channel in sorted(kept.keys() | recounted.keys()):
        where = documents.first_difference(
            kept.get((unit_id, channel), {}), recounted.get((unit_id, channel), {}), "tally"
        )
        if where:
            unit = codes.get(unit_id, str(unit_id))
            return _("tally of %(unit)s, %(channel)s: %(where)s", unit=unit, channel=channel, where=where)
    return None


def _other_document(
    session: Session,
    survey: SurveyView,
    frame: tuple[FrameLine, ...],
    count: Count,
    annulled: tuple[AnnulmentView, ...],
    seal: Seal,
) -> str | None:
    material = documents.material(session, survey, frame, count, annulled)
    rebuilt = documents.build(material, salt=seal.salt, sealed_at=seal.sealed_at)
    where = documents.first_difference(seal.document, documents.in_form_of(seal.document, rebuilt))
    return _("sealed document: %(where)s", where=where) if where else None


def _other_wording(session: Session, survey: SurveyView, seal: Seal) -> str | None:
    """Whether the form on record is the one asked: what pages print is read from there, and not from its digest."""
    stored = select(InstrumentRecord.document).where(InstrumentRecord.id == survey.instrument_id)
    signed = cast(Mapping[str, Any], seal.document)["instrument"]["digest"]
    if forms.digest(forms.load(session.scalars(stored).one())) != signed:
        return _("wording of the form")
    return None


def _other_rulebook(session: Session, survey: SurveyView) -> str | None:
    try:
        if survey.rulebook is not None:
            pins.pinned(session, survey.rulebook)
    except pins.PinnedBookMissing as missing:
        return missing.message
    return None


def _broken_seal(seal: Seal, keys: KeyStore) -> str | None:
    if documents.digest(seal.document, seal.salt) != seal.digest:
        return _("digest of the sealed document")
    if not any(documents.is_signed(key, seal.digest, seal.signature) for key in keys.public_keys()):
        return _("signature over the digest")
    return None
