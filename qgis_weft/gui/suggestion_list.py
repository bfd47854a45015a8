# SPDX-License-Identifier: GPL-3.0-or-later
"""Where to label next: a button, and a list whose entries lead to the places."""

from pathlib import Path

from qgis.PyQt.QtCore import Qt, pyqtSignal
from qgis.PyQt.QtWidgets import QVBoxLayout, QWidget

from ..translate import tr
from .parts import SPACING, button
from .place_list import PlaceList


class SuggestionList(QWidget):
    """`wanted` asks for suggestions, which `list` then holds."""

    wanted = pyqtSignal()

    def __init__(self, parent=None):
        super().__init__(parent)
        self.ask = button(
            tr("Where to label next"),
            tr("Find places from which the model would learn most"),
            self.wanted.emit,
        )
        self.list = PlaceList()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addWidget(self.ask, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.list)

    def clear(self):
        """Forget what was found."""
        self.list.clear()

    def show_found(self, result):
        """The windows of a result, best first."""
        found = result["suggestions"]
        several = len({each["image"] for each in found}) > 1
        places = []
        for each in found:
            image = f"{Path(each['image']).name}: " if several else ""
            places.append((image + reason_in_words(each["reason"]), each["wkt"]))
        self.list.show_places(places, result["crs"])


def reason_in_words(reason):
    """Why a place is worth labelling; a reason that is not known stays as the engine says it."""
    known = {
        "doubt": tr("the model is unsure here"),
        "contradiction": tr("the model is sure, but similar ground was labelled otherwise"),
        "novelty": tr("nothing labelled looks like this"),
    }
    return known.get(reason, reason)
