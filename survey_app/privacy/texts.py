"""Open-ended answers, read and moderated after sealing; those of a feedback survey also while it runs.

A running feedback survey shows the texts that its newest figure counted, so that ten answers or more become readable
together and nobody sees when one came.

Everything that leaves here went through `scoring.texts`. A text is named by a handle, the digest that its answer's leaf
holds too; which answer that is, and of which village, stays inside.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import audit
from survey_app.collecting.models import Response, SealedResponse
from survey_app.errors import DomainError
from survey_app.fieldwork import operations
from survey_app.fieldwork.models import Purpose, State
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import gettext as _
from survey_app.privacy.models import TextReview
from survey_app.questions.instrument import Question
from survey_app.scoring import texts
from survey_app.scoring.disclosure import Audience, Withheld
from survey_app.scoring.texts import DisclosedText, DisclosedTexts, FreeText, TagCount
from survey_app.sealing import counting, queries
from survey_app.sealing import texts as sealed_texts
from survey_app.sealing.models import Seal

MODERATE = "results.moderate"

#: Letters of a handle in the audit log: enough to find the text again.
_NOTED_LETTERS = 16


class NoSuchQuestion(DomainError):
    """The form asks no such question in words."""

    code = "khong-co-cau-hoi-viet"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(_("This form has no such question to be answered in words."))


class TextGone(DomainError):
    """No text of that handle, or it was taken out already."""

    code = "khong-co-y-kien"
    status = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__(_("This text is not there any more. Go back to the list of texts."))


class DecidedMeanwhile(DomainError):
    """Somebody else decided on one of these texts, or tagged it, after the page was opened."""

    code = "da-quyet-dinh-truoc"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Somebody else decided on one of these texts, or tagged it, after you opened this page. Nothing is "
                "saved yet: compare, then save again."
            )
        )


@dataclass(frozen=True, slots=True)
class TextQuestion:
    """One question in words and what its readers may see of the answers."""

    question: Question
    shown: DisclosedTexts


@dataclass(frozen=True, slots=True)
class _Stored:
    """A text with the answer it is in, which never leaves this module but for redaction."""

    submission: str
    text: FreeText


def disclosed(session: Session, survey: SurveyView, audience: Audience) -> tuple[TextQuestion, ...]:
    """The texts of every question in words, as this audience may read them. Raises NotSealed, NoFiguresYet."""
    found = _stored(session, survey)
    if survey.state is State.ANNULLED and audience is not Audience.EXACT:
        return tuple(
            TextQuestion(question, DisclosedTexts((), Withheld.TOO_FEW))
            for question in sealed_texts.questions_of(survey)
        )
    return tuple(
        TextQuestion(
            question, texts.disclose_texts((stored.text for stored in found[question.key]), audience=audience)
        )
        for question in sealed_texts.questions_of(survey)
    )


def text_of(session: Session, survey: SurveyView, question: str, handle: str) -> tuple[str, DisclosedText]:
    """The answer that holds this text, for redaction alone, and the text for those who may read every one.

    Raises NotSealed, also of a feedback survey that runs, NoSuchQuestion, and TextGone also where it was taken out.
    """
    if session.get(Seal, survey.id) is None:
        raise queries.NotSealed(survey)
    found = _stored(session, survey)
    if question not in found:
        raise NoSuchQuestion
    for stored in found[question]:
        if stored.text.handle == handle and stored.text.text is not None:
            return stored.submission, texts.disclose_texts([stored.text], audience=Audience.EXACT).texts[0]
    raise TextGone


def moderate(
    session: Session,
    survey: SurveyView,
    question: str,
    decisions: Mapping[str, str],
    *,
    seen: Mapping[str, str] | None = None,
    tags: Mapping[str, str] | None = None,
    seen_tags: Mapping[str, str] | None = None,
    actor: str,
    now: datetime,
) -> int:
    """Release or withhold texts of one question: DECISIONS by handle; how many were decided on.

    `seen` are the decisions on record when these were made, "" for none. Texts that are gone by now are passed over.
    `tags` say what decided texts are about, `seen_tags` what was there then; a tag that is not given stays.
    The note names handles, never words. Raises NoSuchQuestion, and DecidedMeanwhile where another decision or another
    tag is there now.
    """
    operations.hold(session, survey.id)
    found = _stored(session, survey)
    if question not in found:
        raise NoSuchQuestion
    there = {
        stored.text.handle: (stored.text.decision or "", stored.text.tag)
        for stored in found[question]
        if stored.text.text is not None
    }
    decided = {
        handle: decision
        for handle, decision in sorted(decisions.items())
        if handle in there and decision in texts.DECISIONS
    }
    chosen = {handle: tag for handle, tag in (tags or {}).items() if handle in there}
    if seen is not None and any(
        there[handle][0] not in {seen.get(handle, ""), decision} for handle, decision in decided.items()
    ):
        raise DecidedMeanwhile
    if seen_tags is not None and any(
        there[handle][1] not in {seen_tags.get(handle, ""), tag} for handle, tag in chosen.items()
    ):
        raise DecidedMeanwhile
    for handle, decision in decided.items():
        session.merge(TextReview(survey_id=survey.id, question=question, handle=handle, decision=decision))
    tagged = _tag(session, survey.id, question, chosen)
    if decided or tagged:
        subject = f"survey:{survey.id}"
        noted = {handle[:_NOTED_LETTERS]: decision for handle, decision in decided.items()}
        also = {"tags": {handle[:_NOTED_LETTERS]: tag for handle, tag in tagged.items()}} if tagged else {}
        audit.record(session, actor, MODERATE, subject, at=now, question=question, decisions=noted, **also)
    return len(decided.keys() | tagged.keys())


def _tag(session: Session, survey_id: str, question: str, tags: Mapping[str, str]) -> Mapping[str, str]:
    """Put tags on texts that were decided on; those that changed."""
    changed = {}
    for handle, tag in sorted(tags.items()):
        row = session.get(TextReview, (survey_id, question, handle))
        if row is not None and row.tag != tag:
            row.tag = changed[handle] = tag
    return changed


def tag_counts(session: Session, survey_id: str) -> tuple[TagCount, ...]:
    """How many released texts of all questions are about what, as papers may say it."""
    return texts.tell_tags(
        session.scalars(
            select(TextReview.tag)
            .where(
                TextReview.survey_id == survey_id, TextReview.decision == texts.RELEASED, TextReview.tag != ""
            )
            .order_by(TextReview.question, TextReview.handle)
        )
    )


def removed_on(session: Session, survey: SurveyView) -> date | None:
    """The day on which retention removed the answers, and with them every text."""
    return queries.removed_on(session, survey.id)


def _stored(session: Session, survey: SurveyView) -> dict[str, list[_Stored]]:
    """Every text of the survey by question, with the decisions on it. Raises NotSealed, NoFiguresYet."""
    sealed = session.get(Seal, survey.id) is not None
    counted = None if sealed else _counted(session, survey)
    answers = counting.raw_answers(session, SealedResponse if sealed else Response, survey.id)
    answered = Counter(answer.unit_id for answer in answers)
    decided = {
        (row.question, row.handle): (row.decision, row.tag)
        for row in session.scalars(
            select(TextReview)
            .where(TextReview.survey_id == survey.id)
            .order_by(TextReview.question, TextReview.handle)
        )
    }
    found: dict[str, list[_Stored]] = {question.key: [] for question in sealed_texts.questions_of(survey)}
    for answer in answers:
        for key, handle, text in sealed_texts.texts_in(answer.answers, found):
            if counted is None or handle in counted.get(key, ()):
                decision, tag = decided.get((key, handle), (None, ""))
                free = FreeText(handle, text, answered[answer.unit_id], decision, tag)
                found[key].append(_Stored(answer.id, free))
    return found


def _counted(session: Session, survey: SurveyView) -> Mapping[str, Collection[str]]:
    """The texts that the newest figure of a running feedback survey counted. Raises NotSealed, NoFiguresYet."""
    if survey.purpose is Purpose.DECISION:
        raise queries.NotSealed(survey)
    newest = queries.newest_figure(session, survey.id)
    if newest is None:
        raise queries.NoFiguresYet
    counted = cast(Mapping[str, list[str]], newest.tally.get("texts", {}))
    return {key: frozenset(those) for key, those in counted.items()}
