# SPDX-License-Identifier: GPL-3.0-or-later
"""What the user reads in panel and toolbox alike: engine, options, methods and figures in words."""
