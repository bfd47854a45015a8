# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels in a real GeoPackage, drawn by mouse events, undone and saved."""

import pytest
from qgis.core import (
    QgsCoordinateReferenceSystem,
    QgsFeature,
    QgsGeometry,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from qgis.PyQt.QtGui import QMouseEvent
from qgis.PyQt.QtTest import QTest
from qgis_weft.gui.tools.brush import BrushTool
from qgis_weft.gui.tools.polygon import PolygonTool
from qgis_weft.gui.tools.rectangle import RectangleTool
from qgis_weft.gui.tools.shapes import polygon, stroke, turned_rectangle
from qgis_weft.layers.labels import AREAS, LABELS, open_labels
from qgis_weft.layers.snapshot import take_snapshot
from qgis_weft.model.state import LabelClass, State

UTM = QgsCoordinateReferenceSystem("EPSG:32631")
TWO = State(classes=(LabelClass("roof", "#ff0000"), LabelClass("ship", "#0000ff")))


def box(left, bottom, right, top):
    return QgsGeometry.fromRect(QgsRectangle(left, bottom, right, top))


@pytest.fixture
def labels(qgis_new_project, tmp_path):
    return open_labels(tmp_path / "ä b" / "labels.gpkg", UTM)


def names_of(layer):
    return sorted(feature["class"] for feature in layer.getFeatures())


def test_the_file_is_made_once_and_found_again(labels):
    again = open_labels(labels.path, UTM)
    assert (again.labels, again.areas) == (labels.labels, labels.areas)
    assert labels.labels.crs() == UTM


def test_drawing_counts_and_can_be_undone(labels):
    labels.add(labels.labels, box(0, 0, 10, 10), "roof")
    labels.add(labels.labels, box(20, 0, 30, 10), "ship")
    labels.add(labels.areas, box(-5, -5, 50, 50))
    assert labels.count(TWO, 1).objects == {"roof": 1, "ship": 1}
    assert labels.count(TWO, 1).areas == 1
    labels.labels.undoStack().undo()
    assert names_of(labels.labels) == ["roof"]
    labels.labels.undoStack().redo()
    assert names_of(labels.labels) == ["roof", "ship"]


def test_the_eraser_cuts_labels_and_removes_areas_that_it_covers(labels):
    labels.add(labels.labels, box(0, 0, 10, 10), "roof")
    labels.add(labels.labels, box(12, 0, 14, 2), "ship")
    labels.add(labels.areas, box(12, 0, 14, 2))
    labels.erase(box(5, -1, 20, 20))
    (left,) = labels.labels.getFeatures()
    assert left.geometry().area() == pytest.approx(50)
    assert labels.areas.featureCount() == 0


def test_renaming_and_deleting_a_class_take_its_labels_along(labels):
    labels.add(labels.labels, box(0, 0, 10, 10), "roof")
    labels.rename("roof", "house")
    assert names_of(labels.labels) == ["house"]
    labels.remove("house")
    assert names_of(labels.labels) == []


def test_saving_writes_the_file_and_editing_goes_on(labels):
    labels.add(labels.labels, box(0, 0, 10, 10), "roof")
    assert labels.save() == ""
    assert labels.labels.isEditable()
    stored = QgsVectorLayer(f"{labels.path}|layername={LABELS}", "x", "ogr")
    assert stored.featureCount() == 1


def test_a_snapshot_holds_what_is_not_saved_yet(labels, tmp_path):
    labels.add(labels.labels, box(0, 0, 10, 10), "roof")
    labels.add(labels.areas, box(0, 0, 20, 20))
    path = take_snapshot(labels, tmp_path / "snap.gpkg")
    for name in (LABELS, AREAS):
        copy = QgsVectorLayer(f"{path}|layername={name}", "x", "ogr")
        assert copy.featureCount() == 1
    assert labels.labels.isModified()


def test_shapes_without_area_are_none(qgis_app):
    from qgis.core import QgsPointXY

    one, two = QgsPointXY(0, 0), QgsPointXY(5, 5)
    assert polygon([one, two, one]) is None
    assert turned_rectangle(one, QgsPointXY(5, 0), 0) is None
    assert turned_rectangle(one, two, 30).area() > 0
    assert stroke([one], 4).area() == pytest.approx(3.14159 * 4, rel=0.02)


@pytest.fixture
def canvas(qgis_canvas):
    qgis_canvas.setDestinationCrs(UTM)
    qgis_canvas.setExtent(QgsRectangle(0, 0, 100, 100))
    qgis_canvas.resize(400, 400)
    return qgis_canvas


def drawn_by(tool, canvas):
    shapes = []
    tool.drawn.connect(shapes.append)
    canvas.setMapTool(tool)
    return shapes


LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


def test_a_polygon_is_clicked_and_finished_by_a_right_click(canvas):
    shapes = drawn_by(PolygonTool(canvas), canvas)
    for x, y in ((100, 100), (200, 100), (200, 200)):
        QTest.mouseClick(canvas.viewport(), LEFT, NONE, QPoint(x, y))
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.RightButton, NONE, QPoint(5, 5))
    assert len(shapes) == 1
    assert shapes[0].area() > 0


def test_escape_gives_a_polygon_up(canvas):
    tool = PolygonTool(canvas)
    shapes = drawn_by(tool, canvas)
    QTest.mouseClick(canvas.viewport(), LEFT, NONE, QPoint(100, 100))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert (tool.points, shapes) == ([], [])


def test_a_rectangle_is_dragged_or_clicked(canvas):
    shapes = drawn_by(RectangleTool(canvas), canvas)
    view = canvas.viewport()
    QTest.mousePress(view, LEFT, NONE, QPoint(50, 50))
    QTest.mouseMove(view, QPoint(150, 120))
    QTest.mouseRelease(view, LEFT, NONE, QPoint(150, 120))
    assert len(shapes) == 1
    QTest.mouseClick(view, LEFT, NONE, QPoint(200, 200))
    QTest.mouseClick(view, LEFT, NONE, QPoint(260, 260))
    assert len(shapes) == 2


def test_the_brush_paints_and_changes_its_width(canvas):
    tool = BrushTool(canvas, 20)
    shapes = drawn_by(tool, canvas)
    view = canvas.viewport()
    QTest.mousePress(view, LEFT, NONE, QPoint(50, 50))
    QTest.mouseMove(view, QPoint(150, 50))
    QTest.mouseRelease(view, LEFT, NONE, QPoint(150, 50))
    assert len(shapes) == 1
    QTest.keyClicks(canvas, "+")
    assert tool.width == 24


def test_digits_choose_the_class(canvas):
    tool = PolygonTool(canvas)
    drawn_by(tool, canvas)
    chosen = []
    tool.class_chosen.connect(chosen.append)
    QTest.keyClicks(canvas, "2")
    assert chosen == [1]


def test_a_removed_layer_is_not_used_any_more(labels):
    project = QgsProject.instance()
    project.removeMapLayer(labels.labels.id())
    assert open_labels(labels.path, UTM).labels.isValid()


def test_a_double_click_finishes_a_polygon_and_leaves_nothing_for_the_next(canvas):
    tool = PolygonTool(canvas)
    shapes, view = drawn_by(tool, canvas), canvas.viewport()
    for x, y in ((100, 100), (200, 100), (200, 200)):
        QTest.mouseClick(view, LEFT, NONE, QPoint(x, y))
    # what Qt sends after the first of two clicks
    for kind in (QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseButtonRelease):
        place = QPointF(200, 200)
        QCoreApplication.sendEvent(view, QMouseEvent(kind, place, LEFT, LEFT, NONE))
    assert len(shapes) == 1 and len(shapes[0].asPolygon()[0]) == 4
    assert tool.points == []


SPIKE = "Polygon((0 0, 10 0, 10 10, 15 10, 10 10, 0 10, 0 0))"
BOW_TIE = "Polygon((0 0, 10 10, 10 0, 0 10, 0 0))"


def test_a_polygon_with_a_spike_can_be_saved(labels):
    labels.add(labels.labels, QgsGeometry.fromWkt(SPIKE), "roof")
    labels.add(labels.labels, QgsGeometry.fromWkt("LineString(0 0, 5 5)"), "roof")
    assert labels.save() == ""
    (kept,) = labels.labels.getFeatures()
    assert kept.geometry().area() == pytest.approx(100)


def test_the_eraser_takes_no_more_of_an_invalid_label_than_it_covers(labels):
    feature = QgsFeature(labels.labels.fields())
    feature.setGeometry(QgsGeometry.fromWkt(BOW_TIE))
    feature.setAttribute("class", "roof")
    labels.edit(labels.labels, "as another tool draws", lambda: labels.labels.addFeature(feature))
    labels.erase(box(0, 0, 1, 10))
    (left,) = labels.labels.getFeatures()
    assert 30 < left.geometry().area() < 50


def test_a_snapshot_takes_labels_whose_key_is_still_to_be_made_up(labels, tmp_path):
    feature = QgsFeature(labels.labels.fields())
    feature.setGeometry(box(0, 0, 10, 10))
    feature.setAttributes(["Autogenerate", "roof"])
    labels.edit(labels.labels, "as QGIS draws", lambda: labels.labels.addFeature(feature))
    path = take_snapshot(labels, tmp_path / "snap.gpkg")
    assert names_of(QgsVectorLayer(f"{path}|layername={LABELS}", "x", "ogr")) == ["roof"]


def test_a_label_file_that_is_none_is_a_sentence(qgis_new_project, tmp_path):
    path = tmp_path / "no.gpkg"
    path.write_text("nothing")
    with pytest.raises(OSError, match="has no layer"):
        open_labels(path, QgsCoordinateReferenceSystem("EPSG:4326"))
