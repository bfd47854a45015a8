# SPDX-License-Identifier: GPL-3.0-or-later
"""What is trained beside a frozen backbone: a file or folder a method, a line in the registry."""
