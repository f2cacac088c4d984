"""The archive of the key folder: everything that no backup of the data holds."""

import stat
import tarfile
from pathlib import Path

from flask import Flask

from survey_app.keys import KeyStore, store


def test_the_archive_brings_back_every_key_on_an_empty_machine(app: Flask, tmp_path: Path):
    keys, restored = store(), KeyStore(tmp_path / "elsewhere")
    keys.ensure_pepper("0A7")
    keys.signing_key()

    made = app.test_cli_runner().invoke(args=["keys", "backup", "--out", str(tmp_path / "keys.tar")])

    assert made.exit_code == 0
    with tarfile.open(tmp_path / "keys.tar") as archive:
        archive.extractall(restored.folder)
    assert restored.pepper("0A7") == keys.pepper("0A7")
    assert restored.session_secret() == keys.session_secret()
    assert restored.signing_key().private_bytes_raw() == keys.signing_key().private_bytes_raw()


def test_the_archive_holds_no_network_key_because_it_would_outlive_the_survey(app: Flask, tmp_path: Path):
    keys = app.extensions["keys"]
    keys.network_key("0A7")

    app.test_cli_runner().invoke(args=["keys", "backup", "--out", str(tmp_path / "keys.tar")])

    with tarfile.open(tmp_path / "keys.tar") as archive:
        assert [name for name in archive.getnames() if "networks" in name] == []


def test_only_its_owner_can_read_the_archive(app: Flask, tmp_path: Path):
    app.test_cli_runner().invoke(args=["keys", "backup", "--out", str(tmp_path / "keys.tar")])

    assert stat.S_IMODE((tmp_path / "keys.tar").stat().st_mode) == 0o600


def test_an_older_archive_is_never_replaced(app: Flask, tmp_path: Path):
    (tmp_path / "keys.tar").write_bytes(b"older")

    refused = app.test_cli_runner().invoke(args=["keys", "backup", "--out", str(tmp_path / "keys.tar")])

    assert refused.exit_code == 1
    assert (tmp_path / "keys.tar").read_bytes() == b"older"
