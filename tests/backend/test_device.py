# SPDX-License-Identifier: GPL-3.0-or-later
"""A GPU as torch describes it, without having one."""

import pytest
import torch

from weft.device import Device

GPU = Device(torch.device("cuda"), "GPU", None, torch.float32)


def test_memory_that_torch_keeps_for_a_next_time_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (2_000, 9_000))
    monkeypatch.setattr(torch.cuda, "memory_reserved", lambda device: 5_000)
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda device: 1_000)
    assert GPU.free_bytes() == 6_000
