#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# QGIS, a display that needs no screen, and Qt's translation tools; installed by root where absent.
set -eu
missing=""
command -v qgis >/dev/null || missing="$missing qgis"
/usr/bin/python3 -c "import qgis.core" 2>/dev/null || missing="$missing python3-qgis"
command -v Xvfb >/dev/null || missing="$missing xvfb xauth"
command -v pylupdate5 >/dev/null || missing="$missing pyqt5-dev-tools"
command -v lrelease >/dev/null || missing="$missing qttools5-dev-tools"
[ -z "$missing" ] && exit 0
if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
  echo "Please install:$missing" >&2
  exit 1
fi
apt-get update -q
# shellcheck disable=SC2086
DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
