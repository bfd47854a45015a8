# SPDX-License-Identifier: GPL-3.0-or-later
"""The resident engine behind another program: JSON-RPC lines on stdio, see docs/PROTOCOL.md."""
