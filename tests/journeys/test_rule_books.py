"""The province brings its figures into the rule book of the year, and communes say which services they offer."""

import json
from pathlib import Path

from playwright.sync_api import Page, expect

from survey_app.access import Role
from tests.journeys.steps import fetch, press, today, told


def test_a_rule_book_is_fetched_given_a_figure_with_its_source_and_chosen_and_a_service_is_ticked(
    make_commune, serve, desktop: Page, tmp_path: Path
):
    commune, year = make_commune(), today().year

    with serve() as server:
        server.sit_down(desktop, Role.PROVINCE, commune.province)
        desktop.goto(f"{server.url}/can-bo/khung/{year}")
        file = fetch(desktop, "Tải bộ tiêu chí này về (tệp JSON)", tmp_path)
        book = json.loads(file.read_text(encoding="utf-8"))
        [empty] = [one for one in book["requirements"] if one["kind"] == "coverage"]

        # A figure without its source is refused, with the place in the file.
        figure = {"comparison": ">=", "basis_points": 8000}
        empty["threshold"] = figure
        bring(desktop, file, book)
        expect(desktop.get_by_role("alert")).to_contain_text("Những chỗ cần sửa trong tệp")

        # With it the book becomes a new version, which the year uses once it is chosen.
        empty["threshold"] = figure | {"source": source()}
        bring(desktop, file, book)
        told(desktop, "Đã lưu “")
        desktop.locator("select[name=key]").select_option(book["key"])
        press(desktop, "Áp dụng bộ tiêu chí này")
        told(desktop, f"Năm {year} từ nay báo cáo theo")
        expect(desktop.locator(f"#condition-{empty['key']}")).to_contain_text("từ 80 % trở lên")

        # A commune ticks a service; where it is found has to be said.
        server.sit_down(desktop, Role.COMMUNE, commune.unit)
        desktop.goto(f"{server.url}/can-bo/dich-vu")
        desktop.get_by_role("checkbox", name="Y tế").check()
        press(desktop, "Lưu")
        expect(desktop.get_by_role("alert")).to_contain_text(
            "Hãy ghi bà con dùng dịch vụ này ở đâu trên mạng."
        )
        desktop.locator("#health_note").fill("yte.example.vn")
        press(desktop, "Lưu")
        told(desktop, "Đã lưu dịch vụ của")
        server.sit_down(desktop, Role.PROVINCE, commune.province)
        desktop.goto(f"{server.url}/can-bo/dich-vu")
        expect(desktop.get_by_role("row", name=commune.unit.full_name)).to_contain_text("yte.example.vn")


def bring(page: Page, file: Path, book: dict) -> None:
    file.write_text(json.dumps(book, ensure_ascii=False), encoding="utf-8")
    page.locator("input[type=file]").set_input_files(file)
    press(page, "Kiểm tra và lưu")


def source() -> dict[str, str]:
    """An invented document."""
    return {"number": "99/QĐ-THỬ", "date": "2026-01-05", "article": "Điều 1"}
