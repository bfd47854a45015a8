# SPDX-License-Identifier: GPL-3.0-or-later
"""The Processing toolbox: what it lists, what it asks the engine, and how a run ends."""

import json
import threading
import time

import pytest
from qgis.core import (
    QgsApplication,
    QgsFeature,
    QgsGeometry,
    QgsProcessingAlgRunnerTask,
    QgsProcessingContext,
    QgsProcessingException,
    QgsProcessingFeatureSourceDefinition,
    QgsProcessingFeedback,
    QgsProject,
    QgsVectorLayer,
)
from qgis_weft.plugin import WeftPlugin
from qgis_weft.processing.parameters import SHAPES

SQUARE = (
    "POLYGON ((500004 3999990, 500012 3999990, 500012 3999998, 500004 3999998, 500004 3999990))"
)
LATER = "POLYGON ((500020 3999990, 500028 3999990, 500028 3999998, 500020 3999998, 500020 3999990))"


# They reset what a map reads of the project when it is drawn, at that very time perhaps.
LOOKING_FOR_LAYERS = (
    *("parameterAsSource", "parameterAsVectorLayer", "parameterAsRasterLayer", "parameterAsLayer"),
    *("parameterAsLayerList", "parameterAsExtent", "parameterAsExtentCrs"),
)


def in_another_thread(*_):
    raise AssertionError("The work goes on in another thread than that of the layers.")


class Feedback(QgsProcessingFeedback):
    """Keeps what it is told, and whether it was told so by the main thread."""

    def __init__(self):
        super().__init__()
        self.stages, self.notes, self.threads = [], [], set()

    def setProgressText(self, text):  # noqa: N802 - QGIS calls it so
        self.stages.append(text)
        self.threads.add(threading.get_ident())

    def pushInfo(self, text):  # noqa: N802 - QGIS calls it so
        self.notes.append(text)


@pytest.fixture
def algorithm(load):
    """Finds an algorithm of the plugin with an engine in a mood."""

    def find(name, mood="well"):
        load(mood)
        return QgsApplication.processingRegistry().createAlgorithmById(f"weft:{name}")

    return find


@pytest.fixture
def context():
    made = QgsProcessingContext()
    made.setProject(QgsProject.instance())
    return made


@pytest.fixture
def labels(qgis_new_project):
    """A layer in memory with two buildings in fields of their own, the second one not saved."""
    layer = QgsVectorLayer(
        "Polygon?crs=EPSG:32631&field=nr:integer&field=what:string", "l", "memory"
    )
    for number, wkt in ((1, SQUARE), (2, LATER)):
        feature = QgsFeature(layer.fields())
        feature.setAttributes([number, f"kind {number}"])
        feature.setGeometry(QgsGeometry.fromWkt(wkt))
        if number == 1:
            layer.dataProvider().addFeatures([feature])
        else:
            layer.startEditing()
            layer.addFeature(feature)
    QgsProject.instance().addMapLayer(layer)
    return layer


def asked(algorithm, parameters, context, **answers):
    """What an algorithm asks of an engine that gives `answers`, and what it comes to."""
    requests = []

    def ask(method, params):
        requests.append((method, json.loads(json.dumps(params))))
        return answers[method]

    feedback = QgsProcessingFeedback()
    assert algorithm.checkParameterValues(parameters, context)[0]
    assert algorithm.prepareAlgorithm(parameters, context, feedback)
    for each in LOOKING_FOR_LAYERS:
        setattr(algorithm, each, in_another_thread)
    return requests, algorithm.work(ask, parameters, context, feedback)


def run(algorithm, parameters, context, feedback):
    """Run it in this thread; QgsProcessingException where it fails."""
    results, _ = algorithm.run(parameters, context, feedback, {}, False)
    return results


def test_the_toolbox_lists_what_it_can_do_in_words(load):
    plugin = load()
    listed = QgsApplication.processingRegistry().providerById("weft").algorithms()
    assert {each.name() for each in listed} == {"adapt", "detect", "predict", "polygons"}
    for each in listed:
        assert each.displayName() and each.shortHelpString().startswith("<p>")
        assert each.canExecute() == (True, "")
        assert all(given.description() for given in each.parameterDefinitions())
    plugin.unload()
    assert QgsApplication.processingRegistry().providerById("weft") is None


def test_without_an_engine_the_toolbox_says_what_to_do(
    qgis_iface, qgis_new_project, tmp_path, monkeypatch
):
    from qgis_weft import plugin as module

    monkeypatch.setattr(module, "data_folder", lambda: tmp_path)
    plugin = WeftPlugin(None)
    plugin.initProcessing()
    try:
        found = QgsApplication.processingRegistry().algorithmById("weft:detect")
        can, reason = found.canExecute()
        assert not can
        assert "Set up engine" in reason and "panel" in reason
    finally:
        QgsApplication.processingRegistry().removeProvider(plugin.provider)


@pytest.mark.parametrize("field", ["", "what"])
def test_adapt_learns_from_what_is_drawn_but_not_saved(algorithm, context, image, labels, field):
    parameters = {
        "IMAGES": [image.id()],
        "LABELS": labels.id(),
        "CLASS_FIELD": field,
        "SECONDS": 20,
        "ADAPTER": "est",
        "GSD": 0.4,
        "BANDS": "3, 2,1",
        "OUTPUT": "/tmp/m.weft",
    }
    card = {"classes": [], "training": {"held_out_iou": None}}
    answer = {"out": "/tmp/m.weft", "cancelled": False, "card": card}
    ((method, params),), results = asked(algorithm("adapt"), parameters, context, train=answer)
    assert (method, results) == ("train", {"OUTPUT": "/tmp/m.weft"})
    snapshot = params.pop("labels")["path"]
    assert params == {
        "images": [image.source()],
        "budget_s": 20.0,
        "device": "auto",
        "adapter": "est",
        "gsd_m": 0.4,
        "bands": [3, 2, 1],
        "out": "/tmp/m.weft",
    }
    kept = QgsVectorLayer(f"{snapshot}|layername=labels", "kept", "ogr")
    assert kept.crs().authid() == "EPSG:32631"
    names = [name for name in kept.fields().names() if name != "fid"]
    assert names == (["class"] if field else [])
    found = [(f.geometry().asWkt(), f["class"] if field else None) for f in kept.getFeatures()]
    shapes = [QgsGeometry.fromWkt(wkt) for wkt, _ in found]
    assert [shape.area() for shape in shapes] == [64, 64]
    assert sorted(kind for _, kind in found if kind) == (["kind 1", "kind 2"] if field else [])


def test_adapt_takes_selected_labels_alone_and_areas_with_them(algorithm, context, image, labels):
    labels.selectByExpression("nr = 1")
    parameters = {
        "IMAGES": [image.id()],
        "LABELS": QgsProcessingFeatureSourceDefinition(labels.id(), True),
        "AREAS": labels.id(),
        "OUTPUT": "/tmp/m.weft",
    }
    card = {"classes": [], "training": {"held_out_iou": None}}
    answer = {"out": "/tmp/m.weft", "cancelled": False, "card": card}
    ((_, params),), _ = asked(algorithm("adapt"), parameters, context, train=answer)
    source = params["areas"]
    assert source == {**params["labels"], "layer": "areas"}
    counts = [
        QgsVectorLayer(f"{source['path']}|layername={name}", name, "ogr").featureCount()
        for name in ("labels", "areas")
    ]
    assert counts == [1, 2]
    assert params["budget_s"] == 60.0


def test_find_objects_predicts_a_part_and_draws_with_the_limits_of_the_user(
    algorithm, context, image
):
    parameters = {
        "MODEL": "/m/a.weft",
        "IMAGES": [image.id()],
        "EXTENT": "500004,500012,3999990,3999998 [EPSG:32631]",
        "CARE": 2,
        "THRESHOLD": 0.7,
        "SHAPE": SHAPES.index("box"),
        "SPLIT": False,
        "LEAST_AREA": 3,
        "LEAST_CONFIDENCE": 0.8,
        "FOLDER": "/rasters",
        "OUTPUT": "/p.shp",
    }
    first = {"images": [{"classes": "/rasters/image_class.tif", "probability": "/x"}]}
    drawn = {"out": "/p.shp", "counts": {"building": 2}}
    requests, results = asked(
        algorithm("detect"), parameters, context, predict=first, vectorise=drawn
    )
    (_, predict), (_, vectorise) = requests
    extent = predict.pop("extent")
    assert QgsGeometry.fromWkt(extent["wkt"]).area() == 64
    assert "UTM zone 31N" in extent["crs"]
    assert predict == {
        "model": "/m/a.weft",
        "images": [image.source()],
        "out": "/rasters",
        "device": "auto",
        "tta": 4,
    }
    assert vectorise == {
        "rasters": ["/rasters/image_class.tif"],
        "out": "/p.shp",
        "simplify_m": None,
        "threshold": 0.7,
        "min_confidence": 0.8,
        "min_area_m2": 3.0,
        "min_hole_m2": 0.0,
        "split": False,
        "shape": "box",
    }
    assert results == {"FOLDER": "/rasters", "OUTPUT": "/p.shp"}


def test_predict_leaves_to_the_engine_what_is_not_chosen(algorithm, context, image):
    parameters = {"MODEL": "/m/a.weft", "IMAGE": image.id(), "FOLDER": "/rasters"}
    answer = {"images": [{"classes": "/c.tif", "probability": "/p.tif"}]}
    ((_, params),), results = asked(algorithm("predict"), parameters, context, predict=answer)
    assert params.keys() == {"model", "images", "out", "device"}
    assert results == {"FOLDER": "/rasters", "CLASSES": "/c.tif", "PROBABILITY": "/p.tif"}


def test_an_image_that_cannot_be_used_is_named_before_anything_starts(algorithm, context, tmp_path):
    from osgeo import gdal

    path = tmp_path / "nowhere.tif"
    gdal.GetDriverByName("GTiff").Create(str(path), 8, 8, 1, gdal.GDT_Byte)
    found = algorithm("predict")
    given = {"MODEL": "/m/a.weft", "IMAGE": str(path), "FOLDER": "/rasters"}
    with pytest.raises(QgsProcessingException, match="nowhere: The image file has no CRS"):
        found.prepareAlgorithm(given, context, QgsProcessingFeedback())


def test_one_of_several_images_that_is_missing_is_not_left_out(algorithm, context, image):
    given = {"MODEL": "/m/a.weft", "IMAGES": [image.id(), "/no/such.tif"]}
    with pytest.raises(QgsProcessingException):
        algorithm("detect").prepareAlgorithm(given, context, QgsProcessingFeedback())


def test_bands_that_are_none_are_told_in_a_sentence(algorithm, context, image, labels):
    given = {"IMAGES": [image.id()], "LABELS": labels.id(), "BANDS": "red", "OUTPUT": "/m.weft"}
    with pytest.raises(QgsProcessingException, match="red is no list of bands"):
        asked(algorithm("adapt"), given, context)


def test_a_field_that_the_labels_have_not_is_told_with_those_they_have(
    algorithm, context, image, labels
):
    given = {**adapt_parameters(image, labels), "CLASS_FIELD": "kind"}
    with pytest.raises(QgsProcessingException, match="no field kind; choose one of nr, what"):
        asked(algorithm("adapt"), given, context)


def adapt_parameters(image, labels):
    return {"IMAGES": [image.id()], "LABELS": labels.id(), "OUTPUT": "/tmp/m.weft"}


def test_a_run_in_the_background_tells_how_far_it_is(algorithm, context, image, labels, qtbot):
    feedback, ended = Feedback(), []
    task = QgsProcessingAlgRunnerTask(
        algorithm("adapt"), adapt_parameters(image, labels), context, feedback
    )
    task.executed.connect(lambda ok, results: ended.append((ok, results)))
    QgsApplication.taskManager().addTask(task)
    qtbot.waitUntil(lambda: bool(ended), timeout=20_000)
    assert ended == [(True, {"OUTPUT": "/tmp/m.weft"})]
    assert feedback.stages == ["Training"]
    assert feedback.progress() == 75
    assert threading.get_ident() not in feedback.threads
    assert "m: held-out IoU building 0.80" in feedback.notes[-1]


def test_a_run_that_is_cancelled_ends_the_engine_job(algorithm, context, image, labels):
    feedback = Feedback()
    feedback.progressChanged.connect(lambda share: feedback.cancel())
    began = time.monotonic()
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        run(algorithm("adapt", "patient"), adapt_parameters(image, labels), context, feedback)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("mood", "words"),
    [
        ("mistaken", "No label lies on the images; check the CRS."),
        ("crashing", "The engine ended unexpectedly"),
        ("broken", "The engine cannot start"),
    ],
)
def test_why_a_run_failed_is_told_in_the_words_of_the_panel(
    algorithm, context, image, labels, mood, words
):
    with pytest.raises(QgsProcessingException, match=words):
        run(algorithm("adapt", mood), adapt_parameters(image, labels), context, Feedback())
