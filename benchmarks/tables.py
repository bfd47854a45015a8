# SPDX-License-Identifier: GPL-3.0-or-later
"""Markdown made from figures, put between two marks of a file so that what people wrote stays."""

from collections.abc import Iterable, Sequence
from pathlib import Path

BEGIN = "<!-- figures: written by the script, do not edit -->"
END = "<!-- end of figures -->"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; columns of numbers are aligned right."""
    lines = [list(columns), *map(list, rows)]
    numeric = [all(_is_figure(line[i]) for line in lines[1:]) for i in range(len(columns))]
    rule = ["---:" if right else "---" for right in numeric]
    return "\n".join(f"| {' | '.join(line)} |" for line in (lines[0], rule, *lines[1:]))


def figure(value: float | None, digits: int = 0) -> str:
    """A number as text, a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def write_section(path: Path, title: str, section: str) -> None:
    """Replace what stands between the marks of `path`, or start the file with `title`."""
    framed = f"{BEGIN}\n\n{section.strip()}\n\n{END}"
    text = path.read_text(encoding="utf-8") if path.exists() else f"# {title}\n\n{framed}\n"
    before, found, rest = text.partition(BEGIN)
    _, closed, after = rest.partition(END)
    if not (found and closed):
        before, after = text.rstrip() + "\n\n", "\n"
    path.write_text(before + framed + after, encoding="utf-8")


def _is_figure(cell: str) -> bool:
    return cell.replace(".", "").replace("-", "").isdigit() or cell in ("–", "")
