# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment of child processes: what QGIS set for itself would mislead another Python."""

from pathlib import PureWindowsPath

POISON = ("PYTHON", "GDAL_", "PROJ_", "QGIS_", "QT_", "QML", "DYLD_")
EXACT = {
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "CPL_ZIP_ENCODING",
    "OSGEO4W_ROOT",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
}
# OSGeo4W sets them to its own bundle, and uv then asks the system's certificates no more.
TRUST = {"SSL_CERT_FILE", "SSL_CERT_DIR", "OPENSSL_ENGINES"}
ALWAYS = {"PYTHONUTF8": "1", "PYTHONNOUSERSITE": "1"}


def child_environment(own, engine=None, extra=None):
    """A copy of the mapping `own` for a child that imports the engine from the folder `engine`.

    `extra` comes last, for a proxy for example; `own` is never changed.
    """
    root = own.get("OSGEO4W_ROOT")
    kept = {
        key: value
        for key, value in own.items()
        if key.upper() not in EXACT
        and not key.upper().startswith(POISON)
        and not (root and key.upper() in TRUST and _is_below(value, root))
    }
    kept.update(ALWAYS)
    if engine:
        kept["PYTHONPATH"] = str(engine)
    kept.update(extra or {})
    return kept


def _is_below(path, root):
    """Whether a path of Windows lies in the folder `root`, in either case and with either slash."""
    return PureWindowsPath(root) in PureWindowsPath(path).parents
