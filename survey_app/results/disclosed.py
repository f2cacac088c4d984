"""A result as one audience may see it: what screens, exports, papers and the public page read.

`scoring.disclosure` alone decides what is hidden from whom; this module knows only which audience a person belongs to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from survey_app.approvals import passed_over
from survey_app.approvals import requests as approvals
from survey_app.approvals.passed_over import PassedOver
from survey_app.fieldwork import acts
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.queries import SurveyView
from survey_app.fieldwork.rounds import AnnulmentView
from survey_app.questions.instrument import Question, Text
from survey_app.results import retiming, speaking
from survey_app.results.retiming import Retiming
from survey_app.scoring import disclosure, rates
from survey_app.scoring.disclosure import Audience, DisclosedCommune
from survey_app.scoring.quartiles import Quartiles
from survey_app.scoring.rates import Rate
from survey_app.scoring.tallies import ItemTally
from survey_app.sealing import queries, tables

#: Letters of the digest that papers and pages print.
PRINTED_DIGEST = 20


@dataclass(frozen=True, slots=True)
class DisclosedItem:
    """One item of a disclosed result in the words of the form."""

    text: Text
    tally: ItemTally
    rate: Rate | None
    #: Dissatisfied households of the same slips: every count of them has its per cent beside it.
    dissatisfied: Rate | None


@dataclass(frozen=True, slots=True)
class DisclosedAnswers:
    """The answers to a question beside the items, counted or as quartiles; neither where they may not be said."""

    question: Question
    counts: Mapping[str, int] | None = None
    quartiles: Quartiles | None = None


@dataclass(frozen=True, slots=True)
class DisclosedResult:
    """A result as one audience may see it, with what pages and papers print beside it."""

    survey: SurveyView
    audience: Audience
    commune: DisclosedCommune
    frame: tuple[FrameLine, ...]
    #: As in `queries.ScorecardView`.
    digest: str | None
    sealed_at: datetime | None
    sealed_by: str | None
    counted_on: date | None
    annulments: tuple[AnnulmentView, ...]
    #: What two bodies changed of the announced days.
    retimed: tuple[Retiming, ...]
    #: What was agreed on without the commune.
    passed_over: tuple[PassedOver, ...]
    #: The survey that speaks for the unit and year in place of this one; None where this one does.
    spoken_by: str | None
    #: As in `queries.ScorecardView`.
    signs_names: bool

    @property
    def keeps_figure(self) -> bool:
        """Whether this shows, though sealed, a figure of an earlier day, because too few answers came after it."""
        return self.digest is not None and self.counted_on is not None

    @property
    def printed_digest(self) -> str | None:
        """The first letters of the digest, as papers and pages print them."""
        return self.digest[:PRINTED_DIGEST] if self.digest else None

    @property
    def item_lines(self) -> tuple[DisclosedItem, ...]:
        """The scored items in the order of the form; empty when the commune has no table."""
        return tuple(self._line(item) for item in self.commune.items)

    @property
    def lowest(self) -> tuple[DisclosedItem, ...]:
        """The three scored items with the fewest satisfied households, the lowest first."""
        rated = [line for line in self.item_lines if line.rate is not None]
        return tuple(sorted(rated, key=lambda line: line.tally.satisfied)[:3])

    @property
    def closing_line(self) -> DisclosedItem | None:
        """The closing item, which is apart from the score."""
        return self._line(self.commune.closing_item) if self.commune.closing_item else None

    @property
    def other_lines(self) -> tuple[DisclosedAnswers, ...]:
        """Every question beside the items in the order of the form; none where the commune has no table."""
        if self.commune.hidden_because is not None:
            return ()
        commune = self.commune
        return tuple(
            DisclosedAnswers(question, commune.options.get(question.key), commune.numbers.get(question.key))
            for question in self.survey.instrument.others
        )

    @property
    def names(self) -> Mapping[str, str]:
        """Names of the villages by unit code."""
        return {line.unit.code: line.unit.full_name for line in self.frame}

    @property
    def corrected(self) -> tuple[FrameLine, ...]:
        """Villages whose households were corrected after publishing."""
        return tuple(line for line in self.frame if line.corrections)

    @property
    def doors(self) -> tuple[int, int]:
        """Answers by phone and on paper: the two doors that officers know."""
        return tables.doors(self.commune.channels)

    def _line(self, item: ItemTally) -> DisclosedItem:
        question = self.survey.instrument.question(item.key)
        text = question.text if question else {"vi": item.key}
        valid = self.commune.valid or 0
        return DisclosedItem(text, item, rates.item_rate(item, valid), rates.dissatisfied_rate(item, valid))


def result(session: Session, survey_id: str, audience: Audience) -> DisclosedResult:
    """The result as `audience` may see it. Raises what `queries.scorecard` raises.

    Where fewer than ten answers came to a feedback survey between its last figure and its seal, those who do not see
    exact counts keep that figure: the difference would tell what the last ones said.
    """
    exact = queries.scorecard(session, survey_id)
    disclosed = DisclosedResult(
        survey=exact.survey,
        audience=audience,
        commune=disclosure.disclose(exact.commune, exact.villages, audience=audience),
        frame=exact.frame,
        digest=exact.digest,
        sealed_at=exact.sealed_at,
        sealed_by=exact.sealed_by,
        counted_on=exact.counted_on,
        annulments=exact.annulments,
        retimed=retiming.changes(session, survey_id),
        passed_over=agreed_without_commune(session, survey_id),
        spoken_by=speaking.instead_of(session, exact.survey),
        signs_names=exact.signs_names,
    )
    kept = None if audience is Audience.EXACT else queries.kept_figure(session, exact)
    if kept is None:
        return disclosed
    commune = disclosure.disclose(queries.figure_card(exact.survey, kept), (), audience=audience)
    return replace(disclosed, commune=commune, counted_on=kept.day)


def agreed_without_commune(session: Session, survey_id: str) -> tuple[PassedOver, ...]:
    """What the commune's Front and the province's agreed on without the commune, with its word; for everybody."""
    return passed_over.of(approvals.approvals_of(session, acts.subject(survey_id)))


def to_check(session: Session, survey_id: str) -> DisclosedResult:
    """The public result as it is beside the signed statement: where an earlier figure is kept, without tables.

    Raises what `queries.scorecard` raises.
    """
    disclosed = result(session, survey_id, Audience.PUBLIC)
    if not disclosed.keeps_figure:
        return disclosed
    return replace(disclosed, commune=disclosure.withhold(queries.scorecard(session, survey_id).commune))
