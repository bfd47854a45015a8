# SPDX-License-Identifier: GPL-3.0-or-later
"""ClassWise-SAM-Adapter (arXiv:2401.02326): corrections and prompts inside an image encoder."""
