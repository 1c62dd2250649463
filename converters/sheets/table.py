"""A CSV or TSV file as rows of text: its encoding, its delimiter, its header, its limits."""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from converters.frame import HEAD_BYTES, ConversionError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

DELIMITERS = ",;\t|"
MAX_CELL_CHARS = 131_072
MAX_COLUMNS = 1_000
MAX_ROWS = 5_000_000
_CHUNK = 1 << 20
_LOOK_ROWS = 50
_NEARLY_ALL = 0.8
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


@dataclass(frozen=True, slots=True)
class Form:
    """How a table is written.

    encoding: a Python codec. fallback: it is cp1252 only because it was not UTF-8 and nothing else was declared.
    header_row: the row that names the columns, from 1; 0 if none does, then they are `column 1`, `column 2`, …
    """

    encoding: str
    delimiter: str
    header_row: int
    fallback: bool = False


def encoding_of(stream: BinaryIO, declared: str) -> tuple[str, bool]:
    """(codec, whether it is a fallback): by byte order mark, else UTF-8 if it is, else as declared, else cp1252.

    declared: a codec's name, or `auto`. The stream is read to its end and set back to its beginning.
    Raises ConversionError for a codec that there is not.
    """
    if declared != "auto":
        try:
            return codecs.lookup(declared).name, False
        except LookupError:
            raise ConversionError("no such encoding", place="table.encoding", value=declared) from None
    head = stream.read(4)
    stream.seek(0)
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return codec, False
    return ("utf-8", False) if _is_utf8(stream) else ("cp1252", True)


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := stream.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return True


def cells_of(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """Cut lines into cells; blanks between a delimiter and a quote do not hide the quote."""
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True)


def delimiter_of(text: str) -> str:
    """Give the delimiter that cuts the first lines into the most columns, the same number in nearly all of them."""
    best, best_score = ",", (0.0, 1)
    for delimiter in DELIMITERS:
        reader = cells_of(io.StringIO(text, newline=""), delimiter)
        try:
            widths = [len(row) for _, row in zip(range(_LOOK_ROWS), reader, strict=False) if row]
        except csv.Error:
            continue
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        score = (min(widths.count(usual) / max(len(widths), 1), _NEARLY_ALL), usual)
        if usual > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def head_text(stream: BinaryIO, encoding: str) -> str:
    """Give the first lines, decoded; the stream is set back to its beginning."""
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    text = codecs.getincrementaldecoder(encoding)("replace").decode(head)
    return text if len(head) < HEAD_BYTES else text[: text.rfind("\n") + 1] or text


def rows(stream: BinaryIO, form: Form) -> Iterator[tuple[int, list[str]]]:
    """(row number from 1 as a spreadsheet counts, cells) for each row that is not an empty line.

    A byte that the encoding has not stands in its cell as a lone surrogate (PEP 383): such a cell is no text.
    Raises ConversionError: a cell, a row or a table beyond the limits.
    """
    csv.field_size_limit(MAX_CELL_CHARS)
    text = io.TextIOWrapper(stream, encoding=form.encoding, errors="surrogateescape", newline="")
    number = 0
    try:
        for number, row in enumerate(cells_of(text, form.delimiter), 1):
            if len(row) > MAX_COLUMNS:
                raise ConversionError(f"more than {MAX_COLUMNS} cells", place=f"row {number}", code="columns")
            if number > MAX_ROWS:
                raise ConversionError(f"more than {MAX_ROWS} rows", place=f"row {number}", code="rows")
            if row:
                yield number, row
    except csv.Error as error:
        message = f"{error}; a quote that is never closed does this too"
        raise ConversionError(message, place=f"row {number + 1}", code="cell") from error
    finally:
        if not stream.closed:
            text.detach()  # else the wrapper would close what is not its own


def columns_of(row: list[str]) -> list[str]:
    """Give the columns' names without blanks and comment signs around; none, or an earlier one's, gets its number."""
    names: list[str] = []
    for number, cell in enumerate(row, 1):
        name = " ".join(cell.lstrip("#").replace('"', "").split()) or f"column {number}"
        names.append(f"{name} ({number})" if name in names else name)
    return names


def unnamed(width: int) -> list[str]:
    """Names for columns that have none."""
    return [f"column {number}" for number in range(1, width + 1)]
