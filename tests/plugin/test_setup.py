# SPDX-License-Identifier: GPL-3.0-or-later
"""The set-up with processes that end at once: it always comes to an end that is told."""

import sys

import pytest
from qgis_weft.gui.setup_dialog import SetupDialog
from qgis_weft.paths import LOCK
from qgis_weft.process.environment import environment_in
from qgis_weft.process.recipe import Kitchen
from qgis_weft.process.setup import TRANSCRIPT, Setup
from qgis_weft.settings import Setting


@pytest.fixture
def make_setup(qgis_app, tmp_path):
    """A set-up that finds no Python."""
    return lambda parent=None: Setup(
        Kitchen(environment_in(tmp_path), LOCK, ("/nowhere/python",)), parent
    )


def test_a_transcript_that_cannot_be_written_stops_nothing(make_setup, tmp_path, qtbot):
    (tmp_path / TRANSCRIPT).mkdir()
    setup = make_setup()
    with qtbot.waitSignal(setup.failed, timeout=10_000) as told:
        setup.start()
    assert "No Python" in told.args[0]


def test_a_folder_that_is_none_is_told_with_what_to_do(tmp_path, qtbot):
    (tmp_path / "file").touch()
    kitchen = Kitchen(environment_in(tmp_path / "file"), LOCK, (sys.executable,), "uv")
    setup = Setup(kitchen)
    with qtbot.waitSignal(setup.failed, timeout=10_000) as told:
        setup.start()
    assert "cannot be used (File exists); choose another in the options." in told.args[0]


def test_the_window_can_be_closed_when_nothing_runs(make_setup, tmp_path, qtbot, monkeypatch):
    monkeypatch.setattr(Setup, "start", lambda self: None)
    dialog = SetupDialog(make_setup, tmp_path)
    dialog.show()
    dialog.begin.click()
    dialog.reject()
    assert "Cancelled" in dialog.step.text()
    dialog.reject()
    assert not dialog.isVisible()


def test_qgis_can_be_used_while_the_one_window_is_open(load):
    plugin = load()
    plugin.set_up()
    (dialog,) = plugin.dock.findChildren(SetupDialog)
    assert not dialog.isModal() and not plugin.dock.set_up.isEnabled()
    dialog.reject()
    assert plugin.dock.set_up.isEnabled()


def test_a_python_of_ones_own_is_the_first_that_the_set_up_tries(load, monkeypatch):
    plugin = load()
    monkeypatch.setattr("qgis_weft.plugin.candidates", lambda *where: ["/usr/bin/python3"])
    monkeypatch.setattr("qgis_weft.plugin.Setup", lambda kitchen, parent: kitchen)
    assert plugin._make_setup(None).pythons == ("/usr/bin/python3",)
    Setting.ENGINE_PYTHON.set("/own/python")
    assert plugin._make_setup(None).pythons == ("/own/python", "/usr/bin/python3")


def test_a_set_up_ends_with_the_plugin(load, qtbot, monkeypatch, tmp_path):
    plugin = load()
    script = tmp_path / "python"
    script.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(60)\n")
    script.chmod(0o755)
    kitchen = Kitchen(environment_in(tmp_path), LOCK, (script,))
    monkeypatch.setattr(plugin, "_make_setup", lambda parent: Setup(kitchen, parent))
    plugin.set_up()
    (dialog,) = plugin.dock.findChildren(SetupDialog)
    dialog.begin.click()
    process = dialog.setup._process
    assert process.waitForStarted()
    plugin.unload()
    assert process.waitForFinished(10_000)
