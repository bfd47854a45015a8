# SPDX-License-Identifier: GPL-3.0-or-later
"""How probabilities and polygons look; changing a style never needs the engine."""

from qgis.core import (
    QgsCategorizedSymbolRenderer,
    QgsColorRampShader,
    QgsFillSymbol,
    QgsRasterShader,
    QgsRendererCategory,
    QgsSingleBandPseudoColorRenderer,
)
from qgis.PyQt.QtGui import QColor

from ..translate import tr

OTHER_COLOUR = "#999999"  # of a class that the project does not have
FULL = 254  # the raster's value of probability 1; 255 is nodata
FAINT, STRONG = 90, 255


def style_probability(layer, band, colour, threshold, opacity):
    """Transparent below `threshold`, the class's colour above, the stronger the surer."""
    items = [
        QgsColorRampShader.ColorRampItem(threshold * FULL - 0.5, with_alpha(colour, 0)),
        QgsColorRampShader.ColorRampItem(threshold * FULL, with_alpha(colour, FAINT)),
        QgsColorRampShader.ColorRampItem(FULL, with_alpha(colour, STRONG)),
    ]
    ramp = QgsColorRampShader(0, FULL)
    ramp.setColorRampType(QgsColorRampShader.Interpolated)
    ramp.setColorRampItemList(items)
    shader = QgsRasterShader()
    shader.setRasterShaderFunction(ramp)
    layer.setRenderer(QgsSingleBandPseudoColorRenderer(layer.dataProvider(), band, shader))
    layer.setOpacity(opacity)
    layer.triggerRepaint()


def style_polygons(layer, classes):
    """Outlines and a light fill in the colours of the classes."""
    categories = [
        QgsRendererCategory(each.name, outline_symbol(each.colour), each.name) for each in classes
    ]
    # the empty value catches all others, which would not be drawn at all without it
    categories.append(QgsRendererCategory("", outline_symbol(OTHER_COLOUR), tr("other")))
    layer.setRenderer(QgsCategorizedSymbolRenderer("class", categories))
    layer.triggerRepaint()


def outline_symbol(colour):
    """An outline with a light fill."""
    fill = with_alpha(colour, 60).name(QColor.NameFormat.HexArgb)
    return QgsFillSymbol.createSimple(
        {"color": fill, "outline_color": colour, "outline_width": "0.4"}
    )


def with_alpha(colour, alpha):
    """A colour with an alpha of 0 to 255."""
    result = QColor(colour)
    result.setAlpha(alpha)
    return result
