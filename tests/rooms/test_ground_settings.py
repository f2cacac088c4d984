"""Settings of the file and of the environment, days off, kinds of villages."""

from datetime import date

import pytest

from survey_app.config import DayOff, SettingsFault, VillageKind, load_settings
from survey_app.units import kinds


def test_settings_of_the_file_give_way_to_the_environment(tmp_path, monkeypatch):
    (tmp_path / "settings.toml").write_text(
        'counting_days = 7\npublic_url = "https://a.vn/"\nhttps = true\n', "utf-8"
    )
    monkeypatch.setenv("COUNTING_DAYS", "3")

    settings = load_settings(tmp_path)

    assert (settings.counting_days, settings.public_url, settings.https, settings.spare_percent) == (
        3,
        "https://a.vn",
        True,
        5,
    )


def test_days_off_are_read_in_order_with_the_document_that_says_so(tmp_path):
    (tmp_path / "settings.toml").write_text(
        '[[days_off]]\nday = 2026-09-02\nsource = "TB 9"\n[[days_off]]\nday = 2026-04-30\nsource = " TB 4 "\n',
        "utf-8",
    )

    days_off = load_settings(tmp_path).days_off

    assert days_off == (DayOff(date(2026, 4, 30), "TB 4"), DayOff(date(2026, 9, 2), "TB 9"))


@pytest.mark.parametrize(
    "written",
    ["day = 2026-09-02", 'source = "TB 9"', 'day = 2026-09-02\nsource = " "', 'day = "2/9"\nsource = "TB 9"'],
)
def test_a_day_off_without_its_document_stops_the_start(tmp_path, written):
    (tmp_path / "settings.toml").write_text(f"[[days_off]]\n{written}\n", "utf-8")

    with pytest.raises(ValueError, match="day off"):
        load_settings(tmp_path)


def test_kinds_of_village_are_added_by_key_word_and_shorter_forms(tmp_path):
    (tmp_path / "settings.toml").write_text(
        '[[village_kinds]]\nkind = "trai"\nword = " Trại "\nalso = ["Tr"]\n'
        '[[village_kinds]]\nkind = "khu_tap_the"\nword = "Khu tập thể"\n',
        "utf-8",
    )

    added = load_settings(tmp_path).village_kinds

    assert added == (VillageKind("trai", "Trại", ("Tr",)), VillageKind("khu_tap_the", "Khu tập thể"))


@pytest.mark.parametrize(
    "written",
    [
        'kind = "trai"', 'word = "Trại"', 'kind = "Trại"\nword = "Trại"', 'kind = "trai"\nword = " "',
        'kind = "trai"\nword = "Trại"\nalso = "Tr"', 'kind = "trai"\nword = "Trại"\nalso = [""]',
    ],
)  # fmt: skip
def test_a_kind_of_village_that_lacks_something_stops_the_start(tmp_path, written):
    (tmp_path / "settings.toml").write_text(f"[[village_kinds]]\n{written}\n", "utf-8")

    with pytest.raises(ValueError, match="kind of village"):
        load_settings(tmp_path)


def test_a_kind_that_the_register_has_is_not_added_again(tmp_path):
    (tmp_path / "settings.toml").write_text('[[village_kinds]]\nkind = "lang"\nword = "Lang"\n', "utf-8")

    with pytest.raises(SettingsFault, match="register already"):
        kinds.refuse_taken(load_settings(tmp_path).village_kinds)


def test_without_settings_everything_lies_in_the_instance_folder(tmp_path):
    settings = load_settings(tmp_path)

    assert settings.database_url == f"sqlite:///{tmp_path}/survey.sqlite3"
    assert settings.key_dir == tmp_path / "keys"


def test_a_setting_that_is_neither_yes_nor_no_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("HTTPS", "perhaps")

    with pytest.raises(ValueError, match="perhaps"):
        load_settings(tmp_path)
