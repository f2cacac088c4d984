"""The keys in their folder: made once, readable by the service alone, never replaced."""

import stat
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from survey_app.keys import KeyMissing, KeyStore


def test_keys_are_readable_by_the_service_alone(tmp_path):
    store = KeyStore(tmp_path / "keys")
    store.create("session")
    store.create("signing")
    store.ensure_pepper("0001")

    modes = {stat.S_IMODE(path.stat().st_mode) for path in store.folder.rglob("*") if path.is_file()}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in (store.folder, store.folder / "peppers")}

    assert (modes, folders) == ({0o600}, {0o700})
    assert sorted(path.name for path in store.folder.rglob("*") if path.is_file()) == [
        "0001",
        "session",
        "signing",
    ]


def test_a_pepper_is_made_once_and_never_replaced(tmp_path):
    store = KeyStore(tmp_path)
    store.ensure_pepper("0001")
    first = store.pepper("0001")

    store.ensure_pepper("0001")

    assert store.pepper("0001") == first


def test_a_missing_pepper_is_never_made_by_reading(tmp_path):
    with pytest.raises(KeyMissing):
        KeyStore(tmp_path).pepper("0001")


@pytest.mark.parametrize("number", ["../session", "", "a/b", ".", "00 1"])
def test_a_pepper_has_no_path_of_its_own_choice(tmp_path, number):
    with pytest.raises(ValueError, match="letters and digits"):
        KeyStore(tmp_path).pepper(number)


def test_threads_that_race_for_a_new_pepper_all_get_the_same(tmp_path):
    ready = threading.Barrier(8)

    def make(_number):
        ready.wait(timeout=120)
        return KeyStore(tmp_path).ensure_pepper("0001")

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(make, range(8)))) == 1


@pytest.mark.parametrize("name", ["session_secret", "signing_key"])
def test_no_key_of_the_service_is_made_by_asking_for_it(tmp_path, name):
    store = KeyStore(tmp_path)

    with pytest.raises(KeyMissing):
        getattr(store, name)()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["session", "signing"])
def test_a_key_of_the_service_never_takes_the_place_of_another(tmp_path, name):
    store = KeyStore(tmp_path)
    store.create(name)
    before = (tmp_path / name).read_bytes()

    with pytest.raises(FileExistsError):
        store.create(name)

    assert (tmp_path / name).read_bytes() == before
