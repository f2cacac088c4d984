"""BAD-500: the strings that go through every text field, by class. All of one list, so that nobody skips a class.

Whatever runs when it should be shown says 7331, so that an inspection can look for it.
"""

from collections.abc import Iterable
from itertools import chain, islice, product

_RUN = "alert(7331)"
_EVENTS = ("onerror", "onload", "onfocus", "onmouseover", "ontoggle", "onpointerenter")


def _first(count: int, *parts: Iterable[str]) -> tuple[str, ...]:
    """The first `count` of all the parts; each string once."""
    found = tuple(islice(dict.fromkeys(chain(*parts)), count))
    assert len(found) == count
    return found


_XSS_WHOLE = (
    f"<script>{_RUN}</script>", f"<ScRiPt>{_RUN}</sCrIpT>", f"<script/src=data:,{_RUN}>", f"<scr<script>ipt>{_RUN}</script>",
    f"<iframe srcdoc='<script>{_RUN}</script>'>", f"<a href=javascript:{_RUN}>x</a>", f"<a href='java\tscript:{_RUN}'>x</a>",
    f"<form action=javascript:{_RUN}><button>x", f"<object data=javascript:{_RUN}>", f"<embed src=javascript:{_RUN}>",
    f"<base href=javascript:{_RUN}//>", f"<meta http-equiv=refresh content=0;url=javascript:{_RUN}>",
    f"<math><mi xlink:href=javascript:{_RUN}>x", f"<style>@import'javascript:{_RUN}'</style>", f"javascript:{_RUN}",
    f"data:text/html,<script>{_RUN}</script>", f"&lt;script&gt;{_RUN}&lt;/script&gt;", f"&#60;script&#62;{_RUN}",
    f"\\x3cscript\\x3e{_RUN}", f"\\u003cscript\\u003e{_RUN}", f"%3Cscript%3E{_RUN}%3C/script%3E", f"<!--><script>{_RUN}</script>",
    f"<![CDATA[<script>{_RUN}</script>]]>", f"<template><script>{_RUN}</script></template>", f"＜script＞{_RUN}＜/script＞",
    f"<svg><script>{_RUN}</script></svg>", f"<noscript><p title='</noscript><img src=x onerror={_RUN}>'>",
    f"';{_RUN}//", f'";{_RUN}//', f"`;{_RUN}//", f"${{{_RUN}}}", f"</textarea><script>{_RUN}</script>",
    f"</title><script>{_RUN}</script>", f"</script><script>{_RUN}</script>", f"</style><script>{_RUN}</script>",
    f"</option></select><script>{_RUN}</script>",
)  # fmt: skip
_XSS = _first(
    120,
    _XSS_WHOLE,
    (
        f"{start}<{tag} {event}={_RUN}{end}"
        for start, tag, event, end in product(("", '">', "'>"), ("img src=x", "svg", "body", "details open", "input autofocus"), _EVENTS, (">",))
    ),
)  # fmt: skip
_SQL = _first(
    60,
    ("' OR 1=1 --", "'; DROP TABLE surveys; --", "' UNION SELECT NULL,NULL --", "1; SELECT pg_sleep(5)", "admin'--", "\\'; --",
     "%' AND '1'='1", "_%", "x' || (SELECT password FROM users) || '", "1) OR (1=1", "0x27", "'||'", "''''", "$$; --"),
    (f"{quote}{close} {verb} {tail}" for quote, close, verb, tail in product(
        ("'", '"', "1"), ("", ")"), ("OR 1=1", "AND 1=0", "UNION SELECT 1,2,3", "; DELETE FROM responses", "HAVING 1=1"), ("--", "#"))),
)  # fmt: skip
_UNICODE = _first(
    60,
    ("\0", "a\0b", "\ud800", "\udfff", "\ud83d", "\u202e" + "gnp.exe", "\u2066a\u2069", "\u200b", "\u200d\u200d", "\ufeffa", "\ufffe",
     "\uffff", "e" + "\u0301" * 300, "ệ" * 200, "e\u0323\u0302" * 60, "ﷺ" * 40, "𝒳" * 60, "👨‍👩‍👧‍👦" * 20, "🏳️‍🌈", "İıſK", "ß" * 60,
     "\u00a0", "\u3000", "\u2028", "\u2029", "\u0085", "\x1b[31m", "\x7f", "\x08" * 9, "Nguyễn\u00adVăn", "ᨄᨅ", "ꦏ", "ก็" * 90),
    (chr(point) + "a" + chr(point) for point in chain(range(1, 32), range(0x80, 0xA0))),
)  # fmt: skip
_FORMULA = _first(
    40,
    (start + body for body, start in product(
        ("HYPERLINK(\"http://x.example\",\"7331\")", "cmd|' /C calc'!A0", "1+1", "SUM(A1:A9)", "WEBSERVICE(\"http://x.example\")"),
        ("=", "+", "-", "@", "\t=", "\r=", "\n=", "＝"))),
)  # fmt: skip
_PATH = _first(
    40,
    ("/" , "\\", "..", "...", "CON", "NUL.txt", "C:\\boot.ini", "\\\\host\\share", "~root", "a/./b", "file.pdf\0.exe", "%00", ".htaccess", "-rf"),
    (step * times + leaf for step, times, leaf in product(("../", "..\\", "%2e%2e/", "....//"), (1, 4, 9), ("etc/passwd", "instance/keys/signing", "x"))),
)  # fmt: skip
_NUMBERS = _first(
    40,
    ("0", "-0", "-1", "1e999", "-1e999", "NaN", "nan", "Infinity", "-inf", "1e-400", "0x10", "0b1", "1_000", "1,5", "1.500", "1.5.5", "+5", " 5 ",
     "٣", "५", "５", "Ⅴ", "½", "²", "1e5", "9" * 400, "-" + "9" * 40, "2147483647", "2147483648", "-2147483649", "9223372036854775808",
     "4294967296", "0.1" + "0" * 90 + "1", "1/3", "true", "null", "undefined", "1;2", "--1", "1-"),
)  # fmt: skip
_JSON = _first(
    40,
    ("{", "}", "[", "]", "{}", "[]", '""', '"', "{'a':1}", '{"a":1,"a":2}', "[1,]", '{"__proto__":{"x":1}}', '{"$ne":null}',
     '{"constructor":{"prototype":{}}}', "[" * 500, '{"a":' * 200, "\\u0000", "\\ud800", "/*x*/{}", "{} {}", "[NaN]", "1" * 500, "-", "+1", "01",
     "'a'", "\ufeff{}"),
    (f'{{"{key}":{value}}}' for key, value in product(("text", "salt", "answers", "code"), ("[]", "{}", "null", "1e999"))),
)  # fmt: skip
_TEMPLATES = _first(
    20,
    ("{{7*7}}", "{{config}}", "{{''.__class__.__mro__[1].__subclasses__()}}", "{% for x in () %}", "{%endfor%}", "{#", "${7*7}", "#{7*7}", "<%= 7*7 %>",
     "%s%s%s%n", "%(x)s", "{0.__class__}", "{x!r}", "{:>99999999}", "%99999999d", "{{", "}}", "{% raw %}", "{{request.environ}}", "$(id)"),
)  # fmt: skip
_CRLF = _first(
    20,
    (f"x{end}{header}" for end, header in product(
        ("\r\n", "\n", "\r", "%0d%0a", "\u2028"), ("Set-Cookie: a=1", "Location: //x.example", "Bcc: a@x.example", "\r\n<b>7331</b>"))),
)  # fmt: skip
_XML = _first(
    20,
    ("<?xml version='1.0'?>", "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;", "&x;", "&amp;amp;", "]]>", "<![CDATA[", "<a", "</a>", "<?php ?>",
     "<a xmlns:x='y'/>", "_x0041_", "_x000D_", "&#0;", "&#xD800;", "&#99999999;", "&lol9;", "<xsl:include href='file:///x'/>", "A1:B2", "'Sheet'!A1", "<c r='A1'/>"),
)  # fmt: skip
_SSRF = _first(
    20,
    (f"{scheme}{host}" for scheme, host in product(
        ("http://", "//", "file://", "gopher://"), ("127.0.0.1/", "169.254.169.254/latest/meta-data", "[::1]/", "localhost:22", "0x7f000001/"))),
)  # fmt: skip
_REGEX = _first(
    20,
    ("a" * 2000, "a" * 1999 + "!", "(" * 400, "[a-", "(?", "*", "+", "\\\\", "(a+)+$", "^$", ".*" * 200, " " * 2000, "-" * 2000, "1." * 900, "0" * 1999 + "x",
     "A-" * 900, "@" * 900 + ".", "a@" + "a." * 800, "\t\n" * 900, "é" * 1999),
)  # fmt: skip

CLASSES: dict[str, tuple[str, ...]] = {
    "xss": _XSS, "sql": _SQL, "unicode": _UNICODE, "formula": _FORMULA, "path": _PATH, "numbers": _NUMBERS, "json": _JSON,
    "templates": _TEMPLATES, "crlf": _CRLF, "xml": _XML, "ssrf": _SSRF, "regex": _REGEX,
}  # fmt: skip
ALL = tuple(chain.from_iterable(CLASSES.values()))
#: Five of each class, for where all of them would take too long.
SAMPLE = tuple(chain.from_iterable(strings[:: max(1, len(strings) // 5)][:5] for strings in CLASSES.values()))
