"""gunicorn against granian under the same load on the same database."""

from bench import servers, submissions
from bench.tables import show


def run() -> None:
    """Print a row for each server."""
    rows = [(kind, *submissions.row("PostgreSQL", kind)[1:]) for kind in (servers.GUNICORN, servers.GRANIAN)]
    show("Web servers, PostgreSQL", ("Server", *submissions.HEAD[1:]), rows)
