"""All papers of a commune in one ZIP, which leaves while it is made and is stored nowhere.

A folder a village: slips, cover, receipt list, poster, the village's kit; before them a folder of what reads alike
everywhere. The slips of a village are committed before the first byte of its folder; one village's papers at a time are
in memory. Where the download breaks off, the set stays unfinished.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask

from survey_app import db, files, heavy
from survey_app.config import Settings
from survey_app.fieldwork import print_sets, queries, rounds
from survey_app.fieldwork.frames import FrameLine
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import force_locale
from survey_app.keys import store
from survey_app.printing import kit, lists, slips
from survey_app.units.queries import UnitView

#: The folder of what is alike in every village; those of villages begin with their numbers.
_FOR_ALL = "00-ca-xa"


@dataclass(frozen=True, slots=True)
class Order:
    """A set that was begun: for whom and by whom."""

    survey: SurveyView
    set_id: str
    villages: Sequence[FrameLine]
    actor: str
    #: The same for every village; none where the phones are closed, and then there is no kit either.
    poster: bytes | None


def archive(app: Flask, order: Order) -> Iterator[bytes]:
    """The bytes of the ZIP. PDFs are packed already, so they are stored in it as they are.

    Nothing of the application is held while bytes wait for a slow reader.
    """
    packing = heavy.zipstream().ZipStream()
    if order.poster is not None:
        with app.app_context():
            scripts = list(kit.commune_papers(order.survey))
        for name, body in scripts:
            packing.add(body, f"{_FOR_ALL}/{files.PDF.named(name)}")
    for number, line in enumerate(order.villages, start=1):
        with app.app_context():
            papers, folder = _papers(order, line, app.extensions["settings"]), _folder(number, line.unit)
        for name, body in papers:
            packing.add(body, f"{folder}/{files.PDF.named(name)}")
        yield from packing.all_files()
    yield from packing.finalize()
    with app.app_context(), db.transaction() as current:
        print_sets.finish(current, order.survey.id, order.set_id, actor=order.actor, now=datetime.now(UTC))


def _papers(order: Order, line: FrameLine, settings: Settings) -> list[tuple[str, bytes]]:
    """The papers of one village by name; nothing where it has its slips already."""
    survey = order.survey
    with db.transaction() as current:
        made = print_sets.make_next(
            current,
            survey.id,
            order.set_id,
            line.unit.id,
            spare_percent=settings.spare_percent,
            actor=order.actor,
            now=datetime.now(UTC),
            keys=store(),
        )
        current.flush()  # the batch is among those of the cover
        held = lists.bundle(line, queries.batches(current, survey.id))
        annulments = rounds.of_village(rounds.annulments(current, survey.id), line.unit.id)
    if made is None:
        return []
    papers = [
        (f"1-phieu-lo-{made.batch_id}", slips.pdf(survey, line.unit, made.codes, settings)),
        ("2-bia-tap-phieu", lists.cover_pdf(survey, held, settings, annulments)),
        ("3-danh-sach-nhan-phieu", lists.receipt_pdf(survey, line, held.slips, annulments)),
    ]
    if order.poster is not None:
        papers.append(("4-ap-phich-A4", order.poster))
        kept = kit.village_papers(survey, line, settings)
        papers += [(f"{number}-{name}", body) for number, (name, body) in enumerate(kept, start=5)]
    return papers


def _folder(number: int, village: UnitView) -> str:
    """In the order of the pages, by a name that every computer can write."""
    with force_locale("vi"):
        return files.safe_name(f"{number:02}-{village.full_name}")[:60].rstrip("-.")
