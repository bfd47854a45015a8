# SPDX-License-Identifier: GPL-3.0-or-later
"""What both rasters of a prediction say, pixel by pixel and of themselves."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small_networks import card, small_model

from weft.jobs.predicted import classify, colour_table, quantise, tags


def test_a_pixel_is_of_the_class_that_is_most_probable_and_at_least_one_half() -> None:
    roof, ship = [0.49, 0.5, 0.5, 0.2, 0.0, 0.9], [0.2, 0.1, 0.5, 0.8, 0.1, 0.0]
    interior, valid = [0.9] * 6, np.array([[True] * 5 + [False]])
    probabilities = np.array([[roof], [ship], [interior]], np.float32)
    levels = quantise(probabilities, valid)
    assert levels[0, 0].tolist() == [124, 127, 127, 51, 0, 255]
    assert (levels[:, 0, 5] == 255).all()
    assert classify(levels).tolist() == [[0, 1, 1, 2, 0, 255]]


def test_ground_without_objects_lets_the_image_through() -> None:
    assert colour_table(card("test_resnet", "linear")) == {
        0: (0, 0, 0, 0),
        1: (228, 26, 28, 255),
        2: (55, 126, 184, 255),
    }


@pytest.mark.parametrize(("small", "least"), [(60.0, "15.000"), (None, "0.000")])
def test_rasters_say_what_is_too_small_to_be_an_object(small: float | None, least: str) -> None:
    model = small_model("test_resnet", "linear")
    training = replace(model.card.training, small_object_m2=small)
    model = replace(model, card=replace(model.card, training=training))
    told = tags(model, Path("/maps/town.tif"), "class", Path("/out/town_prob.tif"))
    assert told["WEFT_MIN_AREA_M2"] == least
