"""G19: whatever was answered, in whatever order, what was sealed is what a plain recount and the verifier find.

ABUSE=full makes 1,000 histories instead of 12.
"""

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from survey_app import db, keys
from survey_app.fieldwork.codes import survey_number
from survey_app.fieldwork.models import Channel
from survey_app.results import sets
from survey_app.sealing import queries, verification
from tests import verifying

pytestmark = pytest.mark.both_engines

HISTORIES = 1000 if os.environ.get("ABUSE") == "full" else 12
_CHOICE = st.sampled_from(["satisfied", "dissatisfied", None])
_ANSWERS = st.fixed_dictionaries({"roads": _CHOICE, "water": _CHOICE, "overall": _CHOICE})
_DOORS = st.sampled_from([Channel.SELF_ONLINE, Channel.PAPER_ENTRY])
_HISTORY = st.lists(st.tuples(st.sampled_from(["Một", "Hai"]), _DOORS, _ANSWERS), max_size=40)


def test_g19_the_sealed_result_equals_a_plain_recount_and_the_verifier_accepts_it(surveys, tmp_path):
    numbers = iter(range(1, 10_000))

    @given(history=_HISTORY)
    @settings(
        max_examples=HISTORIES, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def recount(history):
        number = survey_number(next(numbers))
        surveys.make(number, households={"Một": 40, "Hai": 40})
        for village, channel, answers in history:
            surveys.answer(number, village, answers, channel=channel)
        surveys.seal(number)

        card = queries.scorecard(db.session(), number).commune
        assert {item.key: (item.satisfied, item.dissatisfied) for item in card.tally.items} == {
            key: (counted(history, key, "satisfied"), counted(history, key, "dissatisfied"))
            for key in ("roads", "water")
        }
        assert (card.tally.answered, card.channels) == (
            len(history),
            dict(Counter(channel for _village, channel, _answers in history)),
        )
        assert verification.verify(db.session(), number, keys.store()).equal
        assert the_verifier_accepts(number, tmp_path)

    recount()


def counted(history, key, choice):
    return sum(answers[key] == choice for _village, _channel, answers in history)


def the_verifier_accepts(number, folder):
    """Whether the command that shares no code with the product finds nothing wrong with the auditors' set."""
    key = keys.store().signing_key().public_key()
    found = sets.auditor_set(db.session(), number, (key,))
    return verifying.verify(found, folder, "--key", key.public_bytes_raw().hex()).status == 0
