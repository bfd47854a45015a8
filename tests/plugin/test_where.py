# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run or a preview covers: the images in view, in the map's own CRS."""

import pytest
from osgeo import gdal, osr
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.gui import QgsMapCanvas
from qgis_weft.jobs.desk import Desk
from qgis_weft.jobs.where import everything, in_selection, in_view
from qgis_weft.model.session import Session


@pytest.fixture
def desk(tmp_path, qgis_new_project):
    """Two images of 100 m, 1 km apart."""
    session, ids = Session(), []
    for name, left in (("west", 500_000), ("east", 501_000)):
        path = tmp_path / f"{name}.tif"
        made = gdal.GetDriverByName("GTiff").Create(str(path), 100, 100, 3, gdal.GDT_Byte)
        made.SetGeoTransform((left, 1, 0, 5_000_100, 0, -1))
        utm = osr.SpatialReference()
        utm.ImportFromEPSG(32636)
        made.SetProjection(utm.ExportToWkt())
        made = None
        layer = QgsRasterLayer(str(path), name)
        QgsProject.instance().addMapLayer(layer)
        ids.append(layer.id())
    session.update(images=tuple(ids))
    yield Desk(session, None, tmp_path)
    session.close()


def names(where):
    return [path.rsplit("/", 1)[-1] for path in where.images]


def canvas_at(left, right, crs="EPSG:32636"):
    canvas = QgsMapCanvas()
    canvas.resize(200, 200)
    canvas.setDestinationCrs(QgsCoordinateReferenceSystem(crs))
    canvas.setExtent(QgsRectangle(left, 5_000_000, right, 5_000_100))
    return canvas


def test_only_images_in_view_are_predicted(desk):
    assert names(in_view(desk, canvas_at(501_010, 501_050))) == ["east.tif"]
    assert names(in_view(desk, canvas_at(500_010, 501_050))) == ["west.tif", "east.tif"]
    assert names(everything(desk)) == ["west.tif", "east.tif"]


def test_a_view_beside_all_images_is_left_to_the_engine_to_explain(desk):
    assert names(in_view(desk, canvas_at(600_000, 600_100))) == ["west.tif", "east.tif"]


def test_the_view_is_in_the_crs_of_the_map(desk):
    where = in_view(desk, canvas_at(3_600_000, 3_700_000, "EPSG:3857"))
    wkt, crs = where.extent
    assert wkt.upper().startswith("POLYGON")
    assert QgsCoordinateReferenceSystem.fromWkt(crs).authid() == "EPSG:3857"


def test_only_selected_polygons_are_predicted(desk):
    layer = QgsVectorLayer("Polygon?crs=EPSG:32636", "fields", "memory")
    for left in (500_010, 501_010):
        feature = QgsFeature()
        field = QgsRectangle(left, 5_000_010, left + 20, 5_000_030)
        feature.setGeometry(QgsGeometry.fromRect(field))
        layer.dataProvider().addFeature(feature)
    with pytest.raises(LookupError):
        in_selection(desk, layer)
    layer.selectByIds([2])
    where = in_selection(desk, layer)
    assert names(where) == ["east.tif"]
    assert QgsGeometry.fromWkt(where.extent[0]).boundingBox() == field
