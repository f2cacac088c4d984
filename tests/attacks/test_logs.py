"""No code, receipt, answer or address in any log, dump or error report, whatever happens to a request.

A whole survey on a real server, with every kind of refusal and a real crash; then everything that was written down
is searched.
"""

import http.client
import json
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import create_engine, text

from survey_app.fieldwork import codes
from tests.attacks import linkage
from tests.journeys import conftest as journeys
from tests.journeys.conftest import Server
from tests.pages import Page

#: The product on a real server, made after its log has been given a place.
started_server = journeys.server
#: What that server begins with.
units_and_library, beginnings = journeys.units_and_library, journeys.beginnings

COMMUNE = "23590"
PASSWORD = "mot cau du dai de nho"
#: Where the villager's phone sends from: nothing else on the machine has this address.
ADDRESS = "127.0.0.77"
NETWORK = "127.0.0.0/24"
AGENT = "Zalo-may-cua-ong-Nam"
REMARK = "Con đường vào làng Phung ngập mỗi khi mưa to"


class Phone:
    """A program that speaks HTTP from an address of its own, and remembers cookies."""

    def __init__(self, server: Server) -> None:
        self.host = urlsplit(server.url).netloc
        self.cookies: dict[str, str] = {}

    def ask(self, path: str, form: dict[str, str] | None = None, **options: object) -> tuple[int, str]:
        """Status and text of a reply; a form is posted."""
        body = options.get("body") or (urlencode(form) if form is not None else None)
        headers = {
            "User-Agent": AGENT,
            "Content-Type": str(options.get("type", "application/x-www-form-urlencoded")),
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        connection = http.client.HTTPConnection(self.host, source_address=(ADDRESS, 0), timeout=300)
        connection.request("POST" if body is not None else "GET", path, body=body, headers=headers)
        reply = connection.getresponse()
        for cookie in reply.headers.get_all("Set-Cookie") or ():
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        content = reply.read().decode("utf-8", "replace")
        connection.close()
        return reply.status, content

    def send_program(self, **body: object) -> tuple[int, str]:
        """An answer through the documented interface."""
        return self.ask("/api/v1/submissions", body=json.dumps(body), type="application/json")


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the web server and everything in it writes what it has to say."""
    file = tmp_path / "server.log"
    monkeypatch.setenv("GUNICORN_CMD_ARGS", f"--error-logfile {file} --capture-output")
    return file


@pytest.fixture
def server(log: Path, started_server: Server) -> Server:
    """The product, its log kept."""
    return started_server


@pytest.fixture
def survey(server: Server) -> str:
    """An open survey of one village."""
    frame = server.folder / "khung.csv"
    today = datetime.now(UTC).date()
    frame.write_text(
        f"commune,village,kind,households,source,as_of\n{COMMUNE},Phung,lang,40,Danh sách,{today}\n",
        encoding="utf-8",
    )
    made = server.json(
        "fieldwork", "open", "--instrument", "xa-ntm", "--unit", COMMUNE, "--frame", str(frame),
        "--opens", str(today - timedelta(days=2)), "--closes", str(today + timedelta(days=3)), "--purpose", "decision",
    )  # fmt: skip
    return str(made["survey"])


@pytest.fixture
def slips(server: Server, survey: str) -> list[str]:
    """Printed codes; the file is the commune's, and is thrown away."""
    file = server.folder / "phieu.csv"
    server.flask(
        "fieldwork", "slips", "--survey", survey, "--village", "Phung", "--count", "40", "--out", str(file)
    )
    found = re.findall(r"\b\d{4}(?: \d{4}){3}\b", file.read_text(encoding="utf-8-sig"))
    file.unlink()
    return [code.replace(" ", "-") for code in dict.fromkeys(found)]


def test_nothing_written_down_holds_a_code_a_receipt_an_answer_or_an_address(
    log, server, survey, slips, database_url
):
    phone, receipts, statuses = Phone(server), [], set()

    def seen(reply: tuple[int, str]) -> tuple[int, str]:
        statuses.add(reply[0])
        receipts.extend(re.findall(r"\bBN \d{4} – \d{3} \d{4} \d{4}\b", reply[1]))
        return reply

    # Every way of answering, and every refusal.
    answers = {"planning": "satisfied", "transport": "dissatisfied", "_id": str(uuid.uuid4())}
    seen(phone.ask(f"/k/{slips[0]}"))
    seen(phone.ask(f"/k/{slips[0]}", {**answers, "_step": "review"}))
    for _time in range(2):
        seen(phone.ask(f"/k/{slips[0]}", answers))
    seen(phone.ask(f"/k/{slips[0]}"))
    seen(phone.ask(f"/k/{slips[0]}", {**answers, "_id": str(uuid.uuid4())}))
    seen(phone.ask(f"/k/{slips[1]}", {"planning": REMARK, "khong-co": REMARK}))
    seen(phone.ask(f"/k/{slips[1]}", body=json.dumps(answers), type="application/json"))
    seen(phone.ask(f"/k/{slips[1][:-1]}{'0' if slips[1][-1] != '0' else '1'}"))
    unknown = codes.new_code(survey).replace(" ", "-")
    seen(phone.ask(f"/k/{unknown}"))
    seen(phone.ask("/k", {"code": slips[1]}))
    seen(phone.ask(f"/khong-co?code={slips[1]}"))
    sent = {
        "submission_id": str(uuid.uuid4()),
        "code": slips[2],
        "channel": "self_online",
        "answers": {"planning": "satisfied"},
    }
    for change in (
        {},
        {},
        {"answers": {"planning": REMARK}},
        {"submission_id": str(uuid.uuid4())},
        {"nhiều": REMARK},
    ):
        seen(phone.send_program(**{**sent, **change}))
    seen(phone.ask("/kiem-tra", {"receipt": receipts[0]}))
    with pepper_away(server, survey):
        assert seen(phone.ask(f"/k/{slips[3]}", {**answers, "_id": str(uuid.uuid4())}))[0] == 503
    with crashing(database_url):
        assert seen(phone.ask(f"/k/{slips[3]}", {**answers, "_id": str(uuid.uuid4())}))[0] == 500
        assert (
            seen(phone.send_program(**{**sent, "submission_id": str(uuid.uuid4()), "code": slips[3]}))[0]
            == 500
        )
    key_in(server, survey, slips[4])
    for slip in slips[5:30]:
        phone.send_program(**{**sent, "submission_id": str(uuid.uuid4()), "code": slip})
    server.flask("fieldwork", "tick")
    server.json("results", "close", "--survey", survey)
    server.json("results", "verify", "--survey", survey)
    seen(phone.ask(f"/k/{slips[31]}"))
    seen(phone.ask(f"/k/{slips[31]}", {**answers, "_id": str(uuid.uuid4())}))
    read_results(server, survey)

    assert {200, 201, 303, 400, 404, 409, 410, 415, 422, 500, 503} <= statuses
    assert len(receipts) >= 3
    printed = {
        code
        for slip in (*slips, unknown)
        for code in (slip, codes.normalise(slip), codes.grouped(codes.normalise(slip)))
    }
    named = {receipt.rpartition("– ")[2] for receipt in receipts}
    secrets = {*printed, *receipts, *named, ADDRESS, NETWORK, AGENT, REMARK}
    assert "Traceback" in log.read_text(), "a crash is told, or nobody could mend it"
    for where, content in written(server).items():
        assert {secret for secret in secrets if secret in content} == set(), where
    for table, content in dumped(database_url).items():
        assert {secret for secret in secrets if secret in content} == set(), table
        if table not in {"sealed_responses", "instruments", "seals", "tallies"}:
            assert "dissatisfied" not in content, table
    assert "dissatisfied" not in log.read_text()


class pepper_away:  # noqa: N801 - reads as a sentence in a with statement
    """The survey's key cannot be read for a while."""

    def __init__(self, server: Server, survey: str) -> None:
        self.file = server.folder / "keys" / "peppers" / survey

    def __enter__(self) -> None:
        self.file.rename(self.file.with_suffix(".away"))

    def __exit__(self, *_error: object) -> None:
        self.file.with_suffix(".away").rename(self.file)


class crashing:  # noqa: N801 - reads as a sentence in a with statement
    """Storing an answer fails in a way that nobody foresaw."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url)
        self.lite = url.startswith("sqlite")

    def __enter__(self) -> None:
        if self.lite:
            made = "CREATE TRIGGER crash BEFORE INSERT ON responses BEGIN SELECT RAISE(ABORT, 'trigger of the test'); END"
            self._run(made)
            return
        self._run(
            "CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'trigger of the test'; END $$"
        )
        self._run("CREATE TRIGGER crash BEFORE INSERT ON responses FOR EACH ROW EXECUTE FUNCTION crash()")

    def __exit__(self, *_error: object) -> None:
        self._run("DROP TRIGGER crash" if self.lite else "DROP TRIGGER crash ON responses")
        self.engine.dispose()

    def _run(self, statement: str) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement))


def key_in(server: Server, survey: str, code: str) -> None:
    """A clerk keys a paper slip, once rightly and once with the same code again."""
    clerk = signed_in(server, "clerk", COMMUNE)
    for _time in range(2):
        address = f"/can-bo/nhap-phieu/{survey}"
        form = Page(clerk.ask(address)[1]).form(class_="paper-form")
        clerk.ask(address, form.data(_code=code, _not="2", _count="1"))


def read_results(server: Server, survey: str) -> None:
    """The Front looks at the result and takes its files."""
    front = signed_in(server, "front_commune", COMMUNE)
    for ending in ("", ".csv", ".xlsx"):
        assert front.ask(f"/can-bo/dot/{survey}/ket-qua{ending}")[0] == 200


def signed_in(server: Server, role: str, unit: str) -> Phone:
    secret = server.folder / "password"
    secret.write_text(PASSWORD)
    server.flask(
        "accounts", "create", "--email", f"{role}@gialai", "--name", "Bà Hoa", "--role", role, "--unit", unit,
        "--password-file", str(secret),
    )  # fmt: skip
    secret.unlink()
    person = Phone(server)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', person.ask("/dang-nhap")[1])
    assert token is not None
    form = {"csrf_token": token[1], "email": f"{role}@gialai", "password": PASSWORD}
    assert person.ask("/dang-nhap", form)[0] in {302, 303}
    return person


def written(server: Server) -> dict[str, str]:
    """Every file the installation wrote, keys and the database itself apart."""
    return {
        str(file): file.read_bytes().decode("latin-1")
        for file in _files(server.folder)
        if "keys" not in file.parts and "sqlite3" not in file.name and file.suffix != ".xlsx"
    }


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if file.is_file())


def dumped(url: str) -> dict[str, str]:
    """Every table as text."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            table: "\n".join(str(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{table}"')))
            for table in linkage.tables(connection)
        }
    engine.dispose()
    return found
