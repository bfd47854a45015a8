# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user can get wrong. Each message is one sentence: what is wrong and what to do next."""


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
