"""Starting, editing, locking, freezing and confirming, on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from survey_app import db
from survey_app.access import Role
from survey_app.audit import AuditEvent
from survey_app.authoring import (
    confirmation,
    drafts,
    editing,
    loading,
    operations,
    queries,
    refusals,
    withdrawing,
)
from survey_app.authoring.confirmation import ScoredWording
from survey_app.authoring.models import InstrumentRecord
from survey_app.fieldwork.models import Survey
from survey_app.questions import document
from survey_app.questions.kinds import Kind

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


def rows() -> int:
    return db.session().scalar(select(func.count(InstrumentRecord.id))) or 0


def test_the_library_has_nineteen_nineteen_and_ten_items_each_with_a_closing_item(place):
    counts = {
        key: len(queries.latest_frozen(db.session(), key).instrument.scored)
        for key in ("xa-ntm", "xa-ntm-nang-cao", "xa-ntm-2026")
    }

    assert counts == {"xa-ntm": 19, "xa-ntm-nang-cao": 19, "xa-ntm-2026": 10}
    assert all(queries.latest_frozen(db.session(), key).instrument.closing is not None for key in counts)


def test_loading_the_library_twice_changes_nothing(place):
    before = rows()

    with db.transaction() as current:
        operations.load_library(current, NOW)

    assert rows() == before == 10


def test_a_changed_template_file_becomes_a_new_version(place):
    shipped = queries.latest_frozen(db.session(), "xa-ntm").instrument
    title = {**shipped.title, "vi": "Phiếu đã sửa"}
    changed = document.load({**document.dump(shipped), "title": title})

    with db.transaction() as current:
        operations._load_template(current, changed, NOW)

    newest = queries.latest_frozen(db.session(), "xa-ntm")
    assert (newest.version, newest.title["vi"]) == (2, "Phiếu đã sửa")


def test_a_draft_keeps_the_words_of_its_template_under_a_key_of_the_commune(draft, desk):
    view = desk.look(draft)

    template = queries.latest_frozen(db.session(), "xa-ntm")
    assert view.key == "xa-ntm-23560-1"
    assert not view.frozen
    assert document.same_scored_wording(view.instrument, template.instrument)


def test_two_drafts_of_one_commune_have_two_keys_and_a_copy_of_a_copy_no_longer_one(draft, officer, desk):
    desk.freeze(officer, draft)

    second = desk.start_from(officer, draft)

    assert desk.look(second).key == "xa-ntm-23560-2"


def test_freezing_gives_the_digest_of_the_document_and_is_audited(draft, officer, desk):
    digest = desk.freeze(officer, draft)

    view = desk.look(draft)
    assert view.frozen
    assert digest == view.digest == document.digest(document.load(view.document))
    acts = db.session().scalars(select(AuditEvent.act).order_by(AuditEvent.id)).all()
    assert acts[-1] == "authoring.freeze"


def test_a_draft_with_problems_is_not_frozen(draft, officer, desk):
    desk.add(officer, draft, Kind.SINGLE_CHOICE)

    with pytest.raises(refusals.HasProblems) as refused:
        desk.freeze(officer, draft)

    assert {problem.code for problem in refused.value.problems} == {"missing_wording", "too_few_options"}
    assert not desk.look(draft).frozen


def test_a_frozen_version_refuses_every_edit(draft, officer, desk):
    desk.freeze(officer, draft)

    for edit in (
        lambda: desk.change(officer, draft, "planning", required=True),
        lambda: desk.add(officer, draft, Kind.NOTE),
        lambda: desk.freeze(officer, draft),
    ):
        with pytest.raises(refusals.Frozen, match="phiên bản mới|new version"):
            edit()


def test_the_next_version_keeps_the_key_and_there_is_one_draft_of_it_at_a_time(draft, officer, desk):
    desk.freeze(officer, draft)
    with db.transaction() as current:
        made = operations.start_version(
            current, queries.instrument(current, draft), actor=officer.actor, now=NOW
        )

    assert (desk.look(made).key, desk.look(made).version) == (desk.look(draft).key, 2)
    with pytest.raises(refusals.DraftExists), db.transaction() as current:
        operations.start_version(current, queries.instrument(current, draft), actor=officer.actor, now=NOW)


def test_the_second_editor_of_one_question_is_refused_and_told_who_was_first(draft, officer, front, desk):
    before = desk.look(draft)
    stored = drafts.question(before.document, "planning")
    desk.change(front, draft, "planning", text={"vi": "Lời của Mặt trận", "en": "Front"})

    with pytest.raises(refusals.EditedMeanwhile) as refused, db.transaction() as current:
        editing.save_question(
            current,
            draft,
            {**stored, "text": {"vi": "Lời của xã", "en": "Commune"}},
            revision=before.revision,
            seen=drafts.fingerprint(stored),
            actor=officer.actor,
            now=NOW,
        )

    assert refused.value.by == front.name
    assert drafts.question(desk.look(draft).document, "planning")["text"]["vi"] == "Lời của Mặt trận"


def test_two_editors_of_two_questions_both_keep_their_work_and_the_second_is_told(
    draft, officer, front, desk
):
    before = desk.look(draft)
    stored = before.document["questions"][3]
    desk.change(front, draft, "planning", help={"vi": "Gợi ý", "en": "Hint"})

    with db.transaction() as current:
        saved = editing.save_question(
            current,
            draft,
            {**stored, "help": {"vi": "Giúp", "en": "Help"}},
            revision=before.revision,
            seen=drafts.fingerprint(stored),
            actor=officer.actor,
            now=NOW,
        )

    assert saved.meanwhile == front.name
    after = desk.look(draft).document
    assert drafts.question(after, "planning")["help"]["vi"] == "Gợi ý"
    assert drafts.question(after, stored["key"])["help"]["vi"] == "Giúp"


def test_a_move_made_on_an_old_list_is_refused(draft, officer, desk):
    revision = desk.look(draft).revision
    desk.change(officer, draft, "planning", required=True)

    with pytest.raises(refusals.EditedMeanwhile), db.transaction() as current:
        editing.move_question(current, draft, "planning", 1, revision=revision, actor=officer.actor, now=NOW)


@pytest.mark.parametrize("act", ["change", "move", "remove", "add"])
def test_scored_questions_of_a_confirmed_template_are_locked(locked_draft, officer, desk, act):
    view = desk.look(locked_draft)

    stored = drafts.question(view.document, "planning")
    by = {"revision": view.revision, "actor": officer.actor, "now": NOW}
    other = {**stored, "text": {"vi": "Khác", "en": "Other"}}
    acts = {
        "change": lambda c: editing.save_question(
            c, locked_draft, other, seen=drafts.fingerprint(stored), **by
        ),
        "move": lambda c: editing.move_question(c, locked_draft, "planning", 1, **by),
        "remove": lambda c: editing.remove_question(c, locked_draft, "planning", **by),
        "add": lambda c: editing.add_question(c, locked_draft, Kind.SATISFACTION, after="", **by),
    }

    with pytest.raises(refusals.LockedWording), db.transaction() as current:
        acts[act](current)

    assert view.locked
    assert desk.look(locked_draft).document == view.document


def test_unscored_questions_may_be_added_to_a_locked_draft_and_moved_between_scored_ones(
    locked_draft, officer, place, desk
):
    key = desk.add(officer, locked_draft, Kind.LONG_TEXT)
    desk.change(officer, locked_draft, key, text={"vi": "Vì sao?", "en": "Why?"})
    with db.transaction() as current:
        revision = queries.instrument(current, locked_draft).revision
        editing.move_question(current, locked_draft, key, -1, revision=revision, actor=officer.actor, now=NOW)
    desk.freeze(officer, locked_draft)

    assert confirmation.is_confirmed(db.session(), locked_draft)
    path = place.paths[place.bien_ho]
    assert confirmation.scored_wording(db.session(), locked_draft, path) is ScoredWording.CONFIRMED


def test_an_unlocked_and_changed_form_is_a_wording_of_ones_own(locked_draft, officer, place, desk):
    with db.transaction() as current:
        revision = queries.instrument(current, locked_draft).revision
        editing.unlock(current, locked_draft, revision=revision, actor=officer.actor, now=NOW)
    desk.change(
        officer, locked_draft, "planning", text={"vi": "Xã có giỏi không?", "en": "Great, is it not?"}
    )
    desk.freeze(officer, locked_draft)

    path = place.paths[place.bien_ho]
    assert confirmation.scored_wording(db.session(), locked_draft, path) is ScoredWording.OWN
    assert not confirmation.is_confirmed(db.session(), locked_draft)


def test_the_shipped_sample_is_a_sample_until_the_front_confirms_the_same_questions(front, place, desk):
    sample = queries.latest_frozen(db.session(), "xa-ntm").id
    path = place.paths[place.bien_ho]
    before = confirmation.scored_wording(db.session(), sample, path)

    desk.confirmed_form(front)

    assert before is ScoredWording.SAMPLE
    assert confirmation.scored_wording(db.session(), sample, path) is ScoredWording.CONFIRMED
    elsewhere = place.paths[place.elsewhere]
    assert confirmation.scored_wording(db.session(), sample, elsewhere) is ScoredWording.SAMPLE


def test_a_draft_cannot_be_confirmed_nor_a_version_twice_nor_for_tomorrow(draft, front, officer, desk):
    with pytest.raises(refusals.StillDraft):
        desk.confirm(front, draft)
    desk.freeze(officer, draft)
    with pytest.raises(refusals.BadConfirmation):
        desk.confirm(front, draft, on=date(2026, 6, 2))
    desk.confirm(front, draft)
    with pytest.raises(refusals.AlreadyConfirmed):
        desk.confirm(front, draft)


def test_a_commune_sees_frozen_forms_of_its_province_but_no_drafts_and_nothing_of_its_neighbour(
    person, place, front, draft, officer, desk
):
    provincial_draft = desk.start(front, "xa-ntm")
    provincial = desk.confirmed_form(front)
    neighbour = person(Role.COMMUNE, place.ia_ly)

    seen = {line.id for line in queries.listing(db.session(), neighbour)}

    assert provincial in seen
    assert provincial_draft not in seen
    assert draft not in seen
    with pytest.raises(refusals.InstrumentNotFound):
        queries.scoped_instrument(db.session(), draft, neighbour)
    assert draft in {line.id for line in queries.listing(db.session(), officer)}


def test_frozen_forms_are_read_once_and_drafts_afresh(draft, officer, desk):
    desk.freeze(officer, draft)

    assert loading.loaded(db.session(), draft) is loading.loaded(db.session(), draft)
    with pytest.raises(refusals.InstrumentNotFound):
        loading.loaded(db.session(), 999_999)


def discard(who, instrument_id):
    with db.transaction() as current:
        revision = queries.instrument(current, instrument_id).revision
        withdrawing.discard(current, instrument_id, revision=revision, actor=who.actor, now=NOW)


def take_back(who, instrument_id, reason="Nhầm văn bản"):
    with db.transaction() as current:
        withdrawing.unconfirm(current, instrument_id, reason, actor=who.actor, now=NOW)


def plan_survey(instrument_id, unit_id, *, published, confirmed=False):
    """A survey of the commune that names the form, as the room of surveys would store it."""
    with db.transaction() as current:
        current.add(
            Survey(
                id="0001", unit_id=unit_id, instrument_id=instrument_id, purpose="decision", confirmed=confirmed,
                state="open" if published else "draft", plan_number="", aim="", contact="Bà Hoa", cover_token="x",
                opens_at=NOW, closes_at=NOW + timedelta(days=1), created_at=NOW, created_by="operator",
                published_at=NOW if published else None,
            )
        )  # fmt: skip


def test_a_discarded_draft_is_gone_and_frozen_versions_stay(draft, officer, desk):
    library = queries.latest_frozen(db.session(), "xa-ntm").id

    discard(officer, draft)

    with pytest.raises(refusals.InstrumentNotFound):
        desk.look(draft)
    assert desk.look(library).frozen
    noted = db.session().scalars(select(AuditEvent).where(AuditEvent.act == "authoring.discard")).one()
    assert (noted.actor, noted.subject) == (officer.actor, f"instrument:{draft}")


def test_neither_a_frozen_form_nor_a_draft_that_a_survey_names_is_discarded(draft, officer, place, desk):
    plan_survey(draft, place.bien_ho, published=False)
    with pytest.raises(refusals.InUse):
        discard(officer, draft)
    desk.freeze(officer, draft)
    with pytest.raises(refusals.Frozen):
        discard(officer, draft)

    assert desk.look(draft).frozen


def test_a_draft_that_somebody_changed_meanwhile_is_not_discarded(draft, officer, desk):
    revision = desk.look(draft).revision
    desk.change(officer, draft, "planning", text={"vi": "Khác", "en": "Other"})

    with pytest.raises(refusals.EditedMeanwhile), db.transaction() as current:
        withdrawing.discard(current, draft, revision=revision, actor=officer.actor, now=NOW)


def test_a_confirmation_is_taken_back_with_its_reason_and_given_again(front, desk):
    form = desk.confirmed_form(front)

    take_back(front, form)

    assert not confirmation.is_confirmed(db.session(), form)
    noted = db.session().scalars(select(AuditEvent).where(AuditEvent.act == "authoring.unconfirm")).one()
    assert noted.details == {"number": "12/HD-MTTQ", "reason": "Nhầm văn bản"}
    with pytest.raises(refusals.NotConfirmed):
        take_back(front, form)
    desk.confirm(front, form, number="13/HD-MTTQ")
    assert desk.look(form).confirmed_number == "13/HD-MTTQ"


def test_a_survey_that_is_only_planned_does_not_hold_the_confirmation(front, place, desk):
    form = desk.confirmed_form(front)
    plan_survey(form, place.bien_ho, published=False)

    take_back(front, form)

    assert desk.look(form).confirmed_number is None


def test_once_a_survey_was_published_the_confirmation_stays_also_for_the_database(front, place, desk):
    form = desk.confirmed_form(front)
    plan_survey(form, place.bien_ho, published=True, confirmed=True)

    with pytest.raises(refusals.ConfirmationInUse):
        take_back(front, form)
    with pytest.raises(DBAPIError, match="never change"), db.transaction() as current:
        current.execute(
            text("UPDATE instruments SET confirmed_number = NULL WHERE id = :form"), {"form": form}
        )

    assert desk.look(form).confirmed_number == "12/HD-MTTQ"


def test_a_survey_published_with_the_same_wording_holds_the_confirmation_too(front, place, desk):
    sample = queries.latest_frozen(db.session(), "xa-ntm").id
    form = desk.confirmed_form(front)
    plan_survey(sample, place.bien_ho, published=True, confirmed=True)

    with pytest.raises(refusals.ConfirmationInUse):
        take_back(front, form)


def test_a_form_that_carries_the_confirmation_on_holds_it(front, locked_draft, officer, desk):
    form = desk.look(locked_draft).template_id
    with pytest.raises(refusals.ConfirmationInUse):
        take_back(front, form)

    discard(officer, locked_draft)
    take_back(front, form)

    assert desk.look(form).confirmed_number is None


def test_the_database_still_refuses_another_number_of_a_confirmation(front, desk):
    form = desk.confirmed_form(front)

    with pytest.raises(DBAPIError, match="never change"), db.transaction() as current:
        current.execute(
            text("UPDATE instruments SET confirmed_number = 'x' WHERE id = :form"), {"form": form}
        )
