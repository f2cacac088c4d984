"""Changing what the province keeps: rule books by version, the one in use, services, earlier recognitions.

A version on record is never changed or removed, so that a report of last year can be read by its own rules.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from http import HTTPStatus

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import audit, db, uploads
from survey_app.criteria import framework_document, frameworks
from survey_app.criteria.frameworks import Framework, InvalidFramework
from survey_app.errors import DomainError
from survey_app.i18n import gettext as _
from survey_app.questions.problems import Problem
from survey_app.rulebooks import queries
from survey_app.rulebooks.models import EarlierRecognition, FrameworkVersion, ServiceTick, YearFramework
from survey_app.rulebooks.packaged import packaged
from survey_app.rulebooks.queries import PACKAGE, SERVICES, FrameworkNotFound
from survey_app.uploads import NotOpened


class BadFramework(DomainError):
    """A file that is no rule book; `problems` lists what is wrong, and is empty when it cannot be read."""

    code = "khung-sai"
    status = HTTPStatus.UNPROCESSABLE_ENTITY

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class NoteMissing(DomainError):
    """A service was ticked without saying where it is offered."""

    code = "thieu-ghi-chu"
    status = HTTPStatus.UNPROCESSABLE_ENTITY


class RecognitionNotFound(DomainError):
    """No such earlier recognition is on record."""

    code = "khong-co-cong-nhan"
    status = HTTPStatus.NOT_FOUND


@dataclass(frozen=True, slots=True)
class Recorded:
    """A rule book as it now is on record; `is_new` is False when exactly this was already there."""

    framework: Framework
    is_new: bool


def read_file(content: bytes) -> Framework:
    """The rule book in an uploaded file. Raises BadFramework with all problems at once.

    A process apart has looked at it first, so that what is made of it here is no more than a rule book needs.
    """
    try:
        uploads.opened("document", content)
        book = framework_document.load(json.loads(content.decode("utf-8-sig")))
    except NotOpened as refused:
        raise BadFramework(_not_opened(refused.word)) from refused
    except InvalidFramework as error:
        raise BadFramework(_("The rule book has mistakes. Nothing was saved."), error.problems) from error
    except (ValueError, RecursionError) as error:
        raise BadFramework(_("The file cannot be read as JSON in UTF-8. Nothing was saved.")) from error
    if missing := frameworks.unnamed(book):
        raise BadFramework(_("The rule book has mistakes. Nothing was saved."), missing)
    return book


def _not_opened(word: str) -> str:
    if word == "damaged":
        return _("The file cannot be read as JSON in UTF-8. Nothing was saved.")
    found, expected = uploads.sentence(word)
    return _("%(found)s Nothing was saved. Expected: %(expected)s.", found=found, expected=expected)


def load_packaged(session: Session, *, now: datetime) -> tuple[Recorded, ...]:
    """Put the shipped rule books on record; a key the province has continued itself stays as it is."""
    return tuple(_load_one(session, book, now) for book in packaged())


def record_framework(session: Session, framework: Framework, *, actor: str, now: datetime) -> Recorded:
    """Put a rule book on record as the newest version of its key, unless that one says the same.

    What came with the product under that key goes on record before: no two rule books share key and version.
    """
    if actor != PACKAGE:
        for shipped in packaged():
            if shipped.key == framework.key and shipped.version >= framework.version:
                keep(session, shipped, now=now)
    on_record = queries.versions_of(session, framework.key)
    if on_record and _same_rules(on_record[-1].framework, framework):
        return Recorded(on_record[-1].framework, is_new=False)
    above = on_record[-1].framework.version + 1 if on_record else 1
    numbered = replace(framework, version=max(framework.version, above))
    session.add(
        FrameworkVersion(
            key=numbered.key,
            version=numbered.version,
            document=framework_document.dump(numbered),
            recorded_at=now,
            recorded_by=actor,
        )
    )
    details: dict[str, object] = {"version": numbered.version, "digest": framework_document.digest(numbered)}
    audit.record(session, actor, "rulebooks.record", f"framework:{numbered.key}", at=now, **details)
    session.flush()  # the next look at this key must find the new version
    return Recorded(numbered, is_new=True)


def use_framework(
    session: Session, unit_id: int, year: int, key: str, *, actor: str, now: datetime
) -> Framework:
    """Report `year` against the newest version of `key` from now on. Raises FrameworkNotFound."""
    newest = {view.framework.key: view.framework for view in queries.newest_versions(session)}
    if key not in newest:
        raise FrameworkNotFound(_("There is no such rule book on record."))
    framework = keep(session, newest[key], now=now)
    chosen = session.get(YearFramework, (unit_id, year))
    changes = audit.changes(
        {"framework": chosen.framework_key, "version": chosen.framework_version} if chosen else {},
        {"framework": framework.key, "version": framework.version},
    )
    session.merge(
        YearFramework(
            unit_id=unit_id, year=year, framework_key=framework.key, framework_version=framework.version
        )
    )
    details: dict[str, object] = {"year": year, "framework": framework.key, "version": framework.version}
    audit.record(session, actor, "rulebooks.use", f"unit:{unit_id}", at=now, **details, **changes)
    return framework


def keep(session: Session, framework: Framework, *, now: datetime) -> Framework:
    """The rule book, put on record where it only came with the product: what is relied on stays as it is."""
    if session.get(FrameworkVersion, (framework.key, framework.version)) is not None:
        return framework
    return record_framework(session, framework, actor=PACKAGE, now=now).framework


def tick_services(
    session: Session, unit_id: int, year: int, notes: Mapping[str, str], *, actor: str, now: datetime
) -> None:
    """Replace the services a unit offers in `year` by `notes` (service → where it is offered online).

    Raises NoteMissing for an empty note and ValueError for an unknown service. An unchanged note keeps its
    moment.
    """
    if unknown := notes.keys() - set(SERVICES):
        raise ValueError(f"unknown services: {sorted(unknown)}")
    if not all(note.strip() for note in notes.values()):
        raise NoteMissing(_("Say where people find the service online. Nothing was saved."))
    on_record = {row.service: row for row in _ticks(session, unit_id, year)}
    before = {service: row.note for service, row in on_record.items()}
    if before == dict(notes):
        return
    for service, row in on_record.items():
        if service not in notes:
            session.delete(row)
    for service, note in notes.items():
        if service not in on_record or on_record[service].note != note:
            session.merge(
                ServiceTick(
                    unit_id=unit_id, year=year, service=service, note=note, recorded_at=now, recorded_by=actor
                )
            )
    audit.record(
        session, actor, "rulebooks.services", f"unit:{unit_id}", at=now, year=year, services=sorted(notes),
        **audit.changes(before, notes),
    )  # fmt: skip


def record_recognition(
    session: Session,
    unit_id: int,
    indicator: str,
    *,
    decision_number: str,
    decided_on: date,
    actor: str,
    now: datetime,
) -> None:
    """Note that a decision found the unit to meet the indicator; the second of a year replaces the first."""
    before = session.get(EarlierRecognition, (unit_id, indicator, decided_on.year))
    changes = audit.changes(
        {"decision_number": before.decision_number, "decided_on": before.decided_on} if before else {},
        {"decision_number": decision_number, "decided_on": decided_on},
    )
    session.merge(
        EarlierRecognition(
            unit_id=unit_id,
            indicator=indicator,
            year=decided_on.year,
            decision_number=decision_number,
            decided_on=decided_on,
            recorded_at=now,
            recorded_by=actor,
        )
    )
    details: dict[str, object] = {
        "indicator": indicator,
        "decision": decision_number,
        "on": decided_on.isoformat(),
    }
    audit.record(session, actor, "rulebooks.recognise", f"unit:{unit_id}", at=now, **details, **changes)


def remove_recognition(
    session: Session,
    unit_id: int,
    indicator: str,
    year: int,
    *,
    decision_number: str,
    actor: str,
    now: datetime,
) -> None:
    """Take a recognition entered by mistake off the list; the log keeps it.

    Raises RecognitionNotFound, also where another decision has taken the place of the one with that number.
    """
    row = db.hold(session, EarlierRecognition, (unit_id, indicator, year))
    if row is None or row.decision_number != decision_number:
        raise RecognitionNotFound(_("This recognition is no longer on the list."))
    session.delete(row)
    details: dict[str, object] = {
        "indicator": indicator, "decision": row.decision_number, "year": year,
        **audit.changes({"decision_number": row.decision_number, "decided_on": row.decided_on}, {}),
    }  # fmt: skip
    audit.record(session, actor, "rulebooks.remove_recognition", f"unit:{unit_id}", at=now, **details)


def _load_one(session: Session, book: Framework, now: datetime) -> Recorded:
    on_record = queries.versions_of(session, book.key)
    continued = bool(on_record) and on_record[-1].recorded_by != PACKAGE
    if continued or any(_same_rules(view.framework, book) for view in on_record):
        return Recorded(on_record[-1].framework, is_new=False)
    return record_framework(session, book, actor=PACKAGE, now=now)


def _same_rules(one: Framework, other: Framework) -> bool:
    """Whether two versions say the same; the number of the version itself is no rule."""
    return framework_document.digest(replace(one, version=1)) == framework_document.digest(
        replace(other, version=1)
    )


def _ticks(session: Session, unit_id: int, year: int) -> tuple[ServiceTick, ...]:
    rows = select(ServiceTick).where(ServiceTick.unit_id == unit_id, ServiceTick.year == year)
    return tuple(session.scalars(rows.order_by(ServiceTick.service)))
