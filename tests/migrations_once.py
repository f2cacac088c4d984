"""The files of migrations, each read once in a test process: alembic reads all of them for every question about one."""

from functools import cache
from types import ModuleType

from alembic.util import pyfiles

_read = pyfiles.load_module_py


@cache
def _kept(name: str, path: str) -> ModuleType:
    return _read(name, path)


def read_migrations_once() -> None:
    """What alembic runs beside them, `env.py`, it runs every time."""

    def load(name: str, path: str) -> ModuleType:
        return _read(name, path) if name == "env_py" else _kept(name, str(path))

    pyfiles.load_module_py = load
