# SPDX-License-Identifier: GPL-3.0-or-later
"""From an image to strips: exact on the image's grid, sparing with memory, tidy with threads."""

import threading
import time
import weakref
from pathlib import Path

import numpy as np
import pytest
import rasterio
import torch
from small_networks import (
    FunctionEngine,
    first_band,
    plain_grid,
    predict_whole,
    small_network,
    write_image,
)
from torch import nn

from weft.adapters.registry import ADAPTERS
from weft.device import cpu
from weft.errors import Cancelled, RasterError, RequestError
from weft.inference.engines import Batch, OutOfMemory, TorchEngine, is_out_of_memory
from weft.inference.part import whole_image
from weft.inference.pipeline import predict_blocks
from weft.inference.plan import plan_tiles
from weft.inference.trial import noise, try_out
from weft.raster import Stretch

BLACK_TO_WHITE = Stretch((0.0,), (255.0,))


def threads() -> list[threading.Thread]:
    """Threads that read or predict."""
    return [each for each in threading.enumerate() if each.name.startswith(("tile reader", "lane"))]


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """A smooth field of 150 rows and 210 columns."""
    rows, columns = np.mgrid[0:150, 0:210]
    pixels = 128 + 60 * np.sin(rows / 17) + 60 * np.cos(columns / 23)
    return write_image(tmp_path / "field.tif", pixels[None].astype(np.uint8))


def levels_of(path: Path) -> np.ndarray:
    with rasterio.open(path) as dataset:
        return dataset.read(1) / 255


@pytest.mark.parametrize(("side", "overlap"), [(32, 0), (32, 16), (64, 20), (256, 64), (512, 64)])
def test_what_the_engine_says_lands_where_it_was_read(image: Path, side: int, overlap: int) -> None:
    probabilities, valid = predict_whole(image, FunctionEngine(first_band), side, overlap)
    assert valid.all()
    np.testing.assert_allclose(probabilities[0], levels_of(image), atol=1e-5)


@pytest.mark.parametrize("adapter", [spec.name for spec in ADAPTERS])
@pytest.mark.parametrize("shape", [(1, 1), (53, 70), (65, 31)])
def test_every_method_takes_images_of_odd_sizes(
    tmp_path: Path, adapter: str, shape: tuple[int, int]
) -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (3, *shape), np.uint8)
    path = write_image(tmp_path / "odd.tif", pixels)
    engine = TorchEngine(small_network("test_vit", adapter), cpu("test").in_full_precision())
    probabilities, valid = predict_whole(path, engine, 64, 16, count=3)
    assert valid.all() and probabilities.shape == (3, *shape)
    assert np.isfinite(probabilities).all() and probabilities.min() >= 0
    assert probabilities[:2].sum(0).max() <= 1 + 1e-5
    assert probabilities[2].max() <= 1


@pytest.mark.parametrize("scale", [0.125, 0.3, 0.5, 0.77, 1.3, 2, 3.7, 8])
def test_other_resolutions_give_results_on_the_exact_grid(image: Path, scale: float) -> None:
    probabilities, valid = predict_whole(image, FunctionEngine(first_band), 32, 8, scale)
    assert valid.all()
    inner = (slice(8, -8), slice(8, -8))
    difference = np.abs(probabilities[0] - levels_of(image))
    assert difference[inner].mean() < 0.02
    assert difference[inner].max() < (0.15 if scale < 0.2 else 0.06)


def test_in_a_coarse_image_a_pixel_is_the_mean_of_what_is_seen_in_it(tmp_path: Path) -> None:
    def lines(pixels: Batch) -> Batch:
        """Objects as wide as a pixel of the network, in each fourth column."""
        seen = np.zeros_like(pixels[:, 0])
        seen[..., ::4] = 1
        return np.stack([1 - seen, seen], axis=1)

    path = write_image(tmp_path / "coarse.tif", np.full((1, 40, 40), 90, np.uint8))
    probabilities, _ = predict_whole(path, FunctionEngine(lines), 64, 16, scale=4)
    np.testing.assert_allclose(probabilities, 0.25, atol=0.02)


@pytest.mark.parametrize(
    ("shape", "scale"),
    [(shape, scale) for shape in ((3, 500), (33, 31)) for scale in (0.5, 1, 8)]
    + [((7, 7), 0.125), ((33, 500), 0.125), ((1, 1), 1), ((1, 1), 8)],
)
def test_images_smaller_than_a_tile(tmp_path: Path, shape: tuple[int, int], scale: float) -> None:
    path = write_image(tmp_path / "small.tif", np.full((1, *shape), 100, np.uint8))
    probabilities, valid = predict_whole(path, FunctionEngine(first_band), 64, 16, scale)
    assert valid.all()
    np.testing.assert_allclose(probabilities, 100 / 255, atol=1e-4)


@pytest.mark.parametrize("scale", [0.2, 0.5, 1, 1.5, 4])
def test_nodata_stays_nodata_to_the_pixel(tmp_path: Path, scale: float) -> None:
    pixels = np.full((1, 130, 170), 90, np.uint8)
    pixels[0, 20:61, 33:78] = 0
    pixels[0, ::13, ::7] = 0
    path = write_image(tmp_path / "gaps.tif", pixels, nodata=0)
    probabilities, valid = predict_whole(path, FunctionEngine(first_band), 64, 16, scale)
    assert (valid == (pixels[0] > 0)).all()
    assert np.isfinite(probabilities).all()


def test_empty_tiles_are_not_computed_but_counted(tmp_path: Path) -> None:
    pixels = np.zeros((1, 64, 640), np.uint8)
    pixels[0, :, :30] = 50
    path = write_image(tmp_path / "void.tif", pixels, nodata=0)
    engine = FunctionEngine(first_band, batch=4)
    plan = plan_tiles(whole_image(plain_grid(640, 64)), 1, 32, 0)
    heard: list[int] = []
    blocks = predict_blocks(path, (1,), BLACK_TO_WHITE, engine, plan, 1, heard.append)
    assert sum(block.valid.size for block in blocks) == 64 * 640
    assert heard == list(range(1, 41))
    assert sum(engine.sizes) == 2


def test_a_network_that_sees_little_gives_the_same_wherever_tiles_fall(image: Path) -> None:
    torch.manual_seed(0)
    layers = [nn.Conv2d(1, 8, 5, padding=2), nn.ReLU(), nn.Conv2d(8, 2, 5, padding=2)]
    network = nn.Sequential(*layers).eval()
    engine = TorchEngine(network, cpu("test").in_full_precision())  # type: ignore[arg-type]
    results = [
        np.rint(254 * predict_whole(image, engine, side, overlap)[0])
        for side, overlap in ((32, 16), (64, 24), (96, 16), (256, 64))
    ]
    for other in results[1:]:
        assert np.abs(results[0] - other).max() <= 1


def hungry(most: int) -> FunctionEngine:
    """An engine whose memory takes batches of at most `most` tiles."""

    def function(pixels: Batch) -> Batch:
        if len(pixels) > most:
            raise OutOfMemory(pixels.shape[-1])
        return first_band(pixels)

    return FunctionEngine(function, batch=8)


def test_batches_are_halved_for_good_when_memory_runs_out(image: Path) -> None:
    engine = hungry(most=3)
    probabilities, _ = predict_whole(image, engine, 32, 0)
    np.testing.assert_allclose(probabilities[0], levels_of(image), atol=1e-5)
    assert engine.sizes.count(4) == 1
    smaller = engine.sizes[engine.sizes.index(4) + 1 :]
    assert max(smaller) == 2 and len(smaller) > 3


def test_lanes_give_way_to_one_when_memory_runs_out(image: Path) -> None:
    at_work = threading.Semaphore(1)

    def alone(pixels: Batch) -> Batch:
        if not at_work.acquire(blocking=False):
            raise OutOfMemory(pixels.shape[-1])
        time.sleep(0.01)
        at_work.release()
        return first_band(pixels)

    engine = FunctionEngine(alone, lanes=3)
    probabilities, _ = predict_whole(image, engine, 32, 0)
    np.testing.assert_allclose(probabilities[0], levels_of(image), atol=1e-5)


def test_tiles_of_several_lanes_keep_their_order(image: Path) -> None:
    def unsteady(pixels: Batch) -> Batch:
        time.sleep(float(pixels.max()) / 50)
        return first_band(pixels)

    engine = FunctionEngine(unsteady, lanes=4)
    probabilities, _ = predict_whole(image, engine, 32, 16)
    np.testing.assert_allclose(probabilities[0], levels_of(image), atol=1e-5)


def test_not_enough_memory_for_one_tile_is_told(image: Path) -> None:
    with pytest.raises(RequestError, match="for tiles of 32 x 32 pixels; close other programs"):
        predict_whole(image, hungry(most=0), 32, 0)
    assert threads() == []


def test_a_trial_takes_what_fits_of_a_batch() -> None:
    engine = hungry(most=3)
    assert len(try_out(engine, noise(1, 32, 8)).probabilities) == 2
    with pytest.raises(RequestError, match="for tiles of 32 x 32 pixels; close other programs"):
        try_out(hungry(most=0), noise(1, 32, 8))


class Greedy(nn.Module):
    """A network that runs out of memory in the middle of its work, but for a single tile."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[weakref.ref[torch.Tensor]] = []

    def alive(self) -> int:
        return sum(ref() is not None for ref in self.held)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        assert not self.alive()
        activations = pixels * 2
        self.held.append(weakref.ref(activations))
        if len(pixels) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return activations.repeat(1, 4, 1, 1)


def test_what_did_not_fit_is_gone_before_less_is_tried() -> None:
    network = Greedy()
    engine = TorchEngine(network, cpu("test").in_full_precision())  # type: ignore[arg-type]
    assert len(try_out(engine, noise(1, 32, 8)).probabilities) == 1
    assert len(network.held) == 6


def test_what_did_not_fit_is_gone_before_memory_is_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network, alive = Greedy(), []
    engine = TorchEngine(network, cpu("test").in_full_precision())  # type: ignore[arg-type]
    monkeypatch.setattr(torch.cuda, "empty_cache", lambda: alive.append(network.alive()))
    with pytest.raises(OutOfMemory):
        engine.predict(noise(1, 32, 8))
    assert alive == [0]


@pytest.mark.parametrize(
    "said",
    [
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
        "GET was unable to find an engine to execute this computation",
    ],
)
def test_libraries_of_the_gpu_that_get_no_memory_are_known(said: str) -> None:
    assert is_out_of_memory(RuntimeError(said))


def test_errors_that_mean_memory_are_known() -> None:
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory."))
    assert is_out_of_memory(MemoryError())
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**48)
    assert is_out_of_memory(caught.value)
    assert not is_out_of_memory(RuntimeError("expected a tensor"))


def test_other_errors_of_the_engine_are_not_taken_for_it(image: Path) -> None:
    def broken(pixels: Batch) -> Batch:
        raise RuntimeError("expected a tensor")

    with pytest.raises(RuntimeError, match="expected a tensor"):
        predict_whole(image, FunctionEngine(broken), 32, 0)
    assert threads() == []


def test_a_damaged_block_is_told_where_tiles_are_used(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    pixels = rng.integers(1, 255, (1, 256, 256), np.uint8)
    profile = {"tiled": True, "blockxsize": 64, "blockysize": 64, "compress": "deflate"}
    path = write_image(tmp_path / "damaged.tif", pixels, **profile)
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    path.write_bytes(content)
    with pytest.raises(RasterError, match="the window at column"):
        predict_whole(path, FunctionEngine(first_band), 32, 0)
    assert threads() == []


def test_an_absent_image_is_told_where_tiles_are_used(tmp_path: Path) -> None:
    plan = plan_tiles(whole_image(plain_grid(64, 64)), 1, 32, 0)
    path = tmp_path / "absent.tif"
    with pytest.raises(RasterError, match="does not exist"):
        next(predict_blocks(path, (1,), BLACK_TO_WHITE, FunctionEngine(first_band), plan, 1, print))
    assert threads() == []


def test_closing_early_ends_all_threads(image: Path) -> None:
    plan = plan_tiles(whole_image(plain_grid(210, 150)), 1, 32, 0)
    engine = FunctionEngine(first_band)
    blocks = predict_blocks(image, (1,), BLACK_TO_WHITE, engine, plan, 1, lambda done: None)
    next(blocks)
    assert len(threads()) == 2
    blocks.close()
    assert threads() == []


def test_a_cancel_ends_all_threads_and_is_heard_on_empty_tiles_too(tmp_path: Path) -> None:
    path = write_image(tmp_path / "void.tif", np.zeros((1, 640, 640), np.uint8), nodata=0)
    plan = plan_tiles(whole_image(plain_grid(640, 640)), 1, 32, 0)

    def stop(done: int) -> None:
        if done == 3:
            raise Cancelled

    engine = FunctionEngine(first_band)
    with pytest.raises(Cancelled):
        list(predict_blocks(path, (1,), BLACK_TO_WHITE, engine, plan, 1, stop))
    assert threads() == []
