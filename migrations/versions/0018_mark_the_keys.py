"""Write down which keys belong to this database

Revision: 0018, after: 0017

A mark tells a key from any other without telling it: the public half of the signing key, and a keyed digest of the
session secret and of each pepper. What lies in the key folder at the upgrade is taken to be right, once.
"""

import hmac
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import sqlalchemy as sa
from alembic import op
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import current_app

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_KEY_BYTES = 32


def upgrade() -> None:
    marks = op.create_table(
        "key_marks",
        sa.Column("name", sa.String(length=10), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "mark", name=op.f("pk_key_marks")),
    )
    op.add_column("surveys", sa.Column("pepper_mark", sa.String(length=64), nullable=True))
    folder, now = current_app.extensions["keys"].folder, datetime.now(UTC)
    secrets = {name: _read(folder / name) for name in ("session", "signing")}
    found = [
        {"name": name, "mark": _public(secret) if name == "signing" else _mark(secret, b"the session secret")}
        for name, secret in secrets.items()
        if secret is not None
    ]
    op.bulk_insert(marks, [row | {"recorded_at": now} for row in found])
    surveys = sa.table("surveys", sa.column("id", sa.String), sa.column("pepper_mark", sa.String))
    for (number,) in op.get_bind().execute(sa.select(surveys.c.id)).all():
        pepper = _read(folder / "peppers" / number)
        if pepper is not None:
            op.execute(surveys.update().where(surveys.c.id == number).values(pepper_mark=_mark(pepper, b"a pepper")))


def downgrade() -> None:
    op.drop_column("surveys", "pepper_mark")
    op.drop_table("key_marks")


def _read(file: Path) -> bytes | None:
    secret = file.read_bytes() if file.is_file() else b""
    return secret if len(secret) == _KEY_BYTES else None


def _public(secret: bytes) -> str:
    public = Ed25519PrivateKey.from_private_bytes(secret).public_key()
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _mark(secret: bytes, of_what: bytes) -> str:
    return hmac.digest(secret, b"mark of " + of_what, sha256).hex()
