"""Which encoding bytes are in: tables of cases, and properties that hold for any bytes."""

from __future__ import annotations

import builtins
import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleanbody.decode import Decoded, decode, encode_text, looks_binary
from cleanbody.decode.labels import _LABELS, decode_as, encoding_of

RUSSIAN = "Дождь шёл весь день, и никто в долине этому не удивился. Река поднялась к вечеру."
GERMAN = "Für die Brücke über den Fluß fehlt das Geld, sagt die Bürgermeisterin. Es wäre schön, wenn bald gebaut würde."
POLISH = "Zażółć gęślą jaźń, powiedział ktoś w kolejce. Żółw nie spieszył się wcale, bo dzień był ciepły."
GREEK = "Η βροχή έπεφτε όλη μέρα και κανείς στην κοιλάδα δεν παραξενεύτηκε."
CHINESE = "山谷里下了一整天的雨，没有人觉得奇怪。傍晚时分，河水涨到了桥边。"
TAIWANESE = "山谷裡下了一整天的雨，沒有人覺得奇怪。傍晚時分，河水漲到了橋邊。"
JAPANESE = "谷では一日中雨が降っていたが、だれも驚かなかった。夕方には川の水が橋まで来た。"
KOREAN = "골짜기에는 하루 종일 비가 내렸지만 아무도 놀라지 않았다."
THAI = "ฝนตกทั้งวันในหุบเขา และไม่มีใครแปลกใจ"

# WHATWG name, Python's codec for writing, text.
WRITTEN = [
    ("windows-1251", "cp1251", RUSSIAN),
    ("KOI8-R", "koi8_r", RUSSIAN),
    ("ISO-8859-5", "iso8859_5", RUSSIAN),
    ("IBM866", "cp866", RUSSIAN),
    ("x-mac-cyrillic", "mac_cyrillic", RUSSIAN),
    ("windows-1252", "cp1252", GERMAN),
    ("ISO-8859-15", "iso8859_15", GERMAN),
    ("macintosh", "mac_roman", GERMAN),
    ("windows-1250", "cp1250", POLISH),
    ("ISO-8859-2", "iso8859_2", POLISH),
    ("windows-1253", "cp1253", GREEK),
    ("ISO-8859-7", "iso8859_7", GREEK),
    ("GBK", "gbk", CHINESE),
    ("gb18030", "gb18030", CHINESE),
    ("Big5", "big5", TAIWANESE),
    ("Shift_JIS", "cp932", JAPANESE),
    ("EUC-JP", "euc_jp", JAPANESE),
    ("EUC-KR", "cp949", KOREAN),
    ("windows-874", "cp874", THAI),
]


@pytest.mark.parametrize(("name", "codec", "text"), WRITTEN)
def test_a_declared_encoding_is_read(name: str, codec: str, text: str) -> None:
    body = text.encode(codec)
    by_header = decode(body, http_charset=name)
    assert (by_header.text, by_header.encoding, by_header.source, by_header.replaced) == (text, name, "http", 0)
    page = b'<html><head><meta charset="' + name.lower().encode() + b'"></head><body>' + body
    by_page = decode(page)
    assert by_page.text.endswith("<body>" + text)
    assert (by_page.encoding, by_page.source) == (name, "meta")


# How pages name their encoding, and what that means.
DECLARATIONS = [
    (b"<meta charset=koi8-r>", "KOI8-R"),
    (b"<META CHARSET='KOI8-R' >", "KOI8-R"),
    (b'<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">', "KOI8-R"),
    (b"<meta content='text/html;charset=KOI8-R' http-equiv=content-type/>", "KOI8-R"),
    (b'<?xml version="1.0" encoding="koi8-r"?>', "KOI8-R"),
    (b"<?xml version='1.0' encoding='KOI8-R' standalone='yes'?><html>", "KOI8-R"),
    (b"<!-- <meta charset=cp866> --><meta charset=koi8-r>", "KOI8-R"),
    (b"<meta charset=unknown-9><meta charset=koi8-r>", "KOI8-R"),
    (b"<meta name=description content=x>" * 90 + b"<meta charset=koi8-r>", "KOI8-R"),
    (b"<meta charset=iso-8859-1>", "windows-1252"),
    (b"<meta charset=us-ascii>", "windows-1252"),
    (b"<meta charset=x-user-defined>", "windows-1252"),
]


@pytest.mark.parametrize(("declaration", "name"), DECLARATIONS)
def test_declarations_in_the_page(declaration: bytes, name: str) -> None:
    decoded = decode(declaration + RUSSIAN.encode("koi8_r"))
    assert (decoded.encoding, decoded.source) == (name, "meta")


LABELS = [
    ("latin1", "windows-1252"),
    (" ISO-8859-1\n", "windows-1252"),
    ("ascii", "windows-1252"),
    ("iso-8859-9", "windows-1254"),
    ("iso-8859-11", "windows-874"),
    ("tis-620", "windows-874"),
    ("gb2312", "GBK"),
    ("x-sjis", "Shift_JIS"),
    ("shift-jis", "Shift_JIS"),
    ("ks_c_5601-1987", "EUC-KR"),
    ("big5-hkscs", "Big5"),
    ("utf8", "UTF-8"),
    ("utf-16", "UTF-16LE"),
    ("unicode", "UTF-16LE"),
    ("logical", "ISO-8859-8-I"),
    ("hz-gb-2312", "replacement"),
    ("utf-7", None),
    ("", None),
]


@pytest.mark.parametrize(("label", "name"), LABELS)
def test_labels(label: str, name: str | None) -> None:
    assert encoding_of(label) == name


def test_every_encoding_of_the_standard_has_a_decoder() -> None:
    for name in _LABELS.keys() - {"replacement"}:
        ascii_text = "It rained."
        data = ascii_text.encode("utf-16-le" if name == "UTF-16LE" else "utf-16-be" if name == "UTF-16BE" else "ascii")
        assert decode_as(data, name) == ascii_text, name


# Bytes that Python's tables and the standard's read differently: bytes, encoding, text by the standard's index files.
TABLES = [
    (b"\x80\x81\x8d\x8f\x90\x9d\x9f", "windows-1252", "€\x81\x8d\x8f\x90\x9dŸ"),
    (b"\x98", "windows-1251", "\x98"),
    (b"\xaa\xd2\xff", "windows-1253", "\ufffd\ufffd\ufffd"),
    (b"\xca\xd9", "windows-1255", "\u05ba\ufffd"),
    (b"\xae\xbe\xa4", "KOI8-U", "ўЎє"),
    (b"\xa1\xfe", "ISO-8859-8", "\ufffd\u200f"),
    (b"\x41\x80\xff", "x-user-defined", "A\uf780\uf7ff"),
    (b"\x87\x40", "Shift_JIS", "①"),
    (b"\xad\xa1", "EUC-JP", "①"),
    (b"\x81\x40\x80", "EUC-KR", "\ufffd@\ufffd"),
]


@pytest.mark.parametrize(("data", "name", "text"), TABLES)
def test_tables_are_the_standards(data: bytes, name: str, text: str) -> None:
    assert decode_as(data, name) == text


GREEK_PAGE = f"<html><head><title>{GREEK}</title></head>"
# name of the case, bytes, header -> text, encoding, source, characters replaced
ORDER = [
    ("ascii", b"It rained.", None, "It rained.", "UTF-8", "utf-8", 0),
    ("utf-8", GERMAN.encode(), "iso-8859-1", GERMAN, "UTF-8", "utf-8", 0),
    ("utf-8 mark", b"\xef\xbb\xbf" + GERMAN.encode(), "koi8-r", GERMAN, "UTF-8", "bom", 0),
    ("utf-8 mark twice", b"\xef\xbb\xbf\xef\xbb\xbfx", None, "x", "UTF-8", "bom", 0),
    ("utf-16 mark", b"\xff\xfe" + CHINESE.encode("utf-16-le"), "utf-8", CHINESE, "UTF-16LE", "bom", 0),
    ("utf-16 big", b"\xfe\xff" + CHINESE.encode("utf-16-be"), None, CHINESE, "UTF-16BE", "bom", 0),
    ("utf-32 mark", b"\xff\xfe\0\0" + GERMAN.encode("utf-32-le"), None, GERMAN, "UTF-32LE", "bom", 0),
    ("utf-32 big", b"\0\0\xfe\xff" + GERMAN.encode("utf-32-be"), None, GERMAN, "UTF-32BE", "bom", 0),
    ("utf-16 no mark", GREEK_PAGE.encode("utf-16-le"), None, GREEK, "UTF-16LE", "detector", 0),
    ("utf-16 big no mark", GREEK_PAGE.encode("utf-16-be"), None, GREEK, "UTF-16BE", "detector", 0),
    ("utf-16 by header", GREEK.encode("utf-16-le"), "utf-16", GREEK, "UTF-16LE", "http", 0),
    ("iso-2022-jp", JAPANESE.encode("iso2022_jp"), None, JAPANESE, "ISO-2022-JP", "detector", 0),
    ("iso-2022-jp header", JAPANESE.encode("iso2022_jp"), "iso-2022-jp", JAPANESE, "ISO-2022-JP", "http", 0),
    ("one bad byte", GERMAN.encode() * 2 + b"\xff", None, GERMAN * 2 + "\ufffd", "UTF-8", "mostly-utf-8", 1),
    ("cut off", GERMAN.encode() + b"\xe2\x82", None, GERMAN + "\ufffd", "UTF-8", "mostly-utf-8", 1),
    ("own U+FFFD", "é \ufffd".encode() * 9 + b"\xff", None, "é \ufffd" * 9 + "\ufffd", "UTF-8", "mostly-utf-8", 1),
    ("half bad, no word", b"\xc3\xa9 \xe9 " * 5, "cp1251", "Г© й " * 5, "windows-1251", "http", 0),
    ("half bad, declared", b"\xc3\xa9 \xff " * 5, "utf-8", "é \ufffd " * 5, "UTF-8", "http", 5),
    ("lying utf-8", GERMAN.encode("latin-1"), "utf-8", GERMAN, "windows-1252", None, 0),
    ("meta utf-16", b"<meta charset=utf-16>" + b"caf\xe9", None, "caf\xe9", "windows-1252", None, 0),
    ("two words", b"<meta charset=koi8-r>" + RUSSIAN.encode("cp1251"), "cp1251", RUSSIAN, "windows-1251", "http", 0),
    ("quoted header", RUSSIAN.encode("cp1251"), '"windows-1251"', RUSSIAN, "windows-1251", "http", 0),
    ("lying header", b"<meta charset=koi8-r>" + RUSSIAN.encode("koi8_r"), "utf-8", RUSSIAN, "KOI8-R", "meta", 0),
    ("empty", b"", "utf-8", "", "UTF-8", "utf-8", 0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "header", "text", "name", "source", "replaced"), [row[1:] for row in ORDER], ids=[row[0] for row in ORDER]
)
def test_order_of_trust(
    data: bytes, header: str | None, text: str, name: str, source: str | None, replaced: int
) -> None:
    decoded = decode(data, http_charset=header)
    assert text in decoded.text
    assert (decoded.encoding, decoded.replaced) == (name, replaced)
    assert decoded.source == source or source is None


def test_valid_utf8_comes_back_as_the_same_object() -> None:
    data = GERMAN.encode()
    assert decode(data).data is data


DETECTABLE = [row for row in WRITTEN if row[0] in {"windows-1251", "KOI8-R", "Shift_JIS", "Big5", "EUC-KR"}]


@pytest.mark.parametrize(("name", "codec", "text"), DETECTABLE)
def test_the_detector_finds_undeclared_encodings(name: str, codec: str, text: str) -> None:
    pytest.importorskip("cchardet")
    decoded = decode(b"<html><body><p>" + text.encode(codec) * 3)
    assert decoded.text.endswith(text)
    assert (decoded.encoding, decoded.source) == (name, "detector")


def test_windows_quotes_tell_windows_from_iso() -> None:
    pytest.importorskip("cchardet")
    for codec, text in [
        ("cp1253", "«Άλλος δρόμος δεν υπάρχει» – είπε. " + GREEK * 3),
        ("cp1253", "Άλλος δρόμος δεν υπάρχει. " + GREEK * 3),
        ("iso8859_7", "Άλλος δρόμος δεν υπάρχει. " + GREEK * 3),
    ]:
        assert decode(text.encode(codec)).text == text


@pytest.mark.parametrize("text", ["café", "© 2010", "it’s a “nice” day — ok", "el niño comió en la montaña", GERMAN])
def test_little_evidence_is_western(text: str) -> None:
    assert decode(text.encode("cp1252")).text == text


def test_without_a_detector_the_rest_is_windows_1252(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def no_detector(
        name: str,
        globals: Mapping[str, object] | None = None,
        locals: Mapping[str, object] | None = None,
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> Any:
        if name == "cchardet":
            raise ImportError(name)
        return real(name, globals, locals, fromlist, level)

    monkeypatch.setattr(builtins, "__import__", no_detector)
    assert decode(GERMAN.encode("cp1252")) == Decoded(GERMAN.encode(), "windows-1252", "fallback", 0)


STRINGS = [
    ("plain", "plain"),
    ("\ufeff\ufeffmark", "mark"),
    ("\ud83d\ude00 pair", "😀 pair"),
    ("lone \ud800 high", "lone \ufffd high"),
    ("lone \udc80", "lone \ufffd"),
    ("nul \0 stays", "nul \0 stays"),
]


@pytest.mark.parametrize(("text", "expected"), STRINGS)
def test_encode_text(text: str, expected: str) -> None:
    assert encode_text(text) == expected.encode()


BINARY = [
    b"%PDF-1.4\n%\xe2\xe3\xcf\xd3",
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    b"GIF89a\x01\0\x01\0",
    b"\xff\xd8\xff\xe0\0\x10JFIF",
    b"RIFF\x24\0\0\0WEBPVP8 ",
    b"PK\x03\x04\x14\0",
    b"\x1f\x8b\x08\0",
    b"BZh91AY&SY",
    b"\x7fELF\x02\x01\x01",
    b"\0\0\0\x20ftypisom",
    b"ID3\x03\0",
    b"wOF2\0\x01\0\0",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    bytes(range(256)) * 4,
    b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0" + b"\0" * 44,
]
READABLE = [
    b"",
    b"<p>It rained.",
    GERMAN.encode("cp1252"),
    RUSSIAN.encode("koi8_r"),
    JAPANESE.encode("cp932"),
    JAPANESE.encode("iso2022_jp"),
    f"<p>{CHINESE}</p>".encode("utf-16"),
    f"<div><p>{GERMAN}</p></div>".encode("utf-16-le"),
    f"<div><p>{GERMAN}</p></div>".encode("utf-32-be"),
    "\ufeffx".encode("utf-32"),
    b"a NUL \0 here and text around it, and more text",
    b"PK is not enough, nor is MZ, nor BM, nor %PDF",
]


@pytest.mark.parametrize("data", BINARY)
def test_binary(data: bytes) -> None:
    assert looks_binary(data)


@pytest.mark.parametrize("data", READABLE)
def test_not_binary(data: bytes) -> None:
    assert not looks_binary(data)


KNOWN = [label for labels in _LABELS.values() for label in labels.split()]
HEADERS = st.none() | st.sampled_from(KNOWN) | st.text(max_size=9)
PIECES = st.lists(
    st.binary(max_size=12)
    | st.sampled_from(
        [b"<meta charset=", b"gbk>", b"\xff\xfe", b"\0", b"\x1b$B", b"\xef\xbb\xbf", "é漢😀".encode(), b" \xe9"]
    ),
    max_size=20,
).map(b"".join)


@given(PIECES, HEADERS)
def test_any_bytes_become_valid_utf8(data: bytes, header: str | None) -> None:
    decoded = decode(data, http_charset=header)
    text = decoded.data.decode()
    assert not text.startswith("\ufeff")
    assert 0 <= decoded.replaced <= text.count("\ufffd")
    assert decode(decoded.data, http_charset=header).text == text or b"\0" in data or b"\x1b$" in decoded.data
    assert looks_binary(data) in (True, False)


@given(st.text())
def test_text_written_as_utf8_is_read_back(text: str) -> None:
    if "\0" not in text and "\x1b$" not in text and not text.startswith("\ufeff"):
        assert decode(text.encode()) == Decoded(text.encode(), "UTF-8", "utf-8", 0)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_encode_text_never_raises(text: str) -> None:
    encode_text(text + "\ud800").decode()
    assert encode_text(text).decode().lstrip("\ufeff") == text.lstrip("\ufeff")


@pytest.mark.parametrize("unit", [b"\xff", b"\x80a", b"\xc3(", b"<meta charset=", b"<!--\xff", b"\x1b$B\x21"])
@pytest.mark.parametrize("header", [None, "gbk", "iso-2022-jp", "euc-jp"])
def test_hostile_bytes_take_no_time(unit: bytes, header: str | None) -> None:
    began = time.process_time()
    decode(unit * (2_000_000 // len(unit)), http_charset=header)
    assert time.process_time() - began < 5
