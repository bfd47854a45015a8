# SPDX-License-Identifier: GPL-3.0-or-later
"""Options, models, weights and outputs that cannot be used: one sentence, nothing written."""

import json
import resource
import shutil
import struct
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from cli_scene import BACKBONE, Scene, contents, draw, run_process, write_image
from safetensors.numpy import save_file

from weft import bundle
from weft.bundle import read_bundle, write_bundle
from weft.errors import ModelError

Refused = Callable[..., str]

OPTIONS = [
    ("train", ["--budget", "0"], "A budget of 0 seconds leaves no time to train"),
    ("train", ["--budget", "-5"], "A budget of -5 seconds leaves no time to train"),
    ("train", ["--budget", "nan"], "A budget of nan seconds leaves no time to train"),
    ("train", ["--budget", "inf"], "Training needs an end"),
    ("train", ["--budget", "much"], "invalid float value: 'much'"),
    ("train", ["--steps", "0"], "0 steps teach nothing"),
    ("train", ["--gsd", "0"], "A GSD of 0 m makes no sense"),
    ("train", ["--gsd", "nan"], "A GSD of nan m makes no sense"),
    ("train", ["--seed", "-1"], "The seed -1 is out of range"),
    ("train", ["--seed", str(10**30)], "is out of range"),
    ("train", ["--bands", "0"], "'0' is no list of different bands, counted from 1"),
    ("train", ["--bands", "1,1"], "'1,1' is no list of different bands"),
    ("train", ["--bands", "red"], "'red' is no list of different bands"),
    ("train", ["--bands", "9"], "has no band 9 but the bands 1, 2, 3; choose others with --bands"),
    ("train", ["--backbone", "resnet5000"], "There is no backbone 'resnet5000'"),
    ("train", ["--adapter", "glue"], "There is no adapter 'glue'; choose weft,"),
    ("train", ["--adapter", "lora:rank=0"], "give rank=1 to rank=1024"),
    ("train", ["--adapter", "weft:width=nan"], "The adapter weft: the option width cannot be"),
    ("train", ["--adapter", "est:depth=2"], "has no option 'depth'; its options are width"),
    ("train", ["--schedule", "dbg"], "There is no schedule 'dbg'; choose constant or dbf"),
    ("train", ["--schedule", "dbf:rho=0"], "give rho=1 or more"),
    (
        "train",
        ["--schedule", "dbf", "--adapter", "est"],
        "freezes what learns inside the backbone, and with the adapter est nothing does",
    ),
    ("train", ["--device", "tpu"], "invalid choice: 'tpu'"),
    ("train", ["--backbone-weights", "/no/where.pth"], "/no/where.pth does not exist"),
    ("validate", ["--budget", "0"], "A budget of 0 seconds leaves no time to train"),
    ("validate", ["--start", "a.weft"], "unrecognized arguments: --start"),
    ("predict", ["--tile", "100"], "The tile size 100 is not a multiple of 32"),
    ("predict", ["--tile", "0"], "The tile size 0 is out of range"),
    ("predict", ["--tile", "-32"], "The tile size -32 is out of range"),
    ("predict", ["--tile", "131072"], "The tile size 131072 is out of range"),
    ("predict", ["--overlap", "400"], "The overlap 400 does not fit tiles of 640"),
    ("predict", ["--overlap", "-1"], "The overlap -1 does not fit tiles of 640"),
    ("predict", ["--memory", "0"], "--memory 0 makes no sense"),
    ("predict", ["--memory", "1e300"], "--memory 1e+300 makes no sense"),
    ("predict", ["--memory", "0.001"], "This prediction takes at least"),
    ("predict", ["--memory", "4", "--tile", "64"], "--memory chooses the tiles"),
    ("predict", ["--engine", "abacus"], "invalid choice: 'abacus'"),
    ("vectorise", ["--threshold", "2"], "The threshold 2 makes no sense"),
    ("vectorise", ["--threshold", "nan"], "The threshold nan makes no sense"),
    ("vectorise", ["--min-area", "-1"], "--min-area -1 makes no sense"),
    ("vectorise", ["--min-confidence", "2"], "--min-confidence 2 makes no sense"),
    ("vectorise", ["--simplify", "inf"], "--simplify inf makes no sense"),
    ("run", ["--threshold", "2"], "The threshold 2 makes no sense"),
    ("run", ["--tile", "100"], "The tile size 100 is not a multiple of 32"),
    ("run", ["--min-hole", "-1"], "--min-hole -1 makes no sense"),
    ("run", ["--budget", "0"], "A budget of 0 seconds leaves no time to train"),
    ("export", ["--tile", "100"], "The tile size 100 is not a multiple of 32"),
    ("suggest", ["--seed", "-1"], "The seed -1 is negative"),
    ("sample", ["--seed", "-1"], "The seed -1 is negative"),
]


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    """A class raster to vectorise."""
    return write_image(tmp_path / "class.tif", (draw(1) > 100).astype(np.uint8))


@pytest.fixture
def verbs(scene: Scene, model: Path, classes: Path, tmp_path: Path) -> dict[str, list[object]]:
    """A complete command for each verb, to which one bad option is added."""
    weights = ["--backbone-weights", scene.weights]
    return {
        "train": ["train", scene.image, *scene.options, "--out", tmp_path / "new.weft"],
        "validate": ["validate", scene.image, *scene.options],
        "predict": ["predict", model, scene.image, *weights, "--out", tmp_path / "out"],
        "vectorise": ["vectorise", classes, "--out", tmp_path / "new.gpkg"],
        "run": ["run", scene.image, *scene.options, "--out", tmp_path / "new.gpkg"],
        "export": ["export", model, *weights, "--onnx", tmp_path / "new.onnx"],
        "suggest": ["suggest", model, scene.image, *weights, "--out", tmp_path / "new.gpkg"],
        "sample": ["sample", tmp_path / "demo"],
    }


@pytest.mark.parametrize(("verb", "option", "words"), OPTIONS, ids=lambda each: str(each)[:30])
def test_options(
    refused: Refused,
    verbs: dict[str, list[object]],
    tmp_path: Path,
    verb: str,
    option: list[str],
    words: str,
) -> None:
    assert words in refused(*verbs[verb], *option, untouched=tmp_path)


def test_something_missing_or_unknown(refused: Refused) -> None:
    assert refused() == "the following arguments are required: VERB; see weft --help."
    assert "invalid choice: 'dance'" in refused("dance")
    assert "--labels, --out; see weft train --help." in refused("train", "a.tif")
    assert "unrecognized arguments: --fast" in refused("info", "--fast")


def test_no_weights_to_be_had_names_all_three_ways(
    refused: Refused, scene: Scene, tmp_path: Path
) -> None:
    sentence = refused(
        *("train", scene.image, "--labels", scene.labels, "--areas", scene.areas),
        *("--backbone", BACKBONE, "--out", tmp_path / "new.weft"),
        untouched=tmp_path,
    )
    assert sentence.startswith(f"There are no weights for {BACKBONE}:")
    for way in ("--backbone-weights FILE", "leave --backbone out", "hub:OWNER/REPOSITORY@"):
        assert way in sentence


def test_weights_of_another_network(refused: Refused, scene: Scene, tmp_path: Path) -> None:
    out = ("--out", tmp_path / "new.weft")
    sentence = refused("train", scene.image, *scene.options, "--backbone", "test_resnet", *out)
    assert "lacks" in sentence and "give a file made for test_resnet" in sentence


def test_model_absent_or_of_another_kind(
    refused: Refused, verbs: dict[str, list[object]], scene: Scene, tmp_path: Path
) -> None:
    def predict(path: Path) -> str:
        _, _, *rest = verbs["predict"]
        return refused("predict", path, *rest, untouched=tmp_path)

    assert predict(tmp_path / "absent.weft").endswith("does not exist; check the path.")
    assert predict(tmp_path).endswith("is a folder; give a .weft file.")
    assert "is damaged or no WEFT model" in predict(scene.image)
    assert "holds weights but no WEFT model" in predict(scene.weights)


def test_model_with_other_weights(
    refused: Refused, model: Path, scene: Scene, tmp_path: Path
) -> None:
    options = ("--out", tmp_path / "out")
    sentence = refused("predict", model, scene.image, *options, untouched=tmp_path)
    assert sentence.startswith(f"There are no weights for {BACKBONE}")


def test_every_damage_of_a_model_is_noticed(
    refused: Refused, verbs: dict[str, list[object]], model: Path, tmp_path: Path
) -> None:
    content = model.read_bytes()
    damaged = tmp_path / "damaged.weft"
    rng = np.random.default_rng(0)
    places = [*range(0, 48), *rng.integers(48, len(content), 40).tolist()]
    for place in places:
        changed = bytearray(content)
        changed[place] ^= 1 << int(rng.integers(0, 8))
        damaged.write_bytes(changed)
        with pytest.raises(ModelError):
            read_bundle(damaged)
    for length in (0, 7, 100, len(content) // 2, len(content) - 1):
        damaged.write_bytes(content[:length])
        assert "is damaged" in refused("predict", damaged, *verbs["predict"][2:])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"format": 1},
            "has the model format 1, but this WEFT knows format 2; install the version",
        ),
        ({"bands": [1]}, "contradicts itself"),
        ({"bands": [1, 2, 2]}, "contradicts itself"),
        ({"low": [255.0] * 3, "high": [0.0] * 3}, "contradicts itself"),
        ({"gsd_m": -0.5}, "contradicts itself"),
        ({"classes": []}, "contradicts itself"),
        ({"classes": [{"name": "roof", "colour": "red"}]}, "contradicts itself"),
        ({"tone": {"mean": [0.1], "deviation": [0.1]}}, "contradicts itself"),
        ({"tone": {"mean": [0.1] * 3, "deviation": [0.1, 0.1, 0]}}, "contradicts itself"),
        ({"tone": {"mean": [0.1] * 3}}, "is incomplete"),
        ({"tone": 3}, "is incomplete"),
        ({"high": ["a", "b", "c"]}, "is incomplete"),
        ({"gsd_m": True}, "is incomplete"),
        ({"classes": [{"name": "roof\ud800", "colour": "#e41a1c"}]}, "is damaged"),
        ({"extra": 1}, "is incomplete"),
        ({"adapter": "glue"}, "the adapter glue, which this WEFT does not have"),
        ({"adapter": "lora:rank=-1"}, "the adapter lora:rank=-1, which this WEFT does not have"),
        ({"backbone": "resnet5000"}, "There is no backbone 'resnet5000'"),
        ({"backbone_digest": "0" * 64}, "trained on other weights of"),
    ],
)
def test_a_card_that_does_not_fit(
    refused: Refused,
    verbs: dict[str, list[object]],
    model: Path,
    tmp_path: Path,
    change: dict[str, object],
    words: str,
) -> None:
    path = tmp_path / "changed.weft"
    rewrite_card(model, path, change)
    assert words in refused("predict", path, *verbs["predict"][2:], untouched=tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"extra": 1}, "is incomplete"),
        ({"small_object_m2": "much"}, "is incomplete"),
        ({"small_object_m2": -1}, "contradicts itself"),
        ({"seen": 3}, "is incomplete"),
        ({"seen": "POLY("}, "contradicts itself"),
        ({"seen_crs": "moon"}, "contradicts itself"),
    ],
)
def test_a_card_whose_training_cannot_have_been(
    refused: Refused,
    verbs: dict[str, list[object]],
    model: Path,
    tmp_path: Path,
    change: dict[str, object],
    words: str,
) -> None:
    path = tmp_path / "changed.weft"
    training = asdict(read_bundle(model)[0].training) | change
    rewrite_card(model, path, {"training": training})
    assert words in refused("predict", path, *verbs["predict"][2:], untouched=tmp_path)


def test_weights_that_are_no_numbers(
    refused: Refused, verbs: dict[str, list[object]], model: Path, tmp_path: Path
) -> None:
    card, tensors = read_bundle(model)
    path = tmp_path / "spoilt.weft"
    write_bundle(path, card, {name: np.full_like(each, np.nan) for name, each in tensors.items()})
    sentence = refused("predict", path, *verbs["predict"][2:], untouched=tmp_path)
    assert sentence == f"{path} has weights that are no numbers; retrain the model."


@pytest.mark.skipif(sys.platform == "win32", reason="a file with a hole takes its whole size there")
def test_weights_of_others_that_no_memory_holds(
    refused: Refused, verbs: dict[str, list[object]], tmp_path: Path
) -> None:
    path, size = tmp_path / "large.safetensors", 2**40
    tensor = {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}
    header = json.dumps({"weight": tensor}).encode()
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        file.truncate(file.tell() + size)
    sentence = refused("predict", path, *verbs["predict"][2:])
    assert "holds weights but no WEFT model" in sentence


def rewrite_card(model: Path, path: Path, change: dict[str, object]) -> None:
    """A model whose card was changed by someone who knows how to."""
    card, tensors = read_bundle(model)
    text = json.dumps(asdict(card) | change)
    save_file(tensors, path, metadata={"weft": text, "sha256": bundle._digest(text, tensors)})


def test_outputs_of_the_wrong_kind_or_place(
    refused: Refused, verbs: dict[str, list[object]], tmp_path: Path
) -> None:
    def out(verb: str, path: Path) -> str:
        return refused(*verbs[verb][:-1], path, untouched=tmp_path)

    assert "does not end in .weft; give it a name that does" in out("train", tmp_path / "new.pth")
    assert "does not end in .onnx; give it a name that does" in out("export", tmp_path / "new.pb")
    assert "use one of .gpkg, .shp, .geojson, .fgb" in out("vectorise", tmp_path / "new.kml")
    assert "use one of .gpkg, .shp, .geojson, .fgb" in out("run", tmp_path / "new")
    for verb, name in {"train": "a.weft", "export": "a.onnx", "run": "a.gpkg"}.items():
        assert "does not exist; " in out(verb, tmp_path / "absent" / name)
        (tmp_path / name).mkdir()
        assert "is a folder; give the name of a file" in out(verb, tmp_path / name)
    (tmp_path / "file").touch()
    assert "cannot be created (Not a directory)" in out("predict", tmp_path / "file" / "out")
    assert "cannot be created (File exists)" in out("predict", tmp_path / "file")


def test_outputs_that_are_inputs(
    refused: Refused, verbs: dict[str, list[object]], scene: Scene, classes: Path, tmp_path: Path
) -> None:
    train = tmp_path / "train.gpkg"
    shutil.copy(scene.train, train)
    labels = ("--labels", f"{train}|layername=labels", "--areas", f"{train}|layername=areas")
    sentence = refused(*verbs["run"][:-1], train, *labels, untouched=tmp_path)
    assert sentence.startswith(f"{train} is also an input, and the result would overwrite it;")


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is a folder that takes no files")
def test_a_folder_that_takes_no_files(refused: Refused, verbs: dict[str, list[object]]) -> None:
    def out(verb: str, name: str) -> str:
        return refused(*verbs[verb][:-1], Path("/proc") / name)

    assert "cannot be written to" in out("train", "a.weft")
    assert "cannot be written to" in out("export", "a.onnx")
    assert "cannot be created" in out("predict", "out")
    assert "could not be written" in out("vectorise", "a.gpkg")
    assert "cannot be created" in out("run", "a.gpkg")


@pytest.mark.skipif(sys.platform == "win32", reason="file sizes are limited by Unix means")
@pytest.mark.parametrize(
    ("verb", "name"), [("train", "new.weft"), ("predict", "out/town_prob.tif")]
)
def test_a_full_disk(verbs: dict[str, list[object]], tmp_path: Path, verb: str, name: str) -> None:
    earlier = tmp_path / name
    earlier.parent.mkdir(exist_ok=True)
    earlier.write_text("from an earlier time")
    before = contents(tmp_path)
    outcome = run_process(
        *verbs[verb],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000)),
    )
    assert outcome.status == 2, outcome
    assert "Traceback" not in outcome.err
    assert "cannot be written" in outcome.err.splitlines()[-1]
    assert contents(tmp_path) == before


@pytest.mark.skipif(sys.platform == "win32", reason="file sizes are limited by Unix means")
def test_no_place_for_temporary_files() -> None:
    outcome = run_process(
        "info", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    )
    assert outcome.status == 2, outcome
    assert outcome.err.startswith("weft: There is no place for temporary files (")
