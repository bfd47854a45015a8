# SPDX-License-Identifier: GPL-3.0-or-later
"""UPetu-style quantised adapters and prompts (10.1109/TGRS.2024.3382734). See docs/methods.md."""
