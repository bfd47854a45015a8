# SPDX-License-Identifier: GPL-3.0-or-later
"""What went wrong while the engine was set up, in plain words, from what pip and uv said."""

import re

from ..translate import tr

# The first that matches tells; the order goes from certain to likely.
PATTERNS = (
    ("disk", r"no space left|disk full|os error 28|os error 112|not enough space|ENOSPC"),
    (
        "locked",
        r"being used by another process|os error 32|WinError 32|os error 5\b|Access is denied",
    ),
    ("socks", r"SOCKS support"),
    ("proxy", r"proxy|407 |tunnel"),
    ("certificate", r"certificate|SSL|TLS|UnknownIssuer"),
    ("venv", r"ensurepip|No module named venv|python3-venv"),
    ("hash", r"hash mismatch|do not match the hashes|THESE PACKAGES DO NOT MATCH"),
    (
        "platform",
        r"no wheels? with a matching|not a supported wheel|no matching distribution"
        r"|has no (usable )?wheels",
    ),
    ("permission", r"permission denied|os error 13|read-only file system"),
    (
        "network",
        r"dns|resolve\b|connect|\bnetwork\b|timed? ?out|unreachable|temporary failure|Retry|fetch",
    ),
)


def classify(transcript):
    """The kind of failure: a key of `in_words`."""
    for kind, pattern in PATTERNS:
        if re.search(pattern, transcript, re.IGNORECASE):
            return kind
    return "other"


def in_words(kind):
    """What to tell the user: what is wrong, and what to do."""
    return {
        "disk": tr("The disk is full; free about 8 GB, or choose another folder for the engine."),
        "locked": tr(
            "A file of the engine is in use; close other QGIS windows, pause the "
            "virus scanner for that folder, and try again."
        ),
        "socks": tr(
            "The installer cannot be fetched through a SOCKS proxy; set an HTTP proxy in QGIS "
            "under Settings > Options > Network, or install uv."
        ),
        "proxy": tr(
            "The proxy refused the connection; check the proxy in QGIS under "
            "Settings > Options > Network."
        ),
        "certificate": tr(
            "The connection is not trusted, as behind some company networks; ask your "
            "administrator to add the certificate to those that this computer trusts. On Linux "
            "SSL_CERT_FILE can name it, too."
        ),
        "venv": tr(
            "This Python cannot make environments; install its venv module "
            "(python3-venv on Debian and Ubuntu), or choose another Python."
        ),
        "intel": tr(
            "The engine needs a Mac with Apple silicon, and this QGIS starts every Python that "
            "was found as on an Intel Mac; install Homebrew's Python, or a QGIS for Apple silicon."
        ),
        "hash": tr(
            "A downloaded package is not the one that was tested, so it was "
            "refused; try again, or ask your administrator about the package "
            "mirror."
        ),
        "platform": tr(
            "There is no package for this system; WEFT needs a 64-bit Windows or Linux, or "
            "macOS 14 or newer on Apple silicon, and Python 3.11 to 3.14."
        ),
        "network": tr(
            "The package index cannot be reached; check the network connection and "
            "the proxy in QGIS, and try again: what is there already is kept."
        ),
        "permission": tr(
            "The folder of the engine cannot be written to; choose another one in the options."
        ),
        "other": tr("The set-up failed; the transcript below says where."),
    }[kind]
