"""Settings: one file in the instance folder, each overridable by an environment variable.

Commands must work from any shell, so nothing here depends on how the server was started. Knows no room.
"""

import os
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

#: The civil time of every date people type or read; the database stores UTC.
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

#: Languages with a complete, reviewed interface. Jrai (jra) and Bahnar (bdq) join when a named reviewer approved a
#: pack.
LANGUAGES = ("vi", "en")

_PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day on which offices are closed, though it is no Saturday or Sunday, and the document that says so."""

    day: date
    source: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator may set. Paths are absolute."""

    instance: Path
    database_url: str
    key_dir: Path
    #: Scheme and host printed in QR codes and links, without a trailing slash.
    public_url: str
    #: True when the sample province is loaded: pages then say so and hand out sample codes.
    demo: bool
    #: True behind TLS: cookies are Secure and HSTS is sent.
    https: bool
    #: Whether officers who approve or sign must have a second factor; follows `https` unless set.
    second_factor: bool
    #: Working days for keying paper after the phones closed.
    counting_days: int
    #: Public holidays as the province announced them; without any, working days know Saturdays and Sundays alone.
    days_off: tuple[DayOff, ...]
    #: Spare slips per hundred households.
    spare_percent: int
    #: Whether the commune officer, besides the Front, may download the slips of a decision survey.
    commune_prints_slips: bool
    #: Months after sealing after which raw answers are removed; None until somebody who may has set it.
    retention_months: int | None
    #: Number of reverse proxies whose X-Forwarded-* headers are believed.
    proxies: int
    #: File with the head of the audit log as a second holder keeps it; None where nobody does.
    audit_head_file: Path | None
    #: Whether a decision may be signed by hand on paper, with a scan that a second person confirms.
    paper_signatures: bool

    def cookie(self, name: str) -> str:
        """The full name of a cookie; behind TLS one that browsers take from this very host over TLS alone."""
        return f"__Host-{name}" if self.https else name


def load_settings(instance: Path | None = None) -> Settings:
    """Settings of `instance`, of SURVEY_INSTANCE, or of the project's instance folder, in that order.

    Raises tomllib.TOMLDecodeError for a broken settings.toml and ValueError for a value of the wrong type.
    """
    folder = (instance or Path(os.environ.get("SURVEY_INSTANCE", _PROJECT / "instance"))).resolve()
    file = folder / "settings.toml"
    written = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    port = os.environ.get("PORT", "8000")

    def value(name: str, default: object) -> object:
        return os.environ.get(name.upper(), written.get(name, default))

    https = _flag(value("https", False))
    months = value("retention_months", None)
    head_file = value("audit_head_file", None)
    return Settings(
        instance=folder,
        database_url=str(value("database_url", f"sqlite:///{folder / 'survey.sqlite3'}")),
        key_dir=Path(str(value("key_dir", folder / "keys"))).resolve(),
        public_url=str(value("public_url", f"http://127.0.0.1:{port}")).rstrip("/"),
        demo=_flag(value("demo", False)),
        https=https,
        second_factor=_flag(value("second_factor", https)),
        counting_days=int(cast(str, value("counting_days", 5))),
        days_off=_days_off(written.get("days_off", [])),
        spare_percent=int(cast(str, value("spare_percent", 5))),
        commune_prints_slips=_flag(value("commune_prints_slips", False)),
        retention_months=None if months is None else _months(months),
        proxies=int(cast(str, value("proxies", 0))),
        audit_head_file=Path(str(head_file)).resolve() if head_file else None,
        paper_signatures=_flag(value("paper_signatures", False)),
    )


def _months(value: object) -> int:
    months = int(cast(str, value))
    if months < 1:
        raise ValueError(f"not a number of months: {value!r}")
    return months


def _days_off(written: object) -> tuple[DayOff, ...]:
    """The tables [[days_off]] of the file, in order of days; ValueError where a day or its document is missing."""
    found = []
    for entry in written if isinstance(written, list) else [written]:
        day, source = (entry.get("day"), entry.get("source")) if isinstance(entry, dict) else (None, None)
        if not isinstance(day, date) or isinstance(day, datetime) or not str(source or "").strip():
            raise ValueError(f"not a day off with its document: {entry!r}")
        found.append(DayOff(day, str(source).strip()))
    return tuple(sorted(found, key=lambda off: off.day))


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in {"1", "true", "yes", "on"}:
        return True
    if str(value).lower() in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError(f"not a yes or no: {value!r}")
