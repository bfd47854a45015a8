# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays of several rounds, one for each scene and seed, kept and reported one by one."""

import argparse
from collections.abc import Callable, Hashable
from functools import partial
from typing import TypeVar

from machine import this_machine
from records import Kept, Settings, code_digest, complete, read
from rivals import TRUNK
from scenes import Scene
from tables import write_section

R = TypeVar("R", bound=Kept)


def play_all(
    title: str,
    own_code: tuple[str, ...],
    options: argparse.Namespace,
    kind: type[R],
    play: Callable[[Scene, int, argparse.Namespace, Settings], R],
    report: Callable[[list[R]], str],
) -> None:
    """Play what is missing of `options.scenes` and `options.seeds`, and report after each."""
    settings = Settings(
        *(code_digest(*own_code), str(this_machine()), options.device, options.budget),
        backbone=TRUNK if options.trunk else None,
    )
    lines = options.out.with_suffix(".jsonl")
    done = {} if options.fresh else read(lines, settings, kind)
    jobs: dict[Hashable, Callable[[], R]] = {
        (scene.name, seed): partial(play, scene, seed, options, settings)
        for scene in options.scenes
        for seed in options.seeds
    }
    for _ in complete(jobs, done, lines):
        write_section(options.out, title, report(list(done.values())))
    write_section(options.out, title, report(list(done.values())))
