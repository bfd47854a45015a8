# SPDX-License-Identifier: GPL-3.0-or-later
"""A GPU as torch describes it, without having one."""

import pytest
import torch

from weft import device
from weft.device import Device, choose_device

GPU = Device(torch.device("cuda"), "GPU", None, torch.float32)


def test_memory_that_torch_keeps_for_a_next_time_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda which: (2_000, 9_000))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda which: 5_000)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda which: 1_000)
    assert GPU.free_bytes() == 6_000


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RuntimeError("no kernel image\nsee the documentation"), "no kernel image"),
        (AssertionError(), "AssertionError"),
        (torch.cuda.DeferredCudaCallError("CUDA call failed lazily"), "CUDA call failed lazily"),
    ],
)
def test_a_gpu_that_is_there_by_half_leaves_the_cpu(
    monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    def fail(*args: object, **options: object) -> None:
        raise error

    monkeypatch.setattr(torch.backends.cuda, "is_built", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch, "ones", fail)
    monkeypatch.setattr(device, "bfloat16_pays", lambda: False)
    chosen = choose_device()
    assert chosen.torch.type == "cpu"
    assert chosen.reason == f"a test kernel failed: {told}"


@pytest.mark.parametrize(
    ("name", "capability", "precision"),
    [
        ("NVIDIA GeForce RTX 3060", (8, 6), torch.bfloat16),
        ("Tesla T4", (7, 5), torch.float16),
        ("NVIDIA GeForce GTX 1660 Ti", (7, 5), torch.float32),
        ("NVIDIA GeForce GTX 1080", (6, 1), torch.float32),
    ],
)
def test_a_gpu_computes_in_half_precision_only_where_that_is_right_and_fast(
    monkeypatch: pytest.MonkeyPatch, name: str, capability: tuple[int, int], precision: torch.dtype
) -> None:
    units = capability >= (8, 0)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: units)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: capability)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: name)
    monkeypatch.setattr(device, "probe_cuda", lambda: None)
    chosen = choose_device("cuda")
    assert (chosen.name, chosen.precision) == (name, precision)


@pytest.mark.parametrize(("count", "words"), [(1, "CPU, 1 thread"), (2, "CPU, 2 threads")])
def test_the_cpu_tells_its_threads(monkeypatch: pytest.MonkeyPatch, count: int, words: str) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: count)
    assert choose_device("cpu").name == words
