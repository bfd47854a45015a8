# SPDX-License-Identifier: GPL-3.0-or-later
"""What turns feature maps into class logits at the image's resolution."""
