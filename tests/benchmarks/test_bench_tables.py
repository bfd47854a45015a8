# SPDX-License-Identifier: GPL-3.0-or-later
from dataclasses import replace
from pathlib import Path

import pytest
from fewshot_report import report
from records import JOBS, ROOMS, ROOT, Record, Settings, append, newest_by_method, read, what_runs
from tables import BEGIN, END, table, write_section

SETTINGS = Settings("abc", "a machine", "cpu", 60.0)
RUN = Record(SETTINGS, "town", 0, "forest", "2025-01-01", 0.4, 0.1, 5.0, 20.0, 300.0, {})


def test_means_are_over_the_seeds_that_ran() -> None:
    text = report([RUN, replace(RUN, seed=1, iou=0.6)], SETTINGS)
    assert "| town | forest | 2 | 0.500 | 0.100 | 5 | 20 | 300 |" in text
    assert "| town | forest | 0.400 | 0.600 |" in text


def test_methods_are_compared_on_the_seeds_that_all_have_finished() -> None:
    hard = replace(RUN, seed=1, iou=0.1)
    text = report([RUN, hard, replace(RUN, method="unet", iou=0.3)], SETTINGS)
    assert "| town | forest | 1 | 0.400 |" in text and "| town | unet | 1 | 0.300 |" in text
    assert "| town | forest | 0.400 | 0.100 |" in text and "| town | unet | 0.300 | – |" in text


def test_a_method_that_was_hardly_begun_does_not_narrow_the_means() -> None:
    runs = [replace(RUN, seed=seed, iou=0.3 + seed / 10) for seed in range(3)]
    text = report([*runs, replace(RUN, method="unet", iou=0.9)], SETTINGS)
    assert "| town | forest | 3 | 0.400 |" in text and "| town | unet | 0 | – |" in text
    assert "| town | unet | 0.900 | – | – |" in text


def test_a_failure_is_told_and_leaves_the_means_alone() -> None:
    failed = replace(RUN, seed=1, iou=None, f1=None, error="exit status 2: no weights")
    text = report([RUN, failed], SETTINGS)
    assert "| town | forest | 1 | 0.400 |" in text
    assert "| town | forest | 0.400 | – |" in text
    assert "- town, seed 1, forest: exit status 2: no weights" in text


def test_classes_have_a_table_where_there_are_several() -> None:
    classes = {"ship": {"iou": 0.2}, "harbor": {"iou": 0.6}}
    assert "| town | ship | forest | 0.200 |" in report([replace(RUN, classes=classes)], SETTINGS)


def test_a_stopped_benchmark_finds_its_own_runs_again(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    other = replace(RUN, settings=replace(SETTINGS, code="older"), iou=0.9)
    for record in (replace(RUN, error="out of memory"), RUN, other):
        append(path, record)
    assert read(path, SETTINGS, Record) == {RUN.key: RUN}


def test_methods_measured_with_other_code_stand_beside_each_other(tmp_path: Path) -> None:
    path = tmp_path / "runs.jsonl"
    older = replace(RUN, settings=replace(SETTINGS, code="older"), date="2024-12-31")
    elsewhere = replace(SETTINGS, machine="another machine")
    for record in (
        replace(older, seed=1),
        replace(older, method="unet", iou=0.3),
        RUN,
        replace(RUN, method="linear-trunk", settings=elsewhere),
        replace(RUN, iou=0.5),
    ):
        append(path, record)
    found = newest_by_method(path, SETTINGS)
    assert {(r.method, r.seed, r.iou) for r in found} == {("unet", 0, 0.3), ("forest", 0, 0.5)}
    text = report(found, SETTINGS)
    assert "; 2025-01-01, code `abc`" in text and "; 2024-12-31, code `older`" in text


def test_words_in_the_code_are_no_reason_to_measure_again(tmp_path: Path) -> None:
    versions = (
        "def double(x):\n    return 2 * x\n",
        '"""A module."""\n\ndef double(x):  # words\n    """Twice `x`."""\n    return 2 * x\n',
        "def double(x):\n    return 3 * x\n",
    )
    plain, described, other = (what_runs(written(tmp_path, text)) for text in versions)
    assert plain == described != other


def test_every_part_of_the_engine_either_decides_figures_or_is_known_not_to() -> None:
    parts = {path.parent.name for path in (ROOT / "backend/weft").glob("*/__init__.py")}
    assert parts == {*ROOMS, "cli", "jobs", "sample", "server", "suggestions"}
    jobs = {path.stem for path in (ROOT / "backend/weft/jobs").glob("[!_]*.py")}
    others = {"area_figures", "cluster", "info", "look", "memory", "plan", "sample", "suggest"}
    assert jobs == {*JOBS, *others, "validate"}


def written(folder: Path, text: str) -> Path:
    path = folder / "module.py"
    path.write_text(text)
    return path


def test_columns_of_numbers_are_aligned_right() -> None:
    assert table(["a", "b"], [["x", "0.5"], ["y", "–"]]).splitlines()[1] == "| --- | ---: |"


@pytest.mark.parametrize("notes", ["", "# Log\n\nTried this.\n"])
def test_what_people_wrote_stays(tmp_path: Path, notes: str) -> None:
    path = tmp_path / "out.md"
    if notes:
        path.write_text(notes)
    write_section(path, "Title", "first")
    path.write_text(path.read_text() + "after\n")
    write_section(path, "Title", "second")
    text = path.read_text()
    assert "first" not in text
    assert text.count(BEGIN) == text.count(END) == 1
    assert text.index(notes.strip() or "# Title") < text.index("second") < text.index("after")
