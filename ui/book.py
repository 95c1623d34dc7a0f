"""The pages of the window, a row each, in the order of the rail."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bcma.app import Worklist
from ui.kit import Kit
from ui.page import Page
from ui.pages.bedside import BedsidePage
from ui.pages.problems import ProblemsPage


def _nothing(_work: Worklist) -> int:
    return 0


@dataclass(frozen=True, slots=True)
class PageRow:
    """A page: its name (``screen.page.<name>``), icon, maker, and the number on the rail."""

    name: str
    icon: str
    make: Callable[[Kit], Page]
    count: Callable[[Worklist], int] = _nothing


def _to_do(work: Worklist) -> int:
    return work.to_do


BEDSIDE: Final = PageRow("bedside", "barcode-scan", BedsidePage)
PROBLEMS: Final = PageRow("problems", "tray-alert", ProblemsPage, _to_do)
PAGES: Final = (BEDSIDE, PROBLEMS)
