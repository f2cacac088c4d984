"""Abuse cases S05 to S09: the worker, the database or the disk gives way in the middle of an answer.

The worker is a real one, ended by SIGKILL at the very point. The full disk is SQLite's own error at its largest number
of pages, and on PostgreSQL an error of the class `disk_full` raised inside the database.
"""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError

from survey_app import db
from tests.servers import serving

pytestmark = pytest.mark.both_engines

API = "/api/v1/submissions"


class ByPath(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(120)
        self.sock.connect(self.host)


@pytest.fixture
def worker(app, database_url, tmp_path) -> Iterator:
    """Send a body to a real server, whose worker dies at the given point; the status, or None without a reply."""
    path, order = tmp_path / "s", tmp_path / "die"
    environment = {
        "SURVEY_INSTANCE": str(tmp_path / "instance"), "DATABASE_URL": database_url, "DIE": str(order),
        "KEY_DIR": str(tmp_path / "keys"), "WEB_WORKERS": "1",
    }  # fmt: skip
    db.session().close()
    db.database.engine.dispose()

    def send(body: dict[str, object], die: str = "") -> int | None:
        if die:
            order.write_text(die, "utf-8")
        connection = ByPath(str(path))
        try:
            connection.request(
                "POST", API, json.dumps(body), {"Content-Type": "application/json", "Host": "localhost"}
            )
            return connection.getresponse().status
        except (ConnectionError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        with serving(listening, environment, "tests.attacks.abuse.dying:make()"):
            yield send


def test_s05_a_worker_killed_after_the_commit_leaves_one_answer_and_the_retry_says_so(
    worker, slip, submission, stored
):
    body = submission(code=slip)

    assert worker(body, die="after") is None
    assert stored().responses == 1
    assert worker(body) == 200
    assert (stored().responses, stored().spent, stored().counted) == (1, 1, 1)


def test_s06_a_worker_killed_before_the_commit_burns_no_code(worker, slip, submission, stored):
    body = submission(code=slip)

    assert worker(body, die="before") is None
    assert (stored().responses, stored().spent) == (0, 0)
    assert worker(body) == 201
    assert stored().responses == 1


def test_s07_while_the_database_is_away_every_phone_is_told_to_keep_its_answer(
    client, slips, submission, stored, database_away
):
    bodies = [submission(code=code) for code in slips]

    with database_away():
        away = [client.post(API, json=body) for body in bodies]

    assert {reply.status_code for reply in away} == {503}
    assert all(reply.json["keep"] and reply.headers["Retry-After"] for reply in away)
    assert [client.post(API, json=body).status_code for body in bodies] == [201] * len(bodies)
    assert stored().responses == len(bodies)


def test_s08_a_full_disk_burns_no_code_and_the_answer_is_taken_once_there_is_room(
    client, texts, submission, stored
):
    bodies = [submission(code=code, answers={"remarks": "đ" * 2000}) for code in texts]

    with full_disk():
        replies = [client.post(API, json=body) for body in bodies]
        assert client.get(f"/k/{texts[-1]}").status_code == 200
    held = stored()

    assert replies[-1].status_code in {503, 507}
    assert replies[-1].json["keep"]
    taken = [reply.status_code for reply in replies].count(201)
    assert (held.responses, held.spent, held.counted) == (taken, taken, taken)
    assert {client.post(API, json=body).status_code for body in bodies} <= {200, 201}
    assert stored().responses == len(bodies)


def test_s09_an_error_of_a_commit_that_did_happen_still_counts_the_answer_once(
    client, slip, submission, stored
):
    body = submission(code=slip)

    with lying_commit():
        first = client.post(API, json=body)

    assert first.status_code == 503
    assert first.json["keep"]
    assert client.post(API, json=body).status_code == 200
    assert (stored().responses, stored().spent, stored().counted) == (1, 1, 1)


@contextmanager
def full_disk() -> Iterator[None]:
    """No room for another page, until the block ends."""
    engine = db.database.engine
    if engine.dialect.name == "postgresql":
        with engine.begin() as connection:
            connection.execute(text(_FULL))
        yield
        with engine.begin() as connection:
            connection.execute(text("DROP FUNCTION full_disk CASCADE"))
        return
    most = "PRAGMA max_page_count = 1"

    def limit(connection: object, _record: object, _proxy: object) -> None:
        connection.execute(most)

    event.listen(engine, "checkout", limit)
    db.session().close()
    yield
    db.session().close()
    most = "PRAGMA max_page_count = 1000000"
    engine.connect().close()
    event.remove(engine, "checkout", limit)


_FULL = """
CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
CREATE TRIGGER full_disk BEFORE INSERT ON responses FOR EACH ROW EXECUTE FUNCTION full_disk();
"""


@contextmanager
def lying_commit() -> Iterator[None]:
    """Commits happen, and are then reported as failed."""
    engine = db.database.engine

    def lie(connection: object) -> None:
        connection.connection.dbapi_connection.commit()
        raise OperationalError("COMMIT", {}, OSError("disk I/O error"))

    event.listen(engine, "commit", lie)
    yield
    event.remove(engine, "commit", lie)
