# SPDX-License-Identifier: GPL-3.0-or-later
"""Frozen networks that turn an image into feature maps, and where their weights come from."""
