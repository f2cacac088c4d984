"""What the checks say, in Vietnamese and in English."""

#: Check → (Vietnamese, English).
CHECKS = {
    "content": (
        "Tệp và bản đã ký cùng số đợt, mã đơn vị, loại đợt và lúc chốt",
        "The file and the signed statement have the same survey, unit code, purpose and moment of sealing",
    ),
    "instrument": ("Mẫu phiếu đúng là mẫu đã ký", "The form is the one that was signed"),
    "names": (
        "Tên xã, tên thôn trong tệp đúng như đã ký",
        "Names of commune and villages in the file are those that were signed",
    ),
    "rulebook": (
        "Bộ tiêu chí trong tệp đúng là bộ đã ghim và đã ký",
        "The rule book in the file is the one that was pinned and signed",
    ),
    "order": (
        "Danh sách biên nhận đúng thứ tự, không dòng nào lặp lại",
        "The list of receipts is in order and names none twice",
    ),
    "list": ("Danh sách biên nhận khớp với bản đã ký", "The list of receipts fits the signed statement"),
    "digest": ("Mã đối chiếu khớp với bản đã ký", "The digest fits the signed statement"),
    "signature": (
        "Chữ ký số khớp với mã đối chiếu và khóa ghi trong tệp",
        "The signature fits the digest and the key in this file",
    ),
    "key": (
        "Khóa ghi trong tệp đúng là khóa đã biết của máy chủ",
        "The key in this file is the server's known key",
    ),
    "paper": ("Mã đối chiếu trùng với biên bản giấy", "The digest is the one on the paper minutes"),
    "frame": (
        "Số hộ các thôn và phần điều chỉnh cộng đúng",
        "Households of the villages and corrections add up",
    ),
    "tables": (
        "Trong bảng công bố: số hộ theo danh sách và số toàn xã khớp với số đã ký, các tỷ lệ và tổng tính đúng",
        "In the published table households and the commune's counts fit the signed ones; rates and sums are right",
    ),
    "published": (
        "Từng con số trong bảng công bố đúng như đã ký, kể cả số của từng thôn và cách trả lời",
        "Every figure of the published table is the one that was signed, those of villages and doors included",
    ),
    "answers": (
        "Từng phiếu khớp với biên nhận của nó trong danh sách",
        "Every answer fits its receipt in the list",
    ),
    "recount": ("Đếm lại từ phiếu ra đúng số của từng thôn", "Counting the answers again gives every tally"),
    "tallies": ("Số của từng thôn khớp với bản đã ký", "The tallies fit the signed statement"),
    "totals": (
        "Cộng các thôn ra đúng số toàn xã; số hộ trả lời và mức hài lòng nêu cho từng thôn không sai với số đếm",
        "The tallies add up to the commune's figures; answers and bands told of villages are true of them",
    ),
    "codes": (
        "Theo tệp, số mã phiếu đã dùng bằng số phiếu trả lời và không thôn nào quá số phiếu đã làm",
        "By the file as many codes were spent as answers are there, in no village more than slips were made",
    ),
    "acts": ("Nhật ký ghi việc chốt đúng với mã đối chiếu này", "The audit log names this digest at sealing"),
    "chain": (
        "Từng việc trong trích nhật ký khớp với mã của nó, các việc liền nhau nối đúng nhau",
        "Every act of the audit log fits its digest, and acts that follow on each other are chained",
    ),
    "receipt": ("Biên nhận có trong danh sách", "The receipt is in the list"),
    "previous": (
        "Cùng bản chốt, cùng bảng công bố với tệp đã tải trước đây, không thiếu biên nhận nào",
        "The same seal and published table as in the file kept from before, and no receipt is missing",
    ),
}

#: Why a check was not possible → (Vietnamese, English).
REASONS = {
    "public_set": (
        "bộ công khai không có dữ liệu này; cần bộ dữ liệu kiểm tra",
        "the public set does not hold this; it takes the auditor set",
    ),
    "raw_removed": (
        "tệp này ghi: phiếu gốc đã xóa ngày {} theo thời hạn lưu giữ; chỉ các mã đối chiếu được kiểm tra",
        "this file says: raw answers removed on {}; the digests alone are checked",
    ),
    "no_key": (
        "chưa nhập khóa đã biết; tệp bị ký lại bằng khóa khác chỉ lộ ra khi so với khóa này hoặc với biên bản giấy",
        "no known key was given; a file signed again with another key shows only against that key or the paper minutes",
    ),
    "no_paper": (
        "chưa nhập 20 ký tự in trên biên bản giấy",
        "the 20 characters on the paper minutes were not given",
    ),
    "too_few": (
        "số liệu không công bố vì có quá ít phiếu",
        "figures are not published because there are too few answers",
    ),
    "not_signed": (
        "bản ghi trong tệp không phải bản đã ký, so với nó không nói lên điều gì",
        "the statement in the file is not the one that was signed, so agreeing with it says nothing",
    ),
    "old_names": (
        "tên xã, tên thôn không nằm trong bản đã ký: đợt này chốt bằng phiên bản cũ",
        "names are not part of what was signed: this survey was sealed by an earlier release",
    ),
    "old_rulebook": (
        "bộ tiêu chí không nằm trong bản đã ký: đợt này chốt bằng phiên bản cũ",
        "the rule book is not part of what was signed: this survey was sealed by an earlier release",
    ),
    "no_rulebook": ("đợt này không ghim bộ tiêu chí nào", "this survey pinned no rule book"),
    "old_tables": (
        "tỷ lệ tham gia, mức hài lòng của từng thôn và cách trả lời không nằm trong bản đã ký: "
        "đợt này chốt bằng phiên bản cũ",
        "coverage and bands of villages and the split by phone and paper are not part of what was signed: "
        "this survey was sealed by an earlier release",
    ),
    "no_chain": (
        "bộ dữ liệu kiểm tra kiểu cũ ghi nhật ký không kèm số thứ tự và mã",
        "an auditor set of the first format tells acts without numbers and digests",
    ),
    "no_codes": ("đợt góp ý không dùng mã phiếu", "a feedback survey has no codes"),
    "no_receipt": ("chưa nhập biên nhận", "no receipt was given"),
    "bad_receipt": ("biên nhận gõ sai hoặc của đợt khác", "the receipt is mistyped or of another survey"),
    "no_previous": ("không có tệp tải trước đây để so", "no file kept from before was given"),
    "other_survey": ("tệp trước đây là của đợt khác", "the file from before is of another survey"),
    "previous_damaged": ("tệp trước đây tự nó không khớp", "the file from before does not agree with itself"),
}

STATUS = {
    "ok": ("ĐÚNG", "ok"),
    "fail": ("SAI", "FAIL"),
    "not_possible": ("CHƯA KIỂM ĐƯỢC", "not possible"),
}

#: Sets, and the sentences around the list of checks.
SENTENCES = {
    "public": ("Bộ công khai, đợt {}, {}", "Public set, survey {}, {}"),
    "auditor": ("Bộ dữ liệu kiểm tra, đợt {}, {}", "Auditor set, survey {}, {}"),
    "place": ("khác tại: {}", "differs at: {}"),
    "unreadable": (
        "phần này của tệp bị thiếu hoặc không đọc được",
        "this part of the file is missing or unreadable",
    ),
    "redacted": (
        "{} đoạn chữ đã được che; mã của chúng vẫn khớp",
        "{} texts were taken out; their hashes fit",
    ),
    "signed_with": ("số hiệu khóa: {}", "number of the key: {}"),
    "annulled": (
        "phiếu này đã được ghi nhận nhưng lượt lấy ý kiến của thôn đã bị hủy, nên không được tính",
        "this answer was recorded, but the answers of its village were annulled: it is not counted",
    ),
    "sound": (
        "KẾT LUẬN: không thấy sai lệch. Số việc chưa kiểm được: {}.",
        "RESULT: no difference found. Checks not possible: {}.",
    ),
    "wrong": ("KẾT LUẬN: CÓ SAI LỆCH. Số việc sai: {}.", "RESULT: DIFFERENCES FOUND. Checks failed: {}."),
    "no_set": ("Không đọc được tệp này: {}", "This file cannot be read: {}"),
}

#: The page alone.
PAGE = {
    "title": ("Kiểm chứng kết quả lấy ý kiến", "Check the result of a survey"),
    "lead": (
        "Trang này chạy ngay trên máy của bà con, không cần mạng và không gửi gì đi. Chọn, hoặc kéo thả vào trang, "
        "tệp dữ liệu đã tải từ trang kết quả (bộ công khai), bộ dữ liệu kiểm tra, hay cả tệp ZIP hồ sơ minh chứng. "
        "Hồ sơ đã giải nén thì chọn tất cả các tệp.",
        "This page works on your own device, needs no network and sends nothing. Choose, or drag onto the page, the "
        "file downloaded from the result page (public set), an auditor set, or the whole ZIP of an evidence pack. Of "
        "an unpacked one choose all files.",
    ),
    "file": ("Tệp dữ liệu (.json) hoặc hồ sơ minh chứng (.zip)", "Data file (.json) or evidence pack (.zip)"),
    "paper": (
        "20 ký tự mã đối chiếu in trên biên bản giấy",
        "The 20 characters of the digest on the paper minutes",
    ),
    "receipt": ("Biên nhận của bà con (nếu có)", "Your receipt (if you have one)"),
    "key": ("Khóa công khai đã biết của máy chủ (nếu có)", "The server's public key, if you know it"),
    "previous": (
        "Tệp cùng đợt đã tải trước đây (nếu có)",
        "A file of the same survey kept from before (if any)",
    ),
    "more": ("Kiểm tra thêm", "More checks"),
    "check": ("Kiểm tra", "Check"),
    "working": ("Đang kiểm tra…", "Checking…"),
    "other_language": ("English", "Tiếng Việt"),
}

#: Of evidence packs, on the page alone.
PACK = {
    "pack": ("Hồ sơ minh chứng, đợt {}, {}", "Evidence pack, survey {}, {}"),
    "known": (
        "Khóa công khai của máy chủ ghi trong trang này: {}. Trang này nằm trong chính hồ sơ: muốn chắc chắn, so khóa "
        "với bản giữ ở nơi khác, hoặc nhập 20 ký tự in trên biên bản giấy.",
        "The server's public key in this page: {}. The page comes with the pack: to be sure, compare the key with one "
        "kept elsewhere, or give the 20 characters on the paper minutes.",
    ),
    "manifest": (
        "Danh mục {} tệp đúng là bản máy chủ đã ký",
        "The list of {} files is the one the server signed",
    ),
    "key": (
        "Khóa ký danh mục ({}) là khóa đã biết của máy chủ",
        "The key of the list ({}) is the server's known key",
    ),
    "survey": ("Số liệu đã ký là của chính đợt này", "The signed figures are those of this survey"),
    "one": ("{}", "{}"),
    "changed": (
        "tệp đã bị sửa sau khi lập hồ sơ (mở bằng Word, Excel rồi lưu lại cũng là sửa)",
        "this file was changed after the pack was made (saving it again in Word or Excel is a change too)",
    ),
    "missing": ("thiếu tệp này", "this file is missing"),
    "damaged": ("tệp hỏng, không đọc được", "this file is damaged"),
    "twice": ("có hai tệp cùng tên này", "there are two files of this name"),
    "stranger": ("tệp này không có trong danh mục", "this file is not in the list"),
    "not_signed": ("chữ ký không khớp", "the signature does not fit"),
    "other_key": ("ký bằng khóa khác", "signed with another key"),
    "no_key": ("trang này không kèm khóa; nhập khóa đã biết", "this page has no key; give the known one"),
}

LANGUAGES = ("vi", "en")


def say(words: dict[str, tuple[str, str]], key: str, language: str, *values: object) -> str:
    """The words of that key in the language, `values` in place of {}."""
    return words[key][LANGUAGES.index(language)].format(*values)
