"""Settings: one file in the instance folder, each overridable by an environment variable.

Commands must work from any shell, so nothing here depends on how the server was started. Knows no room.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import current_app

#: The civil time of every date people type or read; the database stores UTC.
VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")

#: Languages with a complete, reviewed interface, each by its own name. A folder of `translations/` and a line here are
#: all that one needs; what it leaves untranslated is said in Vietnamese.
LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
#: Languages that a questionnaire may have too. They join the others when a named reviewer approved a pack.
FURTHER_LANGUAGES = {"jra": "Jrai", "bdq": "Bahnar"}

_PROJECT = Path(__file__).resolve().parent.parent


class SettingsFault(ValueError):
    """The settings cannot be used; the sentence says which one and what to write instead.

    Nothing can be translated before the settings are known, so the sentence is English until somebody asks for it in
    the operator's language: `text` is looked up in the catalogue, `values` stand in it.
    """

    def __init__(self, text: str, /, file: Path | None = None, **values: object) -> None:
        self.text, self.file, self.values = text, file, values
        super().__init__(self.sentence(str))

    def sentence(self, translate: Callable[[str], str]) -> str:
        """The sentence as `translate` has it, after the name of the file."""
        sentence = translate(self.text) % self.values
        return f"{self.file}: {sentence}" if self.file else sentence


def _(text: str) -> str:
    """Marks a sentence for the catalogues."""
    return text


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day on which offices are closed, though it is no Saturday or Sunday, and the document that says so."""

    day: date
    source: str


@dataclass(frozen=True, slots=True)
class VillageKind:
    """A kind of village that the register does not come with: its key, its word before a name, shorter forms of it."""

    kind: str
    word: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator may set. Paths are absolute."""

    instance: Path
    database_url: str
    key_dir: Path
    #: Scheme and host printed in QR codes and links, without a trailing slash.
    public_url: str
    #: Hosts that were printed in QR codes before: respondents' pages answer there too, where their phones keep slips.
    former_hosts: frozenset[str]
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
    #: Kinds of village that are added to those of the register.
    village_kinds: tuple[VillageKind, ...]
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
    #: What another machine shows to ask `/ready`, in "Authorization: Bearer …"; None where only this machine asks.
    ready_token: str | None

    def cookie(self, name: str) -> str:
        """The full name of a cookie; behind TLS one that browsers take from this very host over TLS alone."""
        return f"__Host-{name}" if self.https else name

    @property
    def opens_here_alone(self) -> bool:
        """Whether `public_url` is an address of the machine itself, which no phone can open."""
        host = urlsplit(self.public_url).hostname or ""
        try:
            address = ip_address(host)
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")
        return address.is_loopback or address.is_unspecified


def load_settings(instance: Path | None = None) -> Settings:
    """Settings of `instance`, of SURVEY_INSTANCE, or of the project's instance folder, in that order.

    Raises SettingsFault, in one sentence, for a file that cannot be read, a name that does not exist or a value of the
    wrong type.
    """
    folder = (instance or Path(os.environ.get("SURVEY_INSTANCE", _PROJECT / "instance"))).resolve()
    file = folder / "settings.toml"
    try:
        written = _written(file)
        _refuse_unknown(written)
        return _settings(folder, written, os.environ)
    except SettingsFault as fault:
        raise SettingsFault(fault.text, file, **fault.values) from fault


def settings() -> Settings:
    """Those of the application that runs."""
    found: Settings = current_app.extensions["settings"]
    return found


def unset_settings() -> Settings:
    """What holds where nobody has set anything, in a folder that is not there."""
    return _settings(Path("/nonexistent"), {}, {})


def _written(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    except OSError as error:
        raise SettingsFault(_("the file cannot be read: %(reason)s"), reason=error.strerror) from error
    except UnicodeError as error:
        raise SettingsFault(_("the file is not text in UTF-8")) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsFault(_("the file is not written as settings are: %(reason)s"), reason=error) from error


def _refuse_unknown(written: dict[str, object]) -> None:
    """A misspelt name would be ignored, and a server without its protection would look like one that has it."""
    known = [field.name for field in fields(Settings) if field.name != "instance"]
    for name in written:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            if near:
                raise SettingsFault(
                    _("there is no setting “%(name)s”; did you mean “%(near)s”?"), name=name, near=near[0]
                )
            raise SettingsFault(_("there is no setting “%(name)s”"), name=name)


def _settings(folder: Path, written: dict[str, object], environment: Mapping[str, str]) -> Settings:
    port = environment.get("PORT", "8000")

    def value(name: str, default: object) -> object:
        return environment.get(name.upper(), written.get(name, default))

    https = _flag("https", value("https", False))
    months = value("retention_months", None)
    head_file = value("audit_head_file", None)
    return Settings(
        instance=folder,
        database_url=str(value("database_url", f"sqlite:///{folder / 'survey.sqlite3'}")),
        key_dir=Path(str(value("key_dir", folder / "keys"))).resolve(),
        public_url=_address(str(value("public_url", f"http://127.0.0.1:{port}"))),
        former_hosts=_hosts(value("former_hosts", [])),
        demo=_flag("demo", value("demo", False)),
        https=https,
        second_factor=_flag("second_factor", value("second_factor", https)),
        counting_days=_number("counting_days", value("counting_days", 5), least=1),
        days_off=_days_off(written.get("days_off", [])),
        village_kinds=_village_kinds(written.get("village_kinds", [])),
        spare_percent=_number("spare_percent", value("spare_percent", 5)),
        commune_prints_slips=_flag("commune_prints_slips", value("commune_prints_slips", False)),
        retention_months=None if months is None else _number("retention_months", months, least=1),
        proxies=_number("proxies", value("proxies", 0)),
        audit_head_file=Path(str(head_file)).resolve() if head_file else None,
        paper_signatures=_flag("paper_signatures", value("paper_signatures", False)),
        ready_token=str(value("ready_token", "")) or None,
    )


def _address(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#]+/*", value):
        raise SettingsFault(
            _("public_url is http:// or https:// and a host, without a path, not “%(value)s”"), value=value
        )
    return value.rstrip("/")


def _hosts(value: object) -> frozenset[str]:
    """Names of hosts, in a list or with blanks between them."""
    names = value if isinstance(value, list) else str(value).split()
    for name in names:
        if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9.-]+", name):
            raise SettingsFault(
                _("former_hosts are names of hosts, without scheme or path, not “%(value)s”"), value=name
            )
    return frozenset(name.lower() for name in names)


def _number(name: str, value: object, *, least: int = 0) -> int:
    try:
        number = int(cast(str, value))
    except (TypeError, ValueError):
        number = least - 1
    if number < least or isinstance(value, bool | float):
        raise SettingsFault(
            _("%(name)s is a whole number from %(least)s on, not “%(value)s”"),
            name=name,
            least=least,
            value=value,
        )
    return number


def _days_off(written: object) -> tuple[DayOff, ...]:
    """The tables [[days_off]] of the file, in order of days; SettingsFault where a day or its document is missing."""
    found = []
    for entry in written if isinstance(written, list) else [written]:
        day, source = (entry.get("day"), entry.get("source")) if isinstance(entry, dict) else (None, None)
        if not isinstance(day, date) or isinstance(day, datetime) or not str(source or "").strip():
            raise SettingsFault(_("not a day off with its document: %(entry)s"), entry=entry)
        found.append(DayOff(day, str(source).strip()))
    return tuple(sorted(found, key=lambda off: off.day))


def _village_kinds(written: object) -> tuple[VillageKind, ...]:
    """The tables [[village_kinds]] of the file; SettingsFault where a key or a word is missing or there twice."""
    found: dict[str, VillageKind] = {}
    for entry in written if isinstance(written, list) else [written]:
        row = entry if isinstance(entry, dict) else {}
        key, word, also = row.get("kind"), row.get("word"), row.get("also", [])
        texts = [key, word, *also] if isinstance(also, list) else []
        is_sound = texts and all(isinstance(text, str) and text.strip() for text in texts)
        if not is_sound or not re.fullmatch(r"[a-z][a-z_]{1,19}", str(key)) or key in found:
            raise SettingsFault(
                _("not a kind of village with kind (a to z and _), word and perhaps also: %(entry)s"),
                entry=entry,
            )
        found[str(key)] = VillageKind(str(key), str(word).strip(), tuple(str(text).strip() for text in also))
    return tuple(found.values())


def _flag(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    if str(value).lower() in {"1", "true", "yes", "on"}:
        return True
    if str(value).lower() in {"0", "false", "no", "off", ""}:
        return False
    raise SettingsFault(_("%(name)s is true or false, not “%(value)s”"), name=name, value=value)
