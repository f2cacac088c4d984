"""The evidence pack (hồ sơ minh chứng) of a sealed result: every paper and record of it in one ZIP, with a manifest.

The auditor's set is not in it. It holds the answers themselves, and who has it beside a person's receipt knows
what that person answered; a pack is copied, mailed and filed. An auditor fetches that set under the own name.
Entries are written one after another, so no more than one paper is held at a time.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.orm import Session

from survey_app import audit, files
from survey_app.approvals import scans
from survey_app.config import VIETNAM
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import force_locale
from survey_app.quality import reconciliation
from survey_app.reporting import pack_records, papers, printing, signed_papers
from survey_app.results import sets

#: The last entry: a SHA-256 for each of the others, in the form that `sha256sum -c` reads.
MANIFEST = "MANIFEST.sha256"


@dataclass(frozen=True, slots=True)
class Packed:
    """How many files the pack holds beside its manifest, and the SHA-256 of the manifest."""

    files: int
    manifest: str


def write(
    session: Session,
    survey_id: str,
    stream: IO[bytes],
    *,
    public_url: str,
    signing: Sequence[Ed25519PublicKey],
    now: datetime,
) -> Packed:
    """Write the pack to `stream`. Raises SurveyNotFound, NotSealed, ResultAnnulled before the first byte.

    Texts are Vietnamese, whatever the reader's language: the pack is filed.
    """
    survey = papers.require_sealed(session, survey_id)
    lines: list[str] = []
    with force_locale("vi"), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, chunks in _entries(session, survey, public_url, signing, now):
            lines.append(f"{_add(archive, name, chunks, now)}  {name}\n")
        manifest = _add(archive, MANIFEST, ["".join(lines).encode()], now)
    return Packed(len(lines), manifest)


def note_taken(session: Session, survey_id: str, packed: Packed, *, actor: str, now: datetime) -> None:
    """Keep in the audit log that somebody takes this pack away; before its first byte leaves."""
    audit.record(
        session, actor, "reporting.pack", f"survey:{survey_id}", at=now,
        files=packed.files, manifest=packed.manifest,
    )  # fmt: skip


def _entries(
    session: Session, survey: SurveyView, public_url: str, signing: Sequence[Ed25519PublicKey], now: datetime
) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Every file of the pack, made when its turn comes. Names are plain letters and always the same."""
    exact, number = papers.exact(session, survey.id), survey.id
    public = sets.public_set(session, number, signing)
    yield "DOC-TRUOC.txt", [pack_records.readme(exact, public_url, public["seal"]["key_id"], now)]
    for one in signed_papers.on_record(session, number):
        if one.is_newest:
            _kind, media_type, content = signed_papers.content(session, number, one.number)
            form = scans.FORMATS[media_type]
            yield form.named(f"00-da-ky-{one.kind}-{number}-{one.number}"), [content]
    yield files.PDF.named(f"01-bien-ban-kiem-phieu-{number}"), [printing.minutes(exact, now)]
    yield files.PDF.named(f"02-bang-tong-hop-{number}"), [printing.table(exact, now)]
    slips = reconciliation.minutes(session, number)
    yield files.PDF.named(f"03-bien-ban-doi-chieu-{number}"), [printing.slips(slips, exact.style, now)]
    for unit in (None, *papers.villages(session, number)):
        told = papers.notice(session, number, unit.code if unit else None)
        place = unit.code if unit else survey.unit.code
        yield (
            files.safe_name(files.PDF.named(f"04-ban-niem-yet-{number}-{place}")),
            [printing.notice(told, public_url, now)],
        )
    yield (
        files.JSON.named(f"05-bo-cong-khai-{number}"),
        [json.dumps(public, ensure_ascii=False, indent=1).encode()],
    )
    for name, rows in pack_records.tables(session, survey, public_url):
        yield files.CSV.named(f"{name}-{number}"), files.csv_rows(rows)


def _add(archive: zipfile.ZipFile, name: str, chunks: Iterable[bytes], now: datetime) -> str:
    """Write one entry; the SHA-256 of what was written."""
    entry = zipfile.ZipInfo(name, now.astimezone(VIETNAM).timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    digest = hashlib.sha256()
    with archive.open(entry, "w") as written:
        for chunk in chunks:
            digest.update(chunk)
            written.write(chunk)
    return digest.hexdigest()
