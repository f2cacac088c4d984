"""Which column of a list of people holds what, and which role a text of it names."""

from collections.abc import Mapping
from functools import cache

from survey_app import names, office_tables
from survey_app.access import Body, Role
from survey_app.accounts import management
from survey_app.i18n import force_locale
from survey_app.i18n import gettext as _
from survey_app.templating import role_name

_TITLES: Mapping[str, frozenset[str]] = {
    "family": frozenset({"ho va ten dem", "ho ten dem", "ho dem", "ho va dem", "ho va chu dem", "ho"}),
    "name": frozenset(
        {
            "name", "full name", "ho ten", "ho va ten", "ten", "ho ten can bo", "ho va ten can bo", "can bo",
            "ho ten nguoi dung", "nguoi dung", "ten can bo", "ho ten day du", "nguoi phu trach", "can bo phu trach",
            "can bo dau moi", "dau moi", "ho va ten nguoi dung",
        }
    ),
    "unit": frozenset(
        {
            "unit", "don vi", "ten don vi", "don vi cong tac", "noi cong tac", "co quan", "co quan don vi", "dia ban",
            "xa", "phuong", "xa phuong", "ten xa", "ten phuong", "ten xa phuong", "ma xa", "ma don vi",
            "xa phuong dac khu", "co quan cong tac", "don vi xa phuong",
        }
    ),
    "role": frozenset({"role", "vai tro", "quyen", "phan quyen", "nhiem vu", "vai tro tren he thong", "nhom quyen"}),
    "office": frozenset({"chuc vu", "chuc danh", "chuc vu chuc danh", "chuc vu don vi cong tac"}),
    "telephone": frozenset(
        {
            "telephone", "phone", "mobile", "dien thoai", "so dien thoai", "sdt", "dt", "so dt", "di dong",
            "so di dong", "dien thoai di dong", "so dien thoai di dong", "so dien thoai lien he", "dien thoai lien he",
            "zalo", "so zalo", "sdt zalo", "so dien thoai zalo", "sdt lien he", "dtdd", "so dtdd",
        }
    ),
    "email": frozenset(
        {
            "email", "e mail", "gmail", "thu dien tu", "dia chi thu dien tu", "dia chi email", "hop thu",
            "hop thu cong vu", "ten dang nhap", "tai khoan", "ten tai khoan", "sign in name", "user",
            "username", "email cong vu",
        }
    ),
}  # fmt: skip
#: What offices write instead of a role, where it has one meaning.
WORDS: Mapping[Role, tuple[str, ...]] = {
    Role.CLERK: ("nhập phiếu", "nhập liệu", "người nhập phiếu", "cán bộ nhập phiếu", "cán bộ nhập liệu"),
    Role.DIGITAL_TEAM: ("tổ công nghệ số", "tổ cns", "tổ cnscđ", "thành viên tổ công nghệ số cộng đồng"),
    Role.VIEWER: ("xem", "chỉ xem"),
    Role.AUDITOR: ("kiểm tra",),
    Role.COMMUNE: ("cán bộ phường", "cán bộ xã, phường", "cán bộ xã phường", "cán bộ ubnd xã", "cán bộ ubnd phường"),
    Role.FRONT_COMMUNE: (
        "mặt trận xã", "mặt trận phường", "mttq xã", "mttq phường", "cán bộ mttq xã", "cán bộ mttq phường",
        "cán bộ mặt trận phường", "ubmttq xã",
    ),
    Role.PROVINCE: ("cán bộ cấp tỉnh", "cán bộ ubnd tỉnh"),
    Role.FRONT_PROVINCE: ("mặt trận tỉnh", "mttq tỉnh", "cán bộ mttq tỉnh", "ubmttq tỉnh"),
}  # fmt: skip
#: The bodies' own words: which role they mean follows from the unit.
_BODY_WORDS: Mapping[Body, tuple[str, ...]] = {
    Body.FRONT: ("mttq", "mặt trận", "ubmttq", "cán bộ mặt trận", "cán bộ mttq", "mặt trận tổ quốc"),
    Body.GOVERNMENT: ("ubnd", "ủy ban nhân dân", "cán bộ ubnd"),
}
#: How a body is named before the name of its commune.
_BODY_PREFIXES = (
    "ủy ban mặt trận tổ quốc việt nam", "ủy ban mặt trận tổ quốc vn", "ủy ban mặt trận tổ quốc", "ủy ban mttq việt nam",
    "ủy ban mttq vn", "ủy ban mttq", "ubmttq việt nam", "ubmttqvn", "ubmttq vn", "ubmttq", "mặt trận tổ quốc việt nam",
    "mặt trận tổ quốc", "mặt trận", "mttq việt nam", "mttqvn", "mttq vn", "mttq", "ban thường trực", "ủy ban nhân dân",
    "ubnd", "đảng ủy", "hđnd",
)  # fmt: skip


def key_of(title: str) -> str:
    """What a column of that title holds, or "" where the list has no use for it.

    >>> [key_of(title) for title in ("Họ và tên", "Đơn vị (xã)", "Số ĐT", "Hä vµ tªn", "Ghi chú")]
    ['name', 'unit', 'telephone', 'name', '']
    """
    return office_tables.key_of(title, _TITLES)


def role_named(text: str, level: str) -> Role | None:
    """The role that a text names for somebody of a unit of `level`, or None where it may be several or none."""
    said = names.identity(text)
    if said in _roles():
        return _roles()[said]
    body = _bodies().get(said)
    at_level = (role for role in Role if role.body is body and management.fits(role, level))
    return next(at_level, None) if body else None


def unit_alone(text: str) -> str:
    """The name of a unit without the body in front of it.

    >>> unit_alone("Ủy ban MTTQ Việt Nam xã Ia Ly"), unit_alone("UBND phường Pleiku"), unit_alone("23560")
    ('xã Ia Ly', 'phường Pleiku', '23560')
    """
    for prefix in _BODY_PREFIXES:
        words = text.split()
        count = len(prefix.split())
        if len(words) > count and names.identity(" ".join(words[:count])) == names.identity(prefix):
            return unit_alone(" ".join(words[count:]))
    return text


def column_title(key: str) -> str:
    """What a column is called in the reader's language."""
    titles: dict[str, str] = {
        "name": _("Full name"),
        "unit": _("Unit"),
        "role": _("Role"),
        "telephone": _("Telephone"),
        "email": _("Sign-in name"),
    }
    return titles[key]


@cache
def _roles() -> Mapping[str, Role]:
    """Roles by their names in both languages, their keys, and what offices write."""
    found = {names.identity(word): role for role in Role for word in WORDS[role]}
    for language in ("vi", "en"):
        with force_locale(language):
            found |= {names.identity(role_name(role)): role for role in Role}
    return found | {names.identity(role.value): role for role in Role}


@cache
def _bodies() -> Mapping[str, Body]:
    return {names.identity(word): body for body, words in _BODY_WORDS.items() for word in words}
