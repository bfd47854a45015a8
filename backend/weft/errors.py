# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user can get wrong. Each message is one sentence: what is wrong and what to do next."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

# A folder that may not be entered, a share that is gone, a name that is too long: not even whether
# a file is there can be told then.
OUT_OF_REACH = (
    errno.EACCES,
    errno.EPERM,
    errno.ENAMETOOLONG,
    errno.EIO,
    errno.ESTALE,
    errno.ENOTCONN,
)


class WeftError(Exception):
    """A mistake the user can mend; shown without a traceback, exit status 2."""


class RequestError(WeftError):
    """An option or a combination of options that makes no sense."""


class RasterError(WeftError):
    """A raster that is absent, unreadable or not usable for what was asked."""


class LabelError(WeftError):
    """A label source that is absent, empty, or does not fit the images."""


class ModelError(WeftError):
    """A model file or backbone weights that are absent, damaged or of another kind."""


class OutputError(WeftError):
    """An output that cannot be written."""


class Cancelled(Exception):
    """The user asked the job to stop; what was finished before stays."""


@contextmanager
def within_reach() -> Iterator[None]:
    """WeftError for a file or folder that the system, or its own name, keeps out of reach."""
    try:
        yield
    except OSError as reason:
        if reason.filename is None or reason.errno not in OUT_OF_REACH:
            raise
        raise WeftError(
            f"{reason.filename} cannot be reached ({reason.strerror}); check the path and whether "
            "you may open it."
        ) from reason
    except UnicodeEncodeError as reason:
        # names that Linux keeps as bytes, and of which neither GDAL nor JSON knows
        raise WeftError(
            f"{reason.object!r} has letters that are no Unicode; rename the file or folder."
        ) from reason
