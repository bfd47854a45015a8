# SPDX-License-Identifier: GPL-3.0-or-later
import sys
from argparse import Namespace
from collections.abc import Hashable
from dataclasses import replace
from pathlib import Path

import large
import methods
import pytest
from cost_records import CostRecord, Costs, CostSettings, FreezingCost, Method
from methods_figure import draw, points
from methods_report import report
from methods_summary import summary
from records import Record, Settings, append, complete, in_common, newest, read, side_by_side

from weft.adapters.registry import ADAPTERS, find_adapter
from weft.adapters.weft_large.options import AS_RELEASED

COST_SETTINGS = CostSettings("abc", "a machine", "cpu", 4, 256, 512)
SETTINGS = Settings("abc", "a machine", "cpu", 60.0, 60)
MIB = 2**20
FULL = Costs(
    adapter_parameters=0,
    head_parameters=500,
    unfrozen_parameters=4000,
    backbone_parameters=4000,
    cacheable=False,
    saved_bytes=400 * MIB,
    head_bytes=100 * MIB,
    state_bytes=100 * MIB,
    cuda_bytes=None,
    peak_mib=900.0,
    step_s=0.5,
    file_bytes=2 * MIB,
    megapixels_s=1.5,
    crop=256,
    tile=512,
    device="CPU, 2 threads",
    precision="float32",
    random=True,
    freezing=[FreezingCost(1, 1.0, 1.0), FreezingCost(2, 0.8, 0.7)],
)
EST = replace(
    FULL,
    adapter_parameters=200,
    unfrozen_parameters=0,
    cacheable=True,
    saved_bytes=160 * MIB,
    state_bytes=15 * MIB,
    freezing=[],
)
COSTS = [
    CostRecord(COST_SETTINGS, "vit", "est", "2025-01-01", EST),
    CostRecord(COST_SETTINGS, "vit", "full", "2025-01-01", FULL),
    CostRecord(COST_SETTINGS, "vit", "odd", "2025-01-01", unsuited="It does not suit."),
]
RUN = Record(
    SETTINGS, "town", 0, "est", "2025-01-01", 0.4, 0.1, 5, 20, 300, backbone="vit", bound="time"
)


def test_costs_have_a_row_for_each_method_and_a_ratio_to_full() -> None:
    text = report(COSTS, [])
    assert (
        "| est | 0.2 | 0.5 | 0.0 | 5.00 | yes | 160 | 40 | 100 | 20 | 15 | 175 | 35 | 900 | "
        in text
    )
    assert (
        "| full | 0.0 | 0.5 | 4.0 | 100.00 | no | 400 | 100 | 100 | 100 | 100 | 500 | 100 | 900 | "
        in text
    )
    assert "| vit | full | 2 | 0.80 | 0.70 | 0.67 |" in text


def test_the_short_table_joins_costs_and_runs_of_equal_time() -> None:
    other = replace(RUN, seed=1, iou=0.6, f1=0.3)
    text = summary(COSTS, [RUN, other, replace(RUN, bound="steps", iou=0.9)])
    assert "**vit**, random weights" in text
    assert "| est | 0.2 | yes | 175 | 0.50 | 2.00 | 1.50 | 0.500 | 0.200 | 2 |" in text
    assert "| full | 4.0 | no | 500 | 0.50 | 2.00 | 1.50 | – | – | – |" in text
    assert "odd" not in text


def test_means_are_over_scenes_that_all_methods_have_finished() -> None:
    easy = [replace(RUN, method=name, scene="easy", iou=0.9) for name in ("est", "full")]
    hard = replace(RUN, scene="hard", iou=0.1)
    assert in_common([*easy, hard, replace(RUN, iou=None)]) == easy
    assert "| est | 1 | 0.900 | 0.100 | 5 | 20 | 300 | 0.900 | – |" in report([], [*easy, hard])
    assert [point.iou for point in points(COSTS, [*easy, hard])] == [0.9, 0.9]


def test_methods_stand_beside_each_other_only_if_they_ran_on_one_machine() -> None:
    both = [replace(RUN, method=name) for name in ("est", "full")]
    elsewhere = replace(SETTINGS, machine="another machine")
    alone = replace(RUN, settings=elsewhere, iou=0.9)
    later = [replace(run, settings=elsewhere, seed=1) for run in both]
    longer = replace(RUN, settings=replace(SETTINGS, budget_s=600.0), seed=2)
    found = side_by_side([longer, *both, *later, alone])
    assert found == [*both, *later]
    assert side_by_side([*both, alone, replace(alone, method="full")])[0].iou == 0.9
    failed = replace(alone, method="full", iou=None, error="out of memory")
    assert side_by_side([*both, alone, failed]) == both
    text = report([], found)
    assert "- 2 runs, 2025-01-01, code `abc`, on a machine\n- 2 runs" in text
    assert "| est | 2 | 0.400 |" in text
    assert "on a machine and another machine." in summary([], found)


def test_a_method_that_does_not_suit_has_dashes_and_a_footnote() -> None:
    unsuited = replace(RUN, method="odd", iou=None, f1=None, unsuited="It does not suit.")
    text = report(COSTS, [RUN, unsuited])
    assert text.count("| odd (1) | – | – |") == 2
    assert text.count("(1) It does not suit.") == 2
    assert "Failures" not in text


def test_equal_time_and_equal_steps_have_tables_of_their_own() -> None:
    by_steps = replace(RUN, bound="steps", iou=0.7)
    text = report([], [RUN, replace(RUN, seed=1, iou=0.6), by_steps])
    assert "### vit, equal time" in text and "### vit, equal steps" in text
    assert "| est | 2 | 0.500 | 0.100 | 5 | 20 | 300 | 0.500 |" in text
    assert "| est | 1 | 0.700 |" in text


def test_random_weights_are_told() -> None:
    assert "**vit** had no learned weights here" in report(COSTS, [])
    assert "had no learned weights" not in report(COSTS, [RUN])


def test_a_stopped_comparison_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    lines = tmp_path / "costs.jsonl"
    failed = replace(COSTS[1], costs=None, error="out of memory")
    for record in (COSTS[0], failed, COSTS[2]):
        append(lines, record)
    done = read(lines, COST_SETTINGS, CostRecord)
    jobs: dict[Hashable, object] = {each.key: lambda: COSTS[1] for each in COSTS}
    assert list(complete(jobs, done, lines)) == [COSTS[1]]  # type: ignore[arg-type]
    assert list(newest(lines, CostRecord).values()) == COSTS
    other = replace(COST_SETTINGS, machine="another")
    assert read(lines, other, CostRecord) == {}


def test_the_figure_is_drawn_of_what_has_costs_and_accuracy(tmp_path: Path) -> None:
    assert [(p.method, p.memory_mib) for p in points(COSTS, [RUN])] == [("est", 175)]
    picture = tmp_path / "images" / "costs.png"
    draw(COSTS, [RUN, replace(RUN, method="full", iou=0.6)], picture)
    assert 0 < picture.stat().st_size < 150_000
    with pytest.raises(SystemExit, match="measure both first"):
        draw(COSTS, [], picture)


def test_every_adapter_is_compared() -> None:
    names = [method.name for method in methods.all_methods()]
    assert names[: len(ADAPTERS)] == [spec.name for spec in ADAPTERS]
    assert "full+dbf" in names


def test_runs_of_equal_steps_are_bounded_by_steps(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "town").mkdir()
    (tmp_path / "town" / "truth.gpkg").touch()
    given = ["--data", str(tmp_path), "--seeds", "0", "--methods", "full+dbf", "--steps", "9"]
    monkeypatch.setattr(sys, "argv", ["methods.py", *given, "--backbones", "embedded", "vit"])
    jobs = methods.plan_runs(methods.parse(), SETTINGS, tmp_path)
    by_time, by_steps = (job.args[1] for job in jobs.values())  # type: ignore[attr-defined]
    assert "--steps" not in by_time and by_time[by_time.index("--budget") + 1] == "60.0"
    assert by_steps[by_steps.index("--steps") + 1] == "9"
    assert by_steps[by_steps.index("--schedule") + 1] == "dbf"


def test_the_large_setting_asks_for_a_gpu(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    monkeypatch.setattr(sys, "argv", ["large.py"])
    assert large.main() == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_the_large_setting_is_measured_by_default_as_released_and_with_full_fine_tuning(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = []

    def answer(settings: CostSettings, backbone: str, weights: None, method: Method) -> CostRecord:
        asked.append(method.name)
        return CostRecord(settings, backbone, method.name, "2025-01-01", FULL)

    monkeypatch.setattr("large.choose_device", lambda name: Namespace(name="a GPU"))
    monkeypatch.setattr("large.measure_costs", answer)
    monkeypatch.setattr(sys, "argv", ["large.py", "--out", str(tmp_path / "large.md")])
    assert large.main() == 0
    assert asked == ["weft-large", large.RELEASED, "full"]
    assert find_adapter(large.RELEASED).build.keywords["options"] == AS_RELEASED


def test_the_large_setting_is_told_in_sentences() -> None:
    on_gpu = replace(FULL, cuda_bytes=1000 * MIB, device="a GPU")
    less = replace(on_gpu, cuda_bytes=740 * MIB, step_s=0.4)
    least = replace(on_gpu, cuda_bytes=500 * MIB, step_s=1.0)
    full, ours, released = (
        CostRecord(COST_SETTINGS, "vit", name, "2025-01-01", costs)
        for name, costs in (("full", on_gpu), ("weft-large", less), (large.RELEASED, least))
    )
    options = Namespace(backbone="vit", adapter="weft-large")
    text = large.report({each.key: each for each in (ours, released, full)}, options)
    sentence = "weft-large on a GPU: 74 % of the memory of full fine-tuning, at 125 % of its speed."
    assert sentence in text
    assert "weft-large as released on a GPU: 50 % of the memory" in text
    absent = replace(ours, costs=None, unsuited="There is no adapter 'weft-large'.")
    text = large.report({absent.key: absent, full.key: full}, options)
    assert sentence not in text and "(1) There is no adapter 'weft-large'." in text
