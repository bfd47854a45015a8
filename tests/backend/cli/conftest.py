# SPDX-License-Identifier: GPL-3.0-or-later
"""The scene on disk, a tiny backbone, models trained on it, and commands run in this process."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from cli_scene import (
    AREAS,
    BACKBONE,
    Outcome,
    Scene,
    boxes,
    contents,
    draw,
    roof_boxes,
    write_image,
    write_layer,
)
from safetensors.torch import save_file

from weft.backbones.registry import find_backbone
from weft.cli.main import main


@pytest.fixture(scope="session")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    folder = tmp_path_factory.mktemp("scene")
    image = write_image(folder / "town.tif", draw(3), photometric="rgb")
    train = write_layer(folder / "train.gpkg", "labels", roof_boxes(), **{"class": "roof"})
    write_layer(train, "areas", boxes(AREAS))
    torch.manual_seed(0)
    state = find_backbone(BACKBONE).build().state_dict()
    weights = folder / "tiny.safetensors"
    save_file({k: v for k, v in state.items() if not k.endswith("batches_tracked")}, weights)
    return Scene(folder, image, train, weights)


@pytest.fixture(scope="session")
def model(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of the scene, trained for a few steps."""
    path = tmp_path_factory.mktemp("model") / "roofs.weft"
    options = [*scene.options, "--steps", "15"]
    assert main(["train", str(scene.image), *options, "--out", str(path)]) == 0
    return path


@pytest.fixture(scope="session")
def grey_model(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for images of one band."""
    folder = tmp_path_factory.mktemp("grey")
    image = write_image(folder / "grey.tif", draw(1))
    path = folder / "grey.weft"
    assert main(["train", str(image), *scene.options, "--out", str(path)]) == 0
    return path


@pytest.fixture
def weft(capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Runs a command in this process."""

    def run(*arguments: object) -> Outcome:
        capfd.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as exit:  # how argparse ends
            status = int(exit.code or 0)
        return Outcome(status, *capfd.readouterr())

    return run


@pytest.fixture
def refused(weft: Callable[..., Outcome]) -> Callable[..., str]:
    """Runs a command that must be refused with status 2 and one sentence, which it returns."""

    def run(*arguments: object, untouched: Path | None = None) -> str:
        before = None if untouched is None else contents(untouched)
        outcome = weft(*arguments)
        assert outcome.status == 2, outcome
        assert outcome.out == ""
        assert "Traceback" not in outcome.err
        last = outcome.err.splitlines()[-1]
        assert last.startswith("weft: ") and last.endswith("."), outcome.err
        assert last.count(". ") == 0, f"more than one sentence: {last}"
        if untouched is not None:
            assert contents(untouched) == before
        return last.removeprefix("weft: ")

    return run
