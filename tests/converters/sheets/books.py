"""Small workbooks, written by hand, so that what is wrong with them is plain to see."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_RELS = f'<Relationships xmlns="{_PACKAGE}/relationships">{{}}</Relationships>'
_TYPES = (
    f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>'
)
_DATED = f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>'


def workbook(**sheets: list[list[object]]) -> bytes:
    """Write a workbook; of its cells texts are texts, numbers numbers, and a tuple of one number is a date."""
    return archive({name: sheet(rows) for name, rows in sheets.items()})


def sheet(rows: list[list[object]]) -> str:
    """Write what stands in a sheet's XML between sheetData."""
    return "".join(
        f'<row r="{number}">{"".join(_cell(value, column, number) for column, value in enumerate(row))}</row>'
        for number, row in enumerate(rows, 1)
    )


def archive(sheets: dict[str, str], **more: bytes) -> bytes:
    """Write a workbook of sheets whose XML is given, with more members under any name."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        numbered = list(enumerate(sheets, 1))
        names = "".join(f'<sheet name="{escape(name)}" sheetId="{n}" r:id="r{n}"/>' for n, name in numbered)
        targets = "".join(_relation(f"r{n}", "worksheet", f"worksheets/sheet{n}.xml") for n, _ in numbered)
        file.writestr("[Content_Types].xml", _TYPES)
        file.writestr("_rels/.rels", _RELS.format(_relation("r", "officeDocument", "xl/workbook.xml")))
        file.writestr(
            "xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>'
        )
        file.writestr("xl/_rels/workbook.xml.rels", _RELS.format(targets + _relation("s", "styles", "styles.xml")))
        file.writestr("xl/styles.xml", _DATED)
        for number, name in numbered:
            text = f'<worksheet xmlns="{_MAIN}"><sheetData>{sheets[name]}</sheetData></worksheet>'
            file.writestr(f"xl/worksheets/sheet{number}.xml", text)
        for name, content in more.items():
            file.writestr(name, content)
    return written.getvalue()


def _relation(id_: str, kind: str, target: str) -> str:
    return f'<Relationship Id="{id_}" Type="{_OFFICE}/{kind}" Target="{target}"/>'


def _cell(value: object, column: int, row: int) -> str:
    place = f'r="{chr(65 + column)}{row}"'
    if isinstance(value, tuple):
        return f'<c {place} s="1"><v>{value[0]}</v></c>'
    if isinstance(value, str):
        return f'<c {place} t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f"<c {place}><v>{value}</v></c>"
