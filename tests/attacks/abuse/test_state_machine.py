"""The life of a survey in any order of acts: answers, retries, voiding, asking a village again, closing, sealing,
signing and annulling.

A short run belongs to the suite; the environment variable ABUSE=full makes it 1,000 lives of 50 steps.
"""

import os
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from survey_app import audit, db
from survey_app.access import Identity, Role
from survey_app.accounts import operations as accounts
from survey_app.approvals import deciding
from survey_app.collecting.models import AnnulledResponse, Response, SealedResponse, SpentCode
from survey_app.errors import DomainError
from survey_app.fieldwork import batches, calendar, frames, operations, queries
from survey_app.fieldwork import counting as fieldwork_counting
from survey_app.fieldwork.calendar import Keying
from survey_app.fieldwork.models import State, Survey
from survey_app.keys import store
from survey_app.results import signing
from survey_app.sealing import annulling, counting
from survey_app.sealing import operations as results
from survey_app.sealing import queries as result_queries
from survey_app.units import queries as units

pytestmark = pytest.mark.both_engines(long="sqlite")

API = "/api/v1/submissions"
FULL = os.environ.get("ABUSE") == "full"
LIVES, STEPS = (1000, 50) if FULL else (8, 20)
CHOICES = st.sampled_from(["satisfied", "dissatisfied", None])


def test_i1_to_i6_hold_in_every_order_of_acts(app, client, make_commune, make_survey, hand_out):
    numbers = iter(range(1, 10_000))

    class Life(RuleBasedStateMachine):
        """One survey of a commune of its own. `acknowledged` is what its phones were promised."""

        sent = Bundle("sent")

        def __init__(self):
            super().__init__()
            name = f"{next(numbers):05d}"
            self.commune = make_commune(name, f"Mẫu {name}", Phung=12, Bang=12)
            opens = calendar.opening(units.civil(datetime.now(UTC)) - timedelta(days=2))
            self.survey = make_survey(self.commune, State.PUBLISHED, opens_at=opens)
            self.codes = list(hand_out(self.survey, self.commune.villages["Phung"], 6))
            self.codes += hand_out(self.survey, self.commune.villages["Bang"], 6)
            self.acknowledged, self.spent, self.sealed = {}, set(), None
            #: Which village each acknowledged answer is of, and the answers that were set aside with theirs.
            self.village_of, self.set_aside = {}, set()
            self.villages = dict.fromkeys(self.codes[:6], "Phung") | dict.fromkeys(self.codes[6:], "Bang")
            self.people = [person(role, self.commune) for role in (Role.COMMUNE, Role.FRONT_COMMUNE)]

        @property
        def state(self):
            db.session().rollback()
            return queries.survey(db.session(), self.survey.id).state

        @rule(target=sent, number=st.integers(0, 11), item=CHOICES, other=CHOICES)
        def answer(self, number, item, other):
            body = {"submission_id": str(uuid.uuid4()), "channel": "self_online", "code": self.codes[number],
                    "answers": {"planning": item, "transport": other}}  # fmt: skip
            self.post(body)
            return body

        @rule(body=sent)
        def send_again(self, body):
            self.post(body)

        @rule(body=sent, item=CHOICES)
        def send_other_content(self, body, item):
            self.post(body | {"answers": {"planning": item}})

        @rule(body=sent, number=st.integers(0, 11))
        def send_with_another_code(self, body, number):
            self.post(body | {"code": self.codes[number]})

        @rule()
        def the_clock(self):
            self.attempt(lambda current, now: operations.open_due(current, now))

        @rule(second=st.booleans())
        def void(self, second):
            def act(current, now):
                found = queries.batches(current, self.survey.id)[int(second)]
                batches.void_batch(current, self.survey.id, found.id, reason="Mất", actor="operator", now=now)

            self.attempt(act)

        @precondition(lambda self: self.state is State.OPEN)
        @rule()
        def close(self):
            self.attempt(lambda current, now: operations.end_phones(
                current, current.get_one(Survey, self.survey.id), now=now, keying=Keying(5), actor="operator"))  # fmt: skip

        @precondition(lambda self: self.state is State.COUNTING)
        @rule()
        def open_again(self):
            self.attempt(lambda current, now: fieldwork_counting.reopen(
                current, self.survey.id, now + timedelta(days=1), reason="Mất sóng", actor="operator", now=now))  # fmt: skip

        @rule()
        def seal(self):
            self.attempt(lambda current, now: results.close_and_seal(
                current, self.survey.id, actor="operator", now=now, keys=store()))  # fmt: skip

        @rule(first=st.booleans())
        def sign(self, first):
            def act(current, now):
                asking, agreeing = self.people if first else reversed(self.people)
                request = signing.ask(current, queries.survey(current, self.survey.id), by=asking, now=now)
                deciding.decide(current, request, approved=True, reason="", by=agreeing, now=now)

            self.attempt(act)

        @rule(sure=st.integers(0, 5))
        def annul(self, sure):
            if sure == 0:
                self.attempt(lambda current, now: operations.annul(
                    current, self.survey.id, reason="Sai", actor="operator", now=now))  # fmt: skip

        @rule(name=st.sampled_from(["Phung", "Bang"]), first=st.booleans())
        def ask_a_village_again(self, name, first):
            def act(current, now):
                asking, agreeing = self.people if first else reversed(self.people)
                survey = queries.survey(current, self.survey.id)
                line = frames.frame_line(current, survey.id, self.commune.villages[name].code)
                request = annulling.request(current, survey, line, reason="Sai", by=asking, now=now)
                deciding.decide(current, request, approved=True, reason="", by=agreeing, now=now)

            if self.attempt(act):
                self.set_aside |= {key for key, village in self.village_of.items() if village == name}
                start = 0 if name == "Phung" else 6
                self.codes[start : start + 6] = hand_out(self.survey, self.commune.villages[name], 6)
                self.villages |= dict.fromkeys(self.codes[start : start + 6], name)

        @precondition(lambda self: self.sealed is not None)
        @rule()
        def tamper(self):
            rows = (
                update(SealedResponse).where(SealedResponse.survey_id == self.survey.id).values(leaf="0" * 64)
            )
            if not self.acknowledged:
                return
            try:
                db.session().rollback()
                db.session().execute(rows)
                db.session().commit()
            except DBAPIError:
                db.session().rollback()
            else:
                raise AssertionError("a sealed row was changed")

        def attempt(self, act):
            try:
                with db.transaction() as current:
                    act(current, datetime.now(UTC))
            except DomainError:
                return False
            return True

        def post(self, body):
            reply = client.post(API, json=body)
            assert reply.status_code in {200, 201, 403, 409, 410}
            if reply.status_code == 201:
                self.spent.add(body["code"])
                self.acknowledged[body["submission_id"]] = reply.json
                self.village_of[body["submission_id"]] = self.villages[body["code"]]
            elif reply.status_code == 200:
                is_set_aside = body["submission_id"] in self.set_aside
                said = {"counted": not is_set_aside, "annulled": is_set_aside}
                assert self.acknowledged[body["submission_id"]] | said == reply.json

        @invariant()
        def i1_what_was_acknowledged_is_stored(self):
            assert {row.id: row.leaf for row in self.rows()} == {
                key: receipt["leaf"] for key, receipt in self.acknowledged.items()
            }

        @invariant()
        def i2_and_i4_one_code_is_one_answer(self):
            spent = db.session().scalar(
                select(func.count()).select_from(SpentCode).where(SpentCode.survey_id == self.survey.id)
            )
            assert spent == len(self.rows()) == len(self.spent)

        @invariant()
        def i3_i5_and_i6_what_was_sealed_is_what_was_acknowledged_and_never_changes(self):
            if self.state not in {State.SEALED, State.SIGNED}:
                return
            card = result_queries.scorecard(db.session(), self.survey.id)
            leaves = counting.sealed_leaves(db.session(), self.survey.id)
            set_aside = counting.annulled_leaves(db.session(), self.survey.id)
            promised = {key: receipt["leaf"] for key, receipt in self.acknowledged.items()}
            assert sorted(set_aside) == sorted(promised[key] for key in self.set_aside)
            assert sorted((*leaves, *set_aside)) == sorted(promised.values())
            held = (card.digest, leaves, sorted((row.id, str(row.answers)) for row in self.rows()))
            assert self.sealed is None or self.sealed == held
            self.sealed = held
            assert counting.kept(db.session(), self.survey.id) == counting.count(
                card.survey, counting.unit_codes(card.survey, frames.frame(db.session(), self.survey.id)),
                counting.raw_answers(db.session(), SealedResponse, self.survey.id),
                counting.raw_answers(db.session(), AnnulledResponse, self.survey.id),
            )  # fmt: skip

        def rows(self):
            db.session().rollback()
            return [
                row
                for table in (Response, SealedResponse, AnnulledResponse)
                for row in db.session().scalars(
                    select(table).where(table.survey_id == self.survey.id).order_by(table.id)
                )
            ]

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=LIVES, stateful_step_count=STEPS, deadline=None, derandomize=not FULL, database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip


def person(role, commune):
    with db.transaction() as current:
        made = accounts.create_account(
            current, email=f"{role}.{commune.unit.code}", name="Bà", role=role, unit_id=commune.unit.id,
            actor=audit.OPERATOR, now=datetime.now(UTC),
        )  # fmt: skip
    return Identity(made.user_id, "Bà", role, commune.unit.id, commune.unit.path)
