# SPDX-License-Identifier: GPL-3.0-or-later
"""Backbone weights fit exactly, or there is one clear sentence: never a silent random layer."""

import contextlib
import hashlib
from pathlib import Path

import pytest
import timm
import torch
from huggingface_hub.errors import HFValidationError
from safetensors.torch import load_file, save_file
from torch import Tensor

from weft.backbones import weights as weights_module
from weft.backbones.registry import BackboneSpec, find_backbone
from weft.backbones.weights import (
    download_from_timm,
    download_pinned,
    load_backbone,
    locate,
    read_state,
    shipped_file,
)
from weft.errors import ModelError

NAME = "test_resnet"
TRUNK = Path(__file__).parents[4] / "shared/weights/resnetv2_50_in1k_trunk.safetensors"
REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def state() -> dict[str, Tensor]:
    torch.manual_seed(5)
    return find_backbone(NAME).build().state_dict()


@pytest.fixture
def file(tmp_path: Path, state: dict[str, Tensor]) -> Path:
    path = tmp_path / "weights.safetensors"
    save_file(state, path)
    return path


def test_safetensors_and_pth_give_the_same_network(
    tmp_path: Path, file: Path, state: dict[str, Tensor]
) -> None:
    for content in (state, {"state_dict": state, "epoch": 3}, {"model": state}):
        torch.save(content, tmp_path / "weights.pth")
        loaded = load_backbone(NAME, str(tmp_path / "weights.pth")).network.network.state_dict()
        assert all(loaded[key].equal(value) for key, value in state.items())
    loaded = load_backbone(NAME, str(file)).network.network.state_dict()
    assert all(loaded[key].equal(value) for key, value in state.items())


def test_a_network_whose_layer_scales_are_all_zero_is_refused(tmp_path: Path) -> None:
    state = find_backbone("test_convnext").build().state_dict()
    scales = [key for key in state if key.endswith(".gamma")]
    assert scales
    for key in scales[1:]:
        state[key] = torch.zeros_like(state[key])
    save_file(state, tmp_path / "weights.safetensors")
    load_backbone("test_convnext", str(tmp_path / "weights.safetensors"))
    state[scales[0]] = torch.zeros_like(state[scales[0]])
    save_file(state, tmp_path / "weights.safetensors")
    with pytest.raises(ModelError, match="LayerScale"):
        load_backbone("test_convnext", str(tmp_path / "weights.safetensors"))


def test_the_digest_is_that_of_the_file(file: Path) -> None:
    expected = hashlib.sha256(file.read_bytes()).hexdigest()
    assert load_backbone(NAME, str(file)).digest == expected


def test_half_precision_weights_load_into_full_precision(
    tmp_path: Path, state: dict[str, Tensor]
) -> None:
    halves = {k: v.half() if v.is_floating_point() else v for k, v in state.items()}
    save_file(halves, tmp_path / "half.safetensors")
    network = load_backbone(NAME, str(tmp_path / "half.safetensors")).network
    assert {p.dtype for p in network.parameters()} == {torch.float32}


@pytest.mark.parametrize(
    ("damage", "word"),
    [
        ("missing", "lacks 1"),
        ("surplus", "unknown 1"),
        ("shape", "other shapes of 1"),
    ],
)
def test_tensors_that_do_not_fit_are_refused_by_name(
    tmp_path: Path, state: dict[str, Tensor], damage: str, word: str
) -> None:
    key = "layer1.0.conv1.weight"
    if damage == "missing":
        del state[key]
    elif damage == "surplus":
        state[key := "layer9.weight"] = torch.zeros(3)
    else:
        state[key] = state[key][:, :1].contiguous()
    save_file(state, tmp_path / "other.safetensors")
    with pytest.raises(ModelError, match=word) as refusal:
        load_backbone(NAME, str(tmp_path / "other.safetensors"))
    assert key in str(refusal.value)
    assert "other.safetensors" in str(refusal.value)


def test_missing_statistics_are_missing_tensors(tmp_path: Path, state: dict[str, Tensor]) -> None:
    del state["bn1.running_var"]
    save_file(state, tmp_path / "other.safetensors")
    with pytest.raises(ModelError, match=r"bn1\.running_var"):
        load_backbone(NAME, str(tmp_path / "other.safetensors"))


@pytest.mark.parametrize(
    "name", ["test_resnet", "test_convnext", "test_vit", "test_vit2", "test_efficientnet"]
)
def test_a_whole_classifier_fills_its_features_only_form(tmp_path: Path, name: str) -> None:
    torch.manual_seed(6)
    classifier = timm.create_model(name).eval()
    save_file(classifier.state_dict(), tmp_path / "whole.safetensors")
    backbone = load_backbone(name, str(tmp_path / "whole.safetensors")).network
    own = backbone.network.state_dict()
    whole = {round(float(v.double().sum()), 6) for v in classifier.state_dict().values()}
    assert {round(float(v.double().sum()), 6) for v in own.values()} <= whole


def test_the_maps_are_those_of_the_classifier(tmp_path: Path) -> None:
    classifier = timm.create_model("test_vit").eval()
    save_file(classifier.state_dict(), tmp_path / "whole.safetensors")
    backbone = load_backbone("test_vit", str(tmp_path / "whole.safetensors")).network
    size = classifier.default_cfg["input_size"][1]
    image = torch.rand(1, 3, size, size)
    with torch.no_grad():
        expected = classifier.forward_intermediates(
            (image - backbone.mean) / backbone.std, indices=1, intermediates_only=True
        )[0]
        last = backbone(image, lambda stage, x: x)[-1]
    torch.testing.assert_close(last, expected, atol=1e-4, rtol=1e-4)


class Payload:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("this must never run",)


def test_pickled_objects_are_refused_and_never_run(tmp_path: Path, capsys) -> None:
    torch.save({"state": Payload()}, tmp_path / "evil.pth")
    with pytest.raises(ModelError, match="tensors only"):
        read_state(tmp_path / "evil.pth")
    assert "never run" not in capsys.readouterr().out


@pytest.mark.parametrize("content", [{"a": 1}, {1: torch.ones(2)}, torch.ones(2), [1, 2]])
def test_a_pth_without_named_tensors_is_refused(tmp_path: Path, content: object) -> None:
    torch.save(content, tmp_path / "odd.pth")
    with pytest.raises(ModelError, match="dictionary of tensors"):
        read_state(tmp_path / "odd.pth")


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@pytest.mark.parametrize("new_format", [True, False])
def test_damaged_pth_files_never_end_in_a_traceback(tmp_path: Path, new_format: bool) -> None:
    path = tmp_path / "damaged.pth"
    torch.save({"a": torch.ones(5)}, path, _use_new_zipfile_serialization=new_format)
    whole = path.read_bytes()
    generator = torch.Generator().manual_seed(0)
    for _ in range(150):
        damaged = bytearray(whole)
        for place in torch.randint(min(len(whole), 400), (5,), generator=generator).tolist():
            damaged[place] = int(torch.randint(256, (1,), generator=generator))
        path.write_bytes(damaged)
        with contextlib.suppress(ModelError):  # anything else is a traceback for the user
            read_state(path)


@pytest.mark.parametrize("suffix", ["pth", "safetensors"])
@pytest.mark.parametrize("content", [b"", b"<html>not found</html>", b"\x80\x02}q\x00."])
def test_files_that_hold_no_weights_are_refused(
    tmp_path: Path, suffix: str, content: bytes
) -> None:
    path = tmp_path / f"page.{suffix}"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=path.name):
        load_backbone(NAME, str(path))


def test_a_truncated_file_is_refused(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1000])
    with pytest.raises(ModelError, match="not a readable weights file"):
        load_backbone(NAME, str(file))


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"absent\.safetensors does not exist"):
        load_backbone(NAME, str(tmp_path / "absent.safetensors"))


def test_no_weights_at_all_names_all_three_ways() -> None:
    with pytest.raises(ModelError) as refusal:
        load_backbone("resnetv2_50_trunk")
    sentence = str(refusal.value)
    assert "resnetv2_50_trunk" in sentence
    assert "--backbone-weights FILE" in sentence
    assert "ships with WEFT" in sentence
    assert "hub:OWNER/REPOSITORY@REVISION#SHA256" in sentence


def test_a_shipped_file_that_is_not_there_is_told() -> None:
    with pytest.raises(ModelError, match=r"lacks .*no_such\.safetensors"):
        shipped_file("no_such.safetensors")
    spec = BackboneSpec("x", torch.nn.Identity, (0.0,), (1.0,), shipped="no_such.safetensors")
    with pytest.raises(ModelError, match="install WEFT again"):
        locate(spec, None)


def hub_file(file: Path, calls: list[tuple[object, ...]]):
    def download(repository: str, name: str, revision: str) -> str:
        calls.append((repository, name, revision))
        return str(file)

    return download


def test_a_pinned_hub_address_names_repository_revision_and_hash(file: Path) -> None:
    calls: list[tuple[object, ...]] = []
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    address = f"hub:timm/test_resnet.r160_in1k@{REVISION}#{digest}"
    assert download_pinned(address, hub_file(file, calls)) == file
    assert calls == [("timm/test_resnet.r160_in1k", "model.safetensors", REVISION)]


def test_other_contents_than_pinned_are_refused(file: Path) -> None:
    with pytest.raises(ModelError, match="other contents"):
        download_pinned(f"hub:a/b@{REVISION}#{'0' * 64}", hub_file(file, []))


@pytest.mark.parametrize(
    "address",
    [
        "hub:timm/resnet",
        f"hub:timm/resnet@{REVISION}",
        f"hub:timm/resnet@main#{'0' * 64}",
        f"hub:timm@{REVISION}#{'0' * 64}",
        f"hub:../resnet/x@{REVISION}#{'0' * 64}",
        f"hub:timm/resnet@{REVISION[:8]}#{'0' * 64}",
        f"hub:timm/resnet@{REVISION}#{'0' * 63}",
        f"hub:timm/resnet@{REVISION}#{'0' * 64}\n",
    ],
)
def test_an_address_without_a_full_pin_is_never_downloaded(address: str) -> None:
    def download(*_: object, **__: object) -> str:
        raise AssertionError("downloaded")

    with pytest.raises(ModelError):
        download_pinned(address, download)


@pytest.mark.parametrize(
    "error", [ConnectionError("no route"), HFValidationError("no such name is allowed")]
)
def test_a_failed_hub_download_names_the_other_way(error: Exception) -> None:
    def download(*_: object, **__: object) -> str:
        raise error

    with pytest.raises(ModelError, match="--backbone-weights FILE"):
        download_pinned(f"hub:a/b@{REVISION}#{'0' * 64}", download)


@pytest.fixture
def hub_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(weights_module.torch.hub, "get_dir", lambda: str(tmp_path))
    return tmp_path / "checkpoints"


def test_timms_own_file_is_fetched_once_by_the_hash_in_its_name(hub_folder: Path) -> None:
    spec = find_backbone("resnet18.tv_in1k")
    calls: list[str] = []

    def download(url: str, path: str, hash_prefix: str, progress: bool) -> None:
        calls.append(hash_prefix)
        Path(path).write_bytes(b"not what the name says")

    for _ in range(2):
        with pytest.raises(ModelError, match="is damaged; delete"):
            download_from_timm(spec, download)
    assert len(calls) == 1
    assert calls[0] in timm.get_pretrained_cfg("resnet18.tv_in1k").url


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (ConnectionError("no route"), "There are no weights"),
        (RuntimeError("invalid hash value"), "other contents"),
    ],
)
def test_a_failed_download_is_one_sentence(hub_folder: Path, error: Exception, word: str) -> None:
    def download(*_: object, **__: object) -> None:
        raise error

    with pytest.raises(ModelError, match=word):
        download_from_timm(find_backbone("resnet18.tv_in1k"), download)


@pytest.mark.skipif(not TRUNK.is_file(), reason="shared/weights is not here")
def test_the_reference_trunk_loads_whole(make_network) -> None:
    loaded = load_backbone("resnetv2_50_trunk", str(TRUNK))
    backbone = loaded.network
    assert backbone.channels == (64, 256, 512, 1024)
    assert backbone.strides == (2, 4, 8, 16)
    stored, own = load_file(TRUNK), backbone.network.state_dict()
    counters = {key for key in own if key.endswith("num_batches_tracked")}
    assert own.keys() - counters == stored.keys() - counters
    assert sum(p.numel() for p in backbone.parameters()) == pytest.approx(8.6e6, rel=0.02)
    image = torch.linspace(0, 1, 3 * 64 * 64).view(1, 3, 64, 64)
    with torch.no_grad():
        maps = backbone(image, lambda stage, x: x)
    assert [tuple(x.shape) for x in maps] == [
        (1, 64, 32, 32),
        (1, 256, 16, 16),
        (1, 512, 8, 8),
        (1, 1024, 4, 4),
    ]
    spreads = [float(x.std()) for x in maps]
    assert spreads == pytest.approx([0.0497, 0.2834, 0.1930, 0.2243], rel=0.01)
    assert maps[0].min() == 0  # the stem's ReLU
