# SPDX-License-Identifier: GPL-3.0-or-later
"""Translation: German and French beside English."""

from pathlib import Path

from qgis.core import QgsApplication
from qgis.PyQt.QtCore import QCoreApplication, QTranslator


def tr(text):
    """`text` in the user's language. pylupdate files module-level calls under "@default"."""
    return QCoreApplication.translate("@default", text)


def install_translator(folder):
    """The translator for QGIS's locale from `folder`, installed; None where there is none."""
    locale = QgsApplication.instance().locale()[:2]
    file = Path(folder) / f"weft_{locale}.qm"
    translator = QTranslator()
    if file.exists() and translator.load(str(file)):
        QCoreApplication.installTranslator(translator)
        return translator
    return None
