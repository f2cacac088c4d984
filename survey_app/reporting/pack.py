"""The evidence pack (hồ sơ minh chứng) of a sealed result: every paper and record in one ZIP, with a signed manifest.

The auditor's set is not in it. It holds the answers themselves, and who has it beside a person's receipt knows
what that person answered; a pack is copied, mailed and filed. An auditor fetches that set under the own name.
Entries are written one after another, so no more than one paper is held at a time.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

import rfc8785
from sqlalchemy.orm import Session

from survey_app import audit, files
from survey_app.config import VIETNAM, Settings
from survey_app.fieldwork.queries import SurveyView
from survey_app.i18n import force_locale
from survey_app.keys import KeyStore
from survey_app.reporting import pack_papers, pack_records, papers
from survey_app.results import sets
from survey_app.sealing import documents

#: A SHA-256 for each of the other entries, in the form that `sha256sum -c` reads.
MANIFEST = "MANIFEST.sha256"
#: The last entry: the same, signed; `verifier/verifier.html` reads it.
SIGNED_MANIFEST = "MANIFEST.json"
FORMAT = "evidence-pack/1"

_VERIFIER = Path(__file__).resolve().parents[2] / "verifier" / "verifier.html"
#: Where the page of the verifier has the keys that it knows: none, as it is handed out alone.
_NO_KEYS = '<script type="application/json" id="keys">[]</script>'


@dataclass(frozen=True, slots=True)
class Packed:
    """How many files the pack holds beside its manifests, and the SHA-256 of the manifest."""

    files: int
    manifest: str


def write(
    session: Session, survey_id: str, stream: IO[bytes], *, settings: Settings, store: KeyStore, now: datetime
) -> Packed:
    """Write the pack to `stream`. Raises SurveyNotFound, NotSealed, ResultAnnulled before the first byte.

    Texts are Vietnamese, whatever the reader's language: the pack is filed.
    """
    survey = papers.require_sealed(session, survey_id)
    listed: dict[str, str] = {}
    with force_locale("vi"), zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, chunks in _entries(session, survey, settings, store, now):
            listed[name] = _add(archive, name, chunks, now)
        lines = "".join(f"{digest}  {name}\n" for name, digest in listed.items())
        manifest = _add(archive, MANIFEST, [lines.encode()], now)
        signed = signed_manifest(survey.id, {**listed, MANIFEST: manifest}, store, now)
        _add(archive, SIGNED_MANIFEST, [json.dumps(signed, ensure_ascii=False, indent=1).encode()], now)
    return Packed(len(listed), manifest)


def note_taken(session: Session, survey_id: str, packed: Packed, *, actor: str, now: datetime) -> None:
    """Keep in the audit log that somebody takes this pack away; before its first byte leaves."""
    audit.record(
        session, actor, "reporting.pack", f"survey:{survey_id}", at=now,
        files=packed.files, manifest=packed.manifest,
    )  # fmt: skip


def signed_manifest(
    survey_id: str, listed: Mapping[str, str], store: KeyStore, now: datetime
) -> dict[str, Any]:
    """What is in the pack, with the server's signature over the SHA-256 of its canonical form.

    Its `format` keeps it apart from everything else that is signed with this key.
    """
    statement: dict[str, Any] = {
        "format": FORMAT,
        "survey": survey_id,
        "made_at": now.astimezone(VIETNAM).isoformat(timespec="seconds"),
        "files": dict(listed),
    }
    key = store.signing_key()
    digest = hashlib.sha256(rfc8785.dumps(statement)).hexdigest()
    return {
        "statement": statement,
        "digest": digest,
        "signature": documents.sign(key, digest),
        "public_key": key.public_key().public_bytes_raw().hex(),
    }


def index_page(store: KeyStore) -> bytes:
    """The page of the verifier with the public keys of this server, the one in force first."""
    known = json.dumps([key.public_bytes_raw().hex() for key in store.public_keys()])
    page = _VERIFIER.read_text(encoding="utf-8")
    return page.replace(_NO_KEYS, _NO_KEYS.replace("[]", known), 1).encode()


def _entries(
    session: Session, survey: SurveyView, settings: Settings, store: KeyStore, now: datetime
) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Every file of the pack, made when its turn comes. Names are plain letters and always the same."""
    exact, number, keys = papers.exact(session, survey.id), survey.id, store.public_keys()
    public = sets.public_set(session, number, keys)
    yield "index.html", [index_page(store)]
    letter = pack_records.readme(exact, settings.public_url, public["seal"]["key_id"], now)
    yield "DOC-TRUOC.txt", [letter]
    yield from pack_papers.signed(session, exact, now)
    yield from pack_papers.papers_of(session, exact, settings, now)
    yield (
        files.JSON.named(f"05-bo-cong-khai-{number}"),
        [json.dumps(public, ensure_ascii=False, indent=1).encode()],
    )
    sheets = {}
    for name, title, rows in pack_records.tables(session, exact, settings.public_url):
        sheets[title] = held = tuple(rows)
        yield files.CSV.named(f"{name}-{number}"), files.csv_rows(held)
    yield files.XLSX.named(f"20-cac-bang-{number}"), [files.xlsx(sheets)]


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
