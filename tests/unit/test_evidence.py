"""Evidence judged by content, on real files made here: what is taken as what, and what is refused with which reason."""

import io
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from domain.evidence import CODES, MOST_BYTES, Kind, Reason, judge
from domain.evidence_office import DOCX, XLSX
from tests.unit.test_catalogues import EN, ZH


def picture(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", size, (90, 120, 90)).save(out, kind)
    return out.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook() -> bytes:
    import openpyxl

    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = "企业"
    book.save(out)
    return out.getvalue()


def with_parts(document: bytes, more: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        return zipped({part.filename: archive.read(part) for part in archive.infolist()} | more)


def word(more: dict[str, bytes] | None = None) -> bytes:
    types = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    return zipped({"[Content_Types].xml": types, "word/document.xml": b"<w:document/>", **(more or {})})


def pdf(change: Callable[[Any], None] | None = None, *, password: str = "") -> bytes:
    from pypdf import PdfWriter

    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    if change is not None:
        change(writer)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def script(writer: Any) -> None:
    from pypdf.generic import DictionaryObject, NameObject, TextStringObject

    action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert(1)")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)


def hidden_script() -> bytes:
    """A script within a compressed object stream: no byte of its name stands in the file."""
    import zlib

    inner = b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"
    body = b"6 0 " + inner
    packed = zlib.compress(body)
    parts = [
        b"1 0 obj << /Type /Catalog /Pages 2 0 R /OpenAction 6 0 R >> endobj\n",
        b"2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj\n",
        b"3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >> endobj\n",
        b"4 0 obj << /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >> stream\n%s\nendstream endobj\n" % (len(packed), packed),
    ]
    out, offsets = b"%PDF-1.5\n", []
    for part in parts:
        offsets.append(len(out))
        out += part
    start = len(out)
    rows = [(0, 0, 65535), *((1, at, 0) for at in offsets), (1, start, 0), (2, 4, 0)]
    table = zlib.compress(b"".join(struct.pack(">BIH", *row) for row in rows))
    out += b"5 0 obj << /Type /XRef /Size 7 /Root 1 0 R /W [1 4 2] /Filter /FlateDecode /Length %d >> stream\n" % len(table)
    return out + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % start


def ole(names: list[str], sheet: bytes = b"") -> bytes:
    """A small OLE file: header, one table, a directory, and one stream if given."""
    sector = 512
    entries = b""
    for name in names:
        coded = name.encode("utf-16-le") + b"\0\0"
        start = 3 + (len(names) - 1) // 4 if name == "Workbook" and sheet else 0xFFFFFFFE
        entries += coded.ljust(64, b"\0") + struct.pack("<HB", len(coded), 2) + b"\0" * 49 + struct.pack("<IQ", start, len(sheet))
    directory = entries.ljust(-(-len(entries) // sector) * sector, b"\0")
    count = len(directory) // sector
    chain = [0xFFFFFFFD, *(n + 1 for n in range(1, count)), 0xFFFFFFFE]
    stream = 3 + (len(names) - 1) // 4
    chain += [0xFFFFFFFF] * (stream - len(chain)) + [0xFFFFFFFE]
    table = struct.pack("<128I", *(chain + [0xFFFFFFFF] * (128 - len(chain))))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(24, b"\0") + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header = header.ljust(44, b"\0") + struct.pack("<II", 1, 1) + struct.pack("<I", 0).ljust(16, b"\0")
    header = header[:68] + struct.pack("<II", 0xFFFFFFFE, 0) + struct.pack("<109I", 0, *([0xFFFFFFFF] * 108))
    body = (table + directory).ljust((stream) * sector, b"\0") + sheet.ljust(sector, b"\0")
    return header + body


def tar() -> bytes:
    import tarfile

    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a"), io.BytesIO())
    return out.getvalue()


def overlapping() -> bytes:
    """Many parts that share the same bytes."""
    one = workbook()
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        parts = archive.infolist()
    end = one.rindex(b"PK\x05\x06")
    start = struct.unpack_from("<I", one, end + 16)[0]
    directory = one[start:end] * 40
    total = len(parts) * 40
    return one[:start] + directory + struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, total, total, len(directory), start, 0)


def lying() -> bytes:
    """The directory says 10 bytes, the part has a million."""
    content = word({"word/a.xml": b"\0" * 1_000_000})
    return content.replace(struct.pack("<I", 1_000_000), struct.pack("<I", 10))


def macro_sheet() -> bytes:
    return struct.pack("<HHIBBBB", 0x0085, 8, 0, 0, 1, 1, 0) + b"X"


SHEET = struct.pack("<HHIBB", 0x0085, 6, 0, 0, 0) + struct.pack("<HH", 0x000A, 0)
TAKEN: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "jpeg": (lambda: picture("JPEG"), "a.jpg", "image/jpeg"),
    "png": (lambda: picture("PNG"), "", "image/png"),
    "webp": (lambda: picture("WEBP"), "", "image/webp"),
    "gif": (lambda: picture("GIF"), "", "image/gif"),
    "a name that lies": (lambda: picture("JPEG"), "run.exe", "image/jpeg"),
    "heic": (lambda: b"\0\0\0\x18ftypheic" + b"\0" * 60, "", "image/heic"),
    "mp4": (lambda: b"\0\0\0\x18ftypisom" + b"\0" * 60, "", "video/mp4"),
    "mov": (lambda: b"\0\0\0\x14ftypqt  " + b"\0" * 60, "", "video/quicktime"),
    "m4a": (lambda: b"\0\0\0\x18ftypM4A " + b"\0" * 60, "", "audio/mp4"),
    "a voice message": (lambda: b"OggS\0\2" + b"\0" * 22 + b"\1\x13OpusHead", "", "audio/ogg"),
    "mp3": (lambda: b"ID3\3" + b"\0" * 60, "", "audio/mpeg"),
    "mp3 without a tag": (lambda: b"\xff\xfb\x90\x44" + b"\0" * 60, "", "audio/mpeg"),
    "pdf": (pdf, "报告.pdf", "application/pdf"),
    "xlsx": (workbook, "", XLSX),
    "docx": (word, "", DOCX),
    "docx with a chart's workbook": (lambda: word({"word/embeddings/a.xlsx": workbook()}), "", DOCX),
    "doc": (lambda: ole(["Root Entry", "WordDocument", "1Table"]), "", "application/msword"),
    "xls": (lambda: ole(["Root Entry", "Workbook"], SHEET), "", "application/vnd.ms-excel"),
    "text": ("整改情况\n一、已停炉".encode, "说明.txt", "text/plain"),
    "text of an older program": (lambda: "整改情况".encode("gb18030"), "", "text/plain"),
    "csv": ("序号,企业\n1,样本".encode, "表.CSV", "text/csv"),
}
REFUSED: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "nothing": (bytes, "", "empty"),
    "over the limit": (lambda: b"a" * (MOST_BYTES + 1), "", "too_big"),
    "exe": (lambda: b"MZ\x90\0" + b"\0" * 60, "照片.jpg", "program"),
    "elf": (lambda: b"\x7fELF" + b"\0" * 60, "", "program"),
    "mach-o": (lambda: b"\xcf\xfa\xed\xfe" + b"\0" * 60, "", "program"),
    "shell script": (lambda: b"#!/bin/sh\nrm -r x\n", "a.txt", "program"),
    "batch file": (lambda: b"@echo off\r\ndel x\r\n", "a.BAT", "program"),
    "web page": (lambda: b"<!DOCTYPE html><script>1</script>", "a.txt", "program"),
    "drawing with scripts": (lambda: b"<svg><script/></svg>", "a.svg", "program"),
    "windows link": (lambda: b"L\0\0\0\x01\x14\x02\0" + b"\0" * 60, "", "program"),
    "apk": (lambda: zipped({"AndroidManifest.xml": b"x", "classes.dex": b"y"}), "a.docx", "program"),
    "jar": (lambda: zipped({"META-INF/MANIFEST.MF": b"x"}), "", "program"),
    "zip": (lambda: zipped({"a.jpg": b"x"}), "", "archive"),
    "gzip": (lambda: b"\x1f\x8b\x08" + b"\0" * 30, "", "archive"),
    "rar": (lambda: b"Rar!\x1a\x07\x01\0", "", "archive"),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c", "", "archive"),
    "tar": (tar, "", "archive"),
    "macros": (lambda: with_parts(workbook(), {"xl/vbaProject.bin": b"x"}), "", "macros"),
    "macros in word": (lambda: word({"word/vbaProject.bin": b"x"}), "", "macros"),
    "macros by type only": (lambda: word({"[Content_Types].xml": b"application/vnd.ms-word.document.macroEnabled.main+xml"}), "", "macros"),
    "a template from elsewhere": (
        lambda: word({"word/_rels/settings.xml.rels": b'<R Type="x/attachedTemplate" Target="http://x" TargetMode="External"/>'}),
        "",
        "macros",
    ),
    "a program within": (lambda: word({"word/media/image1.png": b"MZ\x90\0"}), "", "program"),
    "a zip within": (lambda: word({"word/media/a.bin": zipped({"a": b"x"})}), "", "embedded"),
    "a document too deep": (lambda: word({"word/embeddings/a.docx": word({"word/embeddings/b.docx": word()})}), "", "embedded"),
    "macros within": (lambda: word({"word/embeddings/a.docx": word({"word/vbaProject.bin": b"x"})}), "", "macros"),
    "an object within": (lambda: word({"word/embeddings/oleObject1.bin": ole(["Root Entry", "\x01Ole10Native"])}), "", "embedded"),
    "a bomb": (lambda: word({"word/media/a.xml": b"\0" * (90 << 20)}), "", "bomb"),
    "a bomb within": (lambda: word({"word/embeddings/a.docx": word({"word/a.xml": b"\0" * (90 << 20)})}), "", "bomb"),
    "a part larger than it says": (lying, "", "broken"),
    "parts that overlap": (overlapping, "", "bomb"),
    "too many parts": (lambda: word({f"word/{n}.xml": b"" for n in range(5001)}), "", "bomb"),
    "a cut document": (lambda: workbook()[:400], "", "broken"),
    "old macros": (lambda: ole(["Root Entry", "WordDocument", "Macros", "VBA", "_VBA_PROJECT"]), "", "macros"),
    "old macro sheet": (lambda: ole(["Root Entry", "Workbook"], macro_sheet()), "", "macros"),
    "locked document": (lambda: ole(["Root Entry", "EncryptedPackage", "EncryptionInfo"]), "", "locked"),
    "installer": (lambda: ole(["Root Entry", "Something"]), "a.doc", "unknown"),
    "a cut old document": (lambda: ole(["Root Entry", "WordDocument"])[:300], "", "broken"),
    "pdf with a script": (lambda: pdf(script), "", "active_pdf"),
    "pdf with a hidden script": (hidden_script, "", "active_pdf"),
    "pdf with an escaped name": (lambda: pdf().replace(b"/Pages", b"/J#61vaScript 1 0 R /Pages", 1), "", "active_pdf"),
    "pdf with a file": (lambda: pdf(lambda writer: writer.add_attachment("a.exe", b"MZ")), "", "embedded"),
    "pdf with a password": (lambda: pdf(password="x"), "", "locked"),
    "cut pdf": (lambda: b"%PDF-1.4\nnothing", "", "broken"),
    "too many pixels": (lambda: picture("PNG", (8000, 7000)), "", "pixels"),
    "broken picture": (lambda: b"\xff\xd8\xff\xe0" + b"\0" * 20, "", "broken"),
    "bytes": (lambda: b"\0\1\2\3" * 40, "a.txt", "unknown"),
}


@pytest.mark.parametrize("what", TAKEN)
def test_what_is_taken(what: str) -> None:
    make, name, mime = TAKEN[what]
    assert judge(make(), name) == Kind(mime)


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused(what: str) -> None:
    make, name, code = REFUSED[what]
    assert judge(make(), name) == Reason(code)  # type: ignore[arg-type]  # one of its codes


def test_every_reason_is_met_and_has_its_sentence() -> None:
    assert {code for _, _, code in REFUSED.values()} == set(CODES)
    for code in CODES:
        assert 10 < len(ZH[f"content.refused.{code}"]) < 100
        assert 10 < len(EN[f"content.refused.{code}"]) < 200
