"""The chapters of the manual and whom each is for.

Each chapter is one template in Vietnamese, used for the page and for the PDF alike. It is written in Vietnamese and not
translated: it names buttons by the words on Vietnamese screens, and a test holds those words to the catalogue.
"""

from dataclasses import dataclass
from typing import assert_never

from survey_app.access import Role


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter: its place in the address, and its title."""

    key: str
    title: str
    #: What one learns in it, as the list of chapters says it.
    about: str


CHAPTERS = (
    Chapter(
        "can-bo-xa",
        "Cán bộ xã",
        "Danh sách thôn, lập đợt, theo dõi, kết quả và niêm yết; góp ý nhanh bằng QR.",
    ),
    Chapter(
        "mat-tran",
        "Mặt trận xã",
        "Duyệt công bố, in và phát phiếu, kiểm tra phiếu giấy, ký kết quả.",
    ),
    Chapter(
        "nhap-phieu",
        "Người nhập phiếu giấy",
        "Gõ phiếu bằng bàn phím, quét cả chồng, sửa khi gõ nhầm; trả lời hộ bà con.",
    ),
    Chapter(
        "tinh",
        "Cán bộ tỉnh, Mặt trận tỉnh",
        "Tài khoản, bộ tiêu chí, bảng theo dõi các xã, số liệu và báo cáo.",
    ),
    Chapter(
        "vi-sao",
        "Vì sao không dùng Google Biểu mẫu",
        "Việc nào biểu mẫu trên mạng làm tốt hơn, việc nào không làm được.",
    ),
)

BY_KEY = {chapter.key: chapter for chapter in CHAPTERS}


def of_role(role: Role) -> Chapter:
    """The chapter about the work of this role."""
    match role:
        case Role.COMMUNE | Role.VIEWER:
            key = "can-bo-xa"
        case Role.FRONT_COMMUNE:
            key = "mat-tran"
        case Role.CLERK | Role.DIGITAL_TEAM:
            key = "nhap-phieu"
        case Role.PROVINCE | Role.FRONT_PROVINCE | Role.AUDITOR:
            key = "tinh"
        case _:
            assert_never(role)
    return BY_KEY[key]
