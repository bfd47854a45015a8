# SPDX-License-Identifier: GPL-3.0-or-later
"""From a trained network and an image to probabilities on the image's own grid."""
