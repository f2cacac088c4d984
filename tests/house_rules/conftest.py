"""Migrations are read once in a test process: a step up or down costs less than reading all of them again."""

from functools import cache

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

_read = ScriptDirectory.from_config


@cache
def _at(place: str) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", place)
    return _read(config)


@pytest.fixture(autouse=True)
def migrations_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every command of one test find the migrations that an earlier one read."""

    def read(config: Config) -> ScriptDirectory:
        place = config.get_main_option("script_location")
        assert place is not None
        return _at(place)

    monkeypatch.setattr(ScriptDirectory, "from_config", staticmethod(read))
