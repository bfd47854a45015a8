# SPDX-License-Identifier: GPL-3.0-or-later
"""WEFT (arXiv:2601.09108) in its released size, for plain transformers. See docs/methods.md."""
