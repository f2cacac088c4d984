"""What the shipped server configuration may never do: write down who asked for what."""

import re
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
