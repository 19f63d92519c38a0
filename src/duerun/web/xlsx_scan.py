"""What a part of a workbook holds, counted before anything large is made of it.

A reader of workbooks makes room for every cell up to the last one, and a copy of a shared text for each cell that shows
it: a file of some kilobytes may ask for gigabytes. Source: ECMA-376, part 1, 18.3 (worksheets) and 18.4 (shared texts).
"""

import re
from array import array
from collections.abc import Mapping
from xml.parsers import expat

from duerun.domain.errors import RejectedError

ELEMENTS_MAX = 4_000_000
CELLS_MAX = 1_000_000
# The beginning tells what a cell holds; no index of a shared text is longer.
VALUE_CHARACTERS_MAX = 64

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_ROW_NUMBER = re.compile(r"[0-9]{1,7}")
_INDEX = re.compile(r"[0-9]{1,9}")
_FILE_TYPE = "invalid_file_type"


def broken() -> RejectedError:
    """A file that is no workbook, or a damaged one."""
    return RejectedError("file is not a readable .xlsx workbook", code=_FILE_TYPE)


class Scan:
    """Counts the cells, rows and texts of the parts that are fed to it; one scan serves one workbook.

    `text_lengths` are those of the shared texts, `shown` the places of those that cells show. Raises
    RejectedError for a part that is not well-formed, and for a cell whose value nobody can tell; with `values_only`
    for any cell that holds a formula.
    """

    def __init__(self, *, rows_max: int, values_only: bool = False) -> None:
        self.text_lengths: array[int] = array("q")
        self.shown: array[int] = array("q")
        self.first_sheet: str | None = None
        self.targets: dict[str, str] = {}
        self._rows_max = rows_max
        self._values_only = values_only
        self._elements = self._rows = 0
        self._row = self._column = -1
        self._row_is_filled = False
        self._type = self._reference = self._value = ""
        self._has_formula = self._has_value = self._is_filled = False
        self._in_text = self._in_value = False

    @property
    def shown_characters(self) -> int:
        """How long all shared texts are together, each as often as it is shown."""
        known = len(self.text_lengths)
        return sum(self.text_lengths[place] for place in self.shown if place < known)

    def feed(self, part: bytes) -> None:
        """Count one part; a part in another encoding than UTF-8, or with definitions of its own, is refused."""
        self._row = self._column = -1
        parser = expat.ParserCreate("UTF-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._read
        parser.StartDoctypeDeclHandler = self._refuse
        try:
            parser.Parse(part, True)
        except expat.ExpatError:
            raise broken() from None

    def _refuse(self, *_: object) -> None:
        raise broken()

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        self._elements += 1
        if self._elements > ELEMENTS_MAX:
            raise _too_large()
        match name.rpartition(":")[2]:
            case "c":
                self._open_cell(attributes)
            case "v":
                self._open_value()
            case "t":
                self._in_text = self._is_filled = True
            case "f":
                self._has_formula = self._is_filled = True
            case "row":
                self._open_row(attributes.get("r"))
            case "si":
                self.text_lengths.append(0)
            case "sheet":
                self._keep_sheet(attributes)
            case "Relationship":
                self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def _end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "c":
                self._close_cell()
            case "v":
                self._in_value = False
            case "t":
                self._in_text = False

    def _read(self, text: str) -> None:
        if self._in_value or (self._in_text and self._type):
            if len(self._value) < VALUE_CHARACTERS_MAX:
                self._value += text
        elif self._in_text and self.text_lengths:
            self.text_lengths[-1] += len(text)

    def _keep_sheet(self, attributes: Mapping[str, str]) -> None:
        if self.first_sheet is None:
            self.first_sheet = next((value for key, value in attributes.items() if key.endswith(":id")), "")

    def _open_row(self, number: str | None) -> None:
        if number is not None and not _ROW_NUMBER.fullmatch(number):
            raise broken()
        self._row = int(number) - 1 if number else self._row + 1
        self._column = -1
        self._row_is_filled = False

    def _open_cell(self, attributes: Mapping[str, str]) -> None:
        self._place_cell(attributes.get("r"))
        self._type, self._reference = attributes.get("t", "n"), attributes.get("r", "")
        self._value = ""
        self._has_formula = self._has_value = self._is_filled = False

    def _open_value(self) -> None:
        if self._has_value:
            raise broken()
        self._in_value = self._has_value = self._is_filled = True

    def _place_cell(self, reference: str | None) -> None:
        if reference is None:
            self._column += 1
            return
        match = _REFERENCE.fullmatch(reference)
        if match is None:
            raise broken()
        self._row, self._column = int(match[2]) - 1, _column(match[1])

    def _close_cell(self) -> None:
        if self._is_filled:
            self._take_cell()
        self._type = ""

    def _take_cell(self) -> None:
        if self._type == "e":
            raise RejectedError(f"cell {self._reference} holds an error: {self._value[:16]}")
        if self._has_formula and self._values_only:
            raise RejectedError(f"cell {self._reference} holds a formula: save the file with values only")
        if self._has_formula and not self._value and self._type != "str":
            raise RejectedError(
                f"cell {self._reference} holds a formula whose value was not saved with the file"
            )
        if (self._row + 1) * (self._column + 1) > CELLS_MAX:
            raise _too_large()
        if self._type == "s" and self._value:
            self._show_text(self._value)
        if self._value and not self._row_is_filled:
            self._row_is_filled = True
            self._count_row()

    def _show_text(self, index: str) -> None:
        if not _INDEX.fullmatch(index):
            raise broken()
        self.shown.append(int(index))

    def _count_row(self) -> None:
        """The first row is the header."""
        self._rows += 1
        if self._rows > self._rows_max + 1:
            raise RejectedError(f"file has more than {self._rows_max} rows")


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _too_large() -> RejectedError:
    return RejectedError(f"the sheet is too large: it may have {CELLS_MAX} cells, empty ones counted")
