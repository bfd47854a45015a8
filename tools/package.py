# SPDX-License-Identifier: GPL-3.0-or-later
"""Build dist/qgis_weft.zip: plugin, engine, weights and translations in one folder for QGIS.

python tools/package.py [--out dist/qgis_weft.zip]
"""

import argparse
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "qgis_weft"
MOST_BYTES = 20 * 2**20
# A zip holds a time of each file; one for all makes equal sources equal zips.
STAMP = (2026, 1, 1, 0, 0, 0)


def contents() -> Iterator[tuple[Path, str]]:
    """Files of the project and their names in the plugin's folder."""
    yield from below(ROOT / "qgis_weft", "", "*.py")
    yield from below(ROOT / "backend" / "weft", "backend/weft/", "*.py")
    yield from below(ROOT / "resources", "resources/", "*")
    yield from below(ROOT / "i18n", "i18n/", "*.qm")
    for name in ("LICENSE", "metadata.txt", "requirements.lock", "README.md"):
        yield ROOT / name, name


def below(folder: Path, prefix: str, pattern: str) -> Iterator[tuple[Path, str]]:
    """Files in `folder` that match, with `prefix` before their relative names."""
    for path in sorted(folder.rglob(pattern)):
        if path.is_file():
            yield path, prefix + path.relative_to(folder).as_posix()


def package(out: Path) -> Path:
    """Write the zip; ValueError when it is larger than the plugin site takes."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, name in contents():
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, path.read_bytes())
    if out.stat().st_size > MOST_BYTES:
        raise ValueError(f"{out} has {out.stat().st_size} bytes, more than {MOST_BYTES}")
    return out


def main() -> None:
    """Read where to write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "dist" / "qgis_weft.zip")
    out = package(parser.parse_args().out)
    print(f"{out}: {out.stat().st_size / 2**20:.1f} MB")


if __name__ == "__main__":
    main()
