# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine as a child process: its environment, its messages, its life."""
