"""What the shipped server configuration may never do: write down who asked for what, or let a weaker way in."""

import os
import re
import shutil
import subprocess
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
SITE = (DEPLOY / "nginx-site.conf").read_text(encoding="utf-8")
UNITS = sorted(DEPLOY.glob("*.service"))

#: What nginx may write for each request. Everything else could hold a code, a receipt, an address or a browser.
HARMLESS = {"survey_minute", "survey_route", "status", "bytes_sent"}


def test_the_access_log_of_nginx_holds_minute_route_status_and_size_alone():
    written = re.findall(r"^log_format \w+ '(.*)';$", SITE, re.MULTILINE)

    assert len(written) == 1
    assert set(re.findall(r"\$\{?(\w+)", written[0])) == HARMLESS


def test_every_access_log_of_nginx_is_off_or_in_the_harmless_format():
    logs = re.findall(r"^\s*access_log (.+);$", SITE, re.MULTILINE)

    assert len(logs) == SITE.count("server {")
    assert all(log == "off" or log.endswith(" survey") for log in logs)


def test_the_error_log_of_nginx_never_reaches_the_level_that_quotes_requests():
    logs = re.findall(r"^\s*error_log \S+ (\w+);$", SITE, re.MULTILINE)

    assert logs == ["emerg"] * SITE.count("server {")


def test_the_labels_of_routes_repeat_nothing_of_the_path():
    block = SITE[SITE.index("map $uri") :].split("}")[0]
    labels = re.findall(r"\s(\S+);$", block, re.MULTILINE)

    assert labels
    assert all(re.fullmatch(r"[a-z]+", label) for label in labels)


def test_nginx_keeps_answers_and_slips_out_of_its_temporary_files():
    limit = re.search(r"client_max_body_size (\w+);", SITE)
    buffer = re.search(r"client_body_buffer_size (\w+);", SITE)

    assert limit
    assert buffer
    assert limit[1] == buffer[1]
    assert "proxy_max_temp_file_size 0;" in SITE


def test_gunicorn_writes_no_access_log():
    settings = (DEPLOY.parent / "gunicorn.conf.py").read_text(encoding="utf-8")

    assert "accesslog = None" in settings


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_no_service_runs_as_root_or_leaves_its_memory_on_the_disk(unit: Path):
    lines = unit.read_text(encoding="utf-8").splitlines()

    assert "User=survey" in lines
    assert "LimitCORE=0" in lines
    assert "NoNewPrivileges=true" in lines


PLAIN, SECURE = SITE.split("server {")[1:]


def test_tls_is_1_2_or_1_3_with_forward_secrecy_and_authenticated_encryption():
    protocols = re.findall(r"^\s*ssl_protocols (.+);$", SITE, re.MULTILINE)
    (suites,) = re.findall(r"^\s*ssl_ciphers (.+);$", SITE, re.MULTILINE)

    assert protocols == ["TLSv1.2 TLSv1.3"]
    assert all(re.fullmatch(r"ECDHE-(ECDSA|RSA)-(AES\d+-GCM-SHA\d+|CHACHA20-POLY1305)", suite) for suite in suites.split(":"))  # fmt: skip
    assert "ssl_prefer_server_ciphers on;" in SECURE


def test_people_without_tls_are_led_to_this_host_with_it_and_programs_are_refused():
    assert re.search(r"location / \{\s*return 308 https://\$server_name\$request_uri;\s*\}", PLAIN)
    assert re.search(r"location /api/ \{\s*return 403;\s*\}", PLAIN)
    assert "proxy_pass" not in PLAIN


def test_pages_of_nginx_itself_say_what_every_reply_says():
    added = dict(re.findall(r"^\s*add_header (\S+) \$(\w+) always;$", SECURE, re.MULTILINE))

    said = {name: re.search(rf"\${label} {{\s*\"\" (.+);", SITE) for name, label in added.items()}
    assert {name: found and found[1].strip('"') for name, found in said.items()} == {
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    }


def test_nginx_sets_the_address_and_scheme_of_the_caller_and_passes_no_other_word_on_them():
    handed_on = dict(re.findall(r"^\s*proxy_set_header (X-\S+) (\S+);$", SECURE, re.MULTILINE))

    assert handed_on == {"X-Forwarded-For": "$remote_addr", "X-Forwarded-Proto": "$scheme"}


def test_nginx_lists_no_folder_and_serves_no_file_of_the_disk():
    assert re.findall(r"^\s*(autoindex|root|alias|try_files)\b", SITE, re.MULTILINE) == []
    assert SITE.count("server_tokens off;") == SITE.count("server {")


@pytest.mark.parametrize("unit", ["survey-web.service", "survey-minute.service"])
def test_a_service_calls_nobody_but_this_machine_and_cannot_read_the_history_of_its_source(unit: str):
    lines = (DEPLOY / unit).read_text(encoding="utf-8").splitlines()

    assert "IPAddressDeny=any" in lines
    assert "IPAddressAllow=localhost" in lines
    assert "InaccessiblePaths=-/srv/survey/.git" in lines
    assert "ProtectSystem=strict" in lines


def test_a_backup_leaves_the_machine_encrypted_to_two_holders_and_ends_after_35_days():
    script = (DEPLOY / "backup").read_text(encoding="utf-8")

    assert len(re.findall(r"^age --encrypt --recipients-file \"\$[13]\" ", script, re.MULTILINE)) == 2
    assert "umask 077" in script
    assert 'deploy/prune-backups "$2" "$4"' in script


@pytest.fixture
def backup(app, database_url, tmp_path):
    """Run the script on an installation of its own, with an `age` that only copies, or fails for one kind of file."""
    for name in ("bin", "of-data", "of-keys"):
        (tmp_path / name).mkdir()
    shutil.copyfile(database_url.removeprefix("sqlite:///"), tmp_path / "instance" / "survey.sqlite3")
    (tmp_path / "keys").rename(tmp_path / "instance" / "keys")
    age = tmp_path / "bin" / "age"
    age.write_text('#!/bin/sh\ncase "$5" in $FAILS) exit 1;; esac\ncp "$6" "$5"\n', encoding="utf-8")
    age.chmod(0o755)
    environment = os.environ | {
        "SURVEY_INSTANCE": str(tmp_path / "instance"),
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
    }

    def run(fails="-", folder="of-keys"):
        script = [
            DEPLOY / "backup",
            "data-recipients",
            tmp_path / "of-data",
            "key-recipients",
            tmp_path / folder,
        ]
        done = subprocess.run(script, env=environment | {"FAILS": fails}, capture_output=True, check=False)
        return done.returncode, (tmp_path / "instance" / "last-backup").exists()

    return run


def test_a_backup_leaves_its_mark_only_when_data_and_keys_are_copied(backup, tmp_path):
    assert backup(fails="*/data-*") == (1, False)
    assert backup(fails="*/keys-*") == (1, False)
    assert backup() == (0, True)
    moment = (tmp_path / "instance" / "last-backup").read_text(encoding="ascii").strip()
    assert timedelta(0) <= datetime.now(UTC) - datetime.fromisoformat(moment) < timedelta(hours=1)


@pytest.mark.long  # as where keys cannot be encrypted, which the test above has
def test_a_backup_whose_folder_of_keys_is_gone_leaves_no_mark(backup):
    assert backup(folder="gone") == (1, False)


def test_the_backup_of_a_place_without_a_database_fails_and_makes_none(backup, tmp_path):
    (tmp_path / "instance" / "survey.sqlite3").unlink()

    assert backup() == (1, False)
    assert not (tmp_path / "instance" / "survey.sqlite3").exists()


# Deleting backups by the clock

TODAY = date(2026, 6, 1)


@pytest.fixture
def backups(tmp_path):
    """Ten nightly backups of data and of keys, the newest made yesterday."""
    made(tmp_path, TODAY - timedelta(days=1), 10)
    return tmp_path


def made(folder, newest, count):
    for kind in ("data", "keys"):
        for age in range(count):
            night = datetime.combine(newest - timedelta(days=age), time(18, 30), UTC)
            file = folder / f"{kind}-{night:%Y%m%dT%H%MZ}.age"
            file.touch()
            os.utime(file, (night.timestamp(), night.timestamp()))


def prune(folder, on):
    subprocess.run([DEPLOY / "prune-backups", "--on", on.isoformat(), folder], check=True)
    return len(list(folder.glob("data-*.age"))), len(list(folder.glob("keys-*.age")))


def test_a_wrong_clock_deletes_no_backup_on_its_first_day_and_never_the_newest(backups):
    wrong = TODAY + timedelta(days=60)

    assert prune(backups, wrong) == prune(backups, wrong) == (10, 10)
    assert prune(backups, wrong + timedelta(days=1)) == (7, 7)
    assert prune(backups, wrong + timedelta(days=400)) == (7, 7)
    assert {file.name[5:13] for file in backups.glob("data-*")} >= {"20260531", "20260525"}


def test_what_was_old_under_a_wrong_clock_alone_is_not_deleted_by_the_right_one(backups):
    prune(backups, TODAY + timedelta(days=60))

    assert prune(backups, TODAY) == (10, 10)
    assert prune(backups, TODAY + timedelta(days=1)) == (10, 10)


def test_a_backup_older_than_35_days_is_deleted_when_it_was_old_on_two_days(backups):
    made(backups, TODAY - timedelta(days=40), 3)

    assert prune(backups, TODAY) == (13, 13)
    assert prune(backups, TODAY + timedelta(days=1)) == (10, 10)


def test_a_note_of_a_day_to_come_counts_from_today(backups):
    made(backups, TODAY - timedelta(days=40), 3)
    prune(backups, TODAY + timedelta(days=60))

    assert prune(backups, TODAY) == (13, 13)
    assert prune(backups, TODAY + timedelta(days=1)) == (10, 10)
