"""A survey pins its rule book: whatever is recorded or chosen afterwards, it is read back as it was."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from survey_app import db
from survey_app.rulebooks import operations, pins
from survey_app.rulebooks.models import FrameworkVersion
from survey_app.rulebooks.packaged import packaged
from survey_app.rulebooks.wording import book_text

NOW = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
DEMO = "mau-trinh-dien"


def take(place, year=2026):
    with db.transaction() as current:
        return pins.take(current, place.province.id, year, now=NOW)


def choose(place, key=DEMO):
    with db.transaction() as current:
        operations.use_framework(current, place.province.id, 2026, key, actor="user:7", now=NOW)


def test_without_a_choice_the_default_is_pinned_put_on_record_and_called_so(place):
    pin = take(place)

    book = pins.pinned(place.read(), pin)
    assert (pin.key, pin.is_chosen) == ("ntm-nang-cao-2021-2025", False)
    assert book.framework in packaged()
    assert place.read().get(FrameworkVersion, (pin.key, pin.version)) is not None
    told = book_text(pins.named(place.read(), [pin])[pin])
    assert told.endswith(f"phiên bản {book.framework.version} (mặc định)")


def test_a_chosen_rule_book_is_pinned_as_chosen(place):
    choose(place)

    pin = take(place)

    assert (pin.key, pin.is_chosen) == (DEMO, True)
    assert "mặc định" not in book_text(pins.named(place.read(), [pin])[pin])


def test_what_is_pinned_stays_when_the_year_is_reported_against_another(place):
    pin = take(place)

    choose(place)

    assert pins.pinned(place.read(), pin).framework.key == "ntm-nang-cao-2021-2025"
    assert take(place).key == DEMO


def test_a_rule_book_that_was_altered_on_record_gives_no_verdict(place):
    pin = take(place)
    with db.transaction() as current:
        row = current.get_one(FrameworkVersion, (pin.key, pin.version))
        document = {**row.document, "title": {"vi": "Bộ khác"}}
        current.execute(update(FrameworkVersion).values(document=document))

    with pytest.raises(pins.PinnedBookMissing):
        pins.pinned(place.read(), pin)
