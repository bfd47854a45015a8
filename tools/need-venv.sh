#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Usage: need-venv.sh PYTHON
# Makes sure that PYTHON is new enough and can make virtual environments. Debian keeps the latter in
# a package of its own, which is installed where it is missing and root asks.
set -eu
python=$1

if ! command -v "$python" >/dev/null; then
  echo "There is no $python; install Python 3.11 or newer, on Debian with: apt-get install python3" >&2
  exit 2
fi
if ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))'; then
  echo "$("$python" --version) does not fit: 3.11 to 3.14 is needed; name another with" \
    "'make PYTHON=/path/to/python'." >&2
  exit 2
fi
if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  exit 0
fi
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "$python cannot make virtual environments; install its venv module, on Debian as root with:" \
    "apt-get install python3-venv" >&2
  exit 2
fi
echo "Installing python3-venv, which $python needs to make virtual environments."
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends python3-venv >/dev/null
