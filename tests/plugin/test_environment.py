# SPDX-License-Identifier: GPL-3.0-or-later
"""Where engines live and how they are built, on systems that are not at hand."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import pytest
from qgis.core import QgsNetworkAccessManager
from qgis.PyQt.QtNetwork import QNetworkProxy
from qgis_weft.process import recipe
from qgis_weft.process.clean_env import child_environment
from qgis_weft.process.environment import Environment, data_folder, engine_python, environment_in
from qgis_weft.process.exits import in_words
from qgis_weft.process.failures import classify
from qgis_weft.process.failures import in_words as failure_in_words
from qgis_weft.process.pythons import PROBE, candidates, is_suitable
from qgis_weft.process.recipe import Kitchen, Outcome, SetupError
from qgis_weft.process.setup import proxy_variables, scrubbed, uv_variables

INFO = '{"weft": "0.1.0", "device": {"name": "CPU"}}'
LOCK = (
    "torch==2.9.0 \\\n    --hash=sha256:aa\nuv==0.9.0 \\\n    "
    "--hash=sha256:bb \\\n    --hash=sha256:cc\nzipp==3 \\\n    "
    "--hash=sha256:dd\n"
)


def test_nothing_of_qgis_reaches_the_child():
    own = {
        "PATH": "/bin",
        "PYTHONHOME": "x",
        "PythonPath": "x",
        "GDAL_DATA": "x",
        "PROJ_LIB": "x",
        "QT_PLUGIN_PATH": "x",
        "LD_LIBRARY_PATH": "x",
        "QGIS_PREFIX_PATH": "x",
        "HTTPS_PROXY": "p",
    }
    child = child_environment(own, "/weft/backend")
    assert child == {
        "PATH": "/bin",
        "HTTPS_PROXY": "p",
        "PYTHONPATH": "/weft/backend",
        "PYTHONUTF8": "1",
        "PYTHONNOUSERSITE": "1",
    }
    assert own["PYTHONHOME"] == "x"


def test_certificates_of_osgeo4w_are_not_passed_on_and_those_of_the_user_are():
    own = {
        "OSGEO4W_ROOT": r"C:\PROGRA~1\QGIS",
        "SSL_CERT_FILE": r"c:\progra~1\qgis\bin\curl-ca-bundle.crt",
        "SSL_CERT_DIR": "C:/PROGRA~1/QGIS/apps/openssl/certs",
        "OPENSSL_ENGINES": r"C:\PROGRA~1\QGIS\lib\engines-3",
    }
    assert not child_environment(own).keys() & own.keys()
    users = {"SSL_CERT_FILE": r"C:\PROGRA~1\QGIS of ours\ca.pem", "SSL_CERT_DIR": "/etc/ssl/certs"}
    assert child_environment({**own, **users}).items() >= users.items()
    assert child_environment(users).items() >= users.items()


@pytest.mark.parametrize(
    ("system", "own", "home", "expected"),
    [
        ("linux", {}, "/home/jörg müller", "/home/jörg müller/.local/share/weft"),
        ("linux", {"XDG_DATA_HOME": "/data"}, "/home/a", "/data/weft"),
        ("darwin", {}, "/Users/a b", "/Users/a b/Library/Application Support/weft"),
        (
            "win32",
            {"LOCALAPPDATA": "C:/Users/Ünï cödé/AppData/Local"},
            "C:/x",
            "C:/Users/Ünï cödé/AppData/Local/weft",
        ),
    ],
)
def test_each_system_has_its_place(system, own, home, expected):
    assert data_folder(system, own, home).as_posix() == expected


def test_a_new_lock_means_a_new_environment(tmp_path):
    lock = tmp_path / "requirements.lock"
    lock.write_text("a")
    first = environment_in(tmp_path, lock)
    lock.write_text("b")
    assert environment_in(tmp_path, lock) != first


def test_an_environment_counts_only_once_it_was_verified(tmp_path):
    environment = Environment(tmp_path)
    environment.python.parent.mkdir(parents=True)
    environment.python.touch()
    assert not environment.ready
    environment.mark_ready({})
    assert environment.ready


def test_without_an_engine_a_sentence_says_so(tmp_path):
    with pytest.raises(LookupError, match="not set up yet"):
        engine_python("", tmp_path)
    with pytest.raises(LookupError, match="/nowhere/python"):
        engine_python("/nowhere/python", tmp_path)


def test_windows_shop_stub_and_old_pythons_are_passed_over():
    stub = "C:/Users/a/AppData/Local/Microsoft/WindowsApps/python.exe"
    assert candidates("win32", {}, "/x", which=lambda name: stub) == []
    assert is_suitable("weft 3 12 linux x86_64\n")
    for output in ("weft 3 9 linux x86_64", "weft 3 15 linux x86_64", "", "Python was not found"):
        assert not is_suitable(output)


@pytest.mark.parametrize("place", ["Programs/Python/Python312", "Python/pythoncore-3.12-64"])
def test_a_python_of_the_user_on_windows_is_found(tmp_path, place):
    python = tmp_path / place / "python.exe"
    python.parent.mkdir(parents=True)
    python.touch()
    found = candidates("win32", {"LOCALAPPDATA": str(tmp_path)}, "/x", which=lambda name: None)
    assert found == [python]


def cook(story, answers):
    """Run a recipe with outcomes by what the command line contains; returns (commands, result)."""
    commands, outcome = [], None
    try:
        while True:
            command = story.send(outcome)
            commands.append(command)
            line = " ".join([command.program, *command.arguments])
            outcome = next(value for words, value in answers.items() if words in line)
    except StopIteration as end:
        return commands, end.value


@pytest.fixture
def kitchen(tmp_path, monkeypatch):
    monkeypatch.setattr(recipe, "check_space", lambda folder: None)
    lock = tmp_path / "requirements.lock"
    lock.write_text(LOCK)
    environment = Environment(tmp_path / "env")
    environment.folder.mkdir()
    return Kitchen(environment, lock, (Path("/old/python"), Path("/good/python")))


GOOD = {
    "import pip": Outcome(0, ""),
    "/old/python": Outcome(0, "weft 3 9 linux x86_64"),
    "/good/python -c": Outcome(0, "weft 3 12 linux x86_64"),
    "-m venv": Outcome(0, ""),
    "pip install": Outcome(0, ""),
    "pip sync": Outcome(0, ""),
    "weft info": Outcome(0, f"a warning\n{INFO}"),
    "rmtree": Outcome(0, ""),
}


def test_the_whole_recipe_in_order(kitchen):
    commands, facts = cook(recipe.build(kitchen), GOOD)
    assert facts["device"]["name"] == "CPU"
    lines = [" ".join(command.arguments) for command in commands]
    words = ("-m venv", "pip install", "pip sync", "info --json", "rmtree")
    assert [next(word for word in words if word in line) for line in lines[2:]] == list(words)
    assert (
        kitchen.environment.folder / "uv.lock"
    ).read_text() == "uv==0.9.0 \\\n    --hash=sha256:bb \\\n    --hash=sha256:cc\n"


def test_nothing_is_built_from_source(kitchen):
    commands, _ = cook(recipe.build(kitchen), GOOD)
    (sync,) = (" ".join(each.arguments) for each in commands if "sync" in each.arguments)
    assert "--only-binary :all:" in sync


def test_uv_itself_is_run_so_that_it_ends_when_it_is_cancelled(kitchen, monkeypatch):
    def program(python):
        monkeypatch.setattr(Environment, "python", kitchen.environment.folder / python)
        commands, _ = cook(recipe.build(kitchen), GOOD)
        (found,) = (each.program for each in commands if "sync" in each.arguments)
        return Path(found).relative_to(kitchen.environment.folder).as_posix()

    assert program("bin/python") == "bin/uv"
    assert program("Scripts/python.exe") == "Scripts/uv.exe"


def test_a_second_try_goes_on_where_the_first_one_stopped(kitchen):
    kitchen.environment.python.parent.mkdir(parents=True)
    kitchen.environment.python.touch()
    commands, _ = cook(recipe.build(kitchen), GOOD)
    assert not any("venv" in command.arguments for command in commands)


def test_an_environment_without_pip_is_made_anew(kitchen):
    kitchen.environment.python.parent.mkdir(parents=True)
    kitchen.environment.python.touch()
    broken = {**GOOD, "import pip": Outcome(1, "No module named pip")}
    commands, _ = cook(recipe.build(kitchen), broken)
    assert any("--clear" in command.arguments for command in commands)
    # uv needs none
    commands, _ = cook(
        recipe.build(replace(kitchen, uv="/bin/uv")), {"import sys": GOOD["import pip"], **broken}
    )
    assert not any("venv" in command.arguments for command in commands)


def test_an_environment_whose_python_is_gone_is_made_anew(kitchen):
    python = kitchen.environment.python
    python.parent.mkdir(parents=True)
    for name, target in (("python", "/gone/python3"), ("python3", "python")):
        python.with_name(name).symlink_to(target)
    story = recipe.make_environment(kitchen.environment, sys.executable, "")
    command = next(story)
    subprocess.run([command.program, *command.arguments, "--without-pip"], check=True)
    assert python.exists()


def test_a_python_that_cannot_make_environments_is_told_before_any_is_made(kitchen):
    lacking = Outcome(1, "weft 3 12 linux x86_64\nModuleNotFoundError: No module named 'ensurepip'")
    with pytest.raises(SetupError, match="python3-venv"):
        cook(recipe.build(kitchen), {**GOOD, "/good/python -c": lacking})


def test_a_python_that_rosetta_runs_is_passed_over_and_told_where_there_is_no_other(kitchen):
    mac = "import platform, sys; sys.platform, platform.machine = 'darwin', lambda: '{}'; " + PROBE

    def answers(machine):
        script = [sys.executable, "-c", mac.format(machine)]
        said = subprocess.run(script, check=True, capture_output=True, text=True).stdout
        intel = Outcome(0, "weft 3 12 darwin x86_64")
        return {**GOOD, "/old/python": intel, "/good/python -c": Outcome(0, said)}

    _, found = cook(recipe.find_python(kitchen.pythons, ""), answers("arm64"))
    assert found == Path("/good/python")
    with pytest.raises(SetupError, match="Apple silicon"):
        cook(recipe.build(kitchen), answers("x86_64"))


@pytest.mark.parametrize(
    ("said", "kind", "word"),
    [
        ("error: No space left on device (os error 28)", "disk", "disk is full"),
        (
            "ERROR: Could not install: [WinError 32] The process cannot access the file",
            "locked",
            "in use",
        ),
        ("OSError: Missing dependencies for SOCKS support.", "socks", "HTTP proxy"),
        ("ProxyError('Cannot connect to proxy.')", "proxy", "proxy"),
        ("invalid peer certificate: UnknownIssuer", "certificate", "not trusted"),
        (
            "The virtual environment was not created because ensurepip is not available",
            "venv",
            "python3-venv",
        ),
        ("Failed to fetch: dns error: failed to lookup address information", "network", "network"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "hash", "refused"),
        ("torch has no wheels with a matching platform tag", "platform", "64-bit"),
        ("rasterio==1.5.2 has no usable wheels", "platform", "macOS 14 or newer"),
        ("Permission denied (os error 13)", "permission", "written"),
        ("Resolved 45 packages\nPermission denied (os error 13)", "permission", "written"),
        ("Downloading networkx\nboom", "other", "transcript"),
    ],
)
def test_failures_are_told_in_plain_words(kitchen, said, kind, word):
    assert classify(said) == kind
    assert word in failure_in_words(kind)
    with pytest.raises(SetupError, match=word):
        cook(recipe.build(kitchen), {**GOOD, "pip sync": Outcome(1, said)})


def test_no_python_at_all_is_a_sentence(kitchen):
    with pytest.raises(SetupError, match=r"python\.org .*on Linux by the package manager"):
        cook(recipe.build(kitchen), {**GOOD, "/good/python -c": Outcome(1, "")})


def test_a_full_disk_is_told_before_anything_is_downloaded(tmp_path):
    with pytest.raises(SetupError, match=r"1\.1 GB are free"):
        recipe.check_space(tmp_path / "not" / "there", lambda place: SimpleNamespace(free=2**30))
    recipe.check_space(tmp_path, lambda place: SimpleNamespace(free=8.1e9))


def test_passwords_of_proxies_are_not_kept():
    assert scrubbed("using http://ada:secret@proxy:8080 now") == "using http://***@proxy:8080 now"
    assert scrubbed("see http://docs and a@b") == "see http://docs and a@b"


def test_uv_trusts_and_asks_whom_pip_does():
    told = uv_variables({"PIP_INDEX_URL": "https://mirror/simple"}, "/data/uv-cache")
    assert told["UV_SYSTEM_CERTS"] == "1"
    assert told["UV_DEFAULT_INDEX"] == "https://mirror/simple"
    users = {"UV_SYSTEM_CERTS": "0", "UV_NATIVE_TLS": "0", "UV_CACHE_DIR": "/big/cache"}
    assert uv_variables(users, "/data/uv-cache") == {}


def test_uv_downloads_to_the_drive_of_the_engine_until_that_is_ready(kitchen):
    cache = uv_variables({}, kitchen.environment.cache)["UV_CACHE_DIR"]
    assert Path(cache).parent == kitchen.environment.folder.parent
    (Path(cache) / "wheels").mkdir(parents=True)
    commands, _ = cook(recipe.build(kitchen), GOOD)
    for _ in range(2):  # there is none where the user has set another one
        subprocess.run([sys.executable, *commands[-1].arguments], check=True)
        assert not Path(cache).exists()


@pytest.mark.parametrize(
    ("code", "crashed", "word"),
    [
        (9, True, "memory"),
        (11, True, "SIGSEGV"),
        (3, False, "exit status 3"),
        (-1073741819, True, "0xC0000005"),
    ],
)
def test_exit_codes_are_told_in_words(code, crashed, word):
    assert word in in_words(code, crashed)


@pytest.fixture
def manager(qgis_app):
    """What knows the proxy of QGIS; it is put back afterwards."""
    manager = QgsNetworkAccessManager.instance()
    before = manager.fallbackProxy()
    yield manager
    manager.setFallbackProxyAndExcludes(before, [], [])


def test_a_caching_proxy_and_who_is_reached_without_it_are_passed_on(manager):
    proxy = QNetworkProxy(QNetworkProxy.ProxyType.HttpCachingProxy, "proxy.corp", 8080)
    manager.setFallbackProxyAndExcludes(proxy, ["http://maps.corp/wms", "10.0.0.1"], ["a.corp:80"])
    told = proxy_variables()
    assert told["ALL_PROXY"] == "http://proxy.corp:8080"
    assert told["NO_PROXY"] == "maps.corp,10.0.0.1,a.corp"
    manager.setFallbackProxyAndExcludes(proxy, [], [])
    assert "NO_PROXY" not in proxy_variables()


def test_a_proxy_that_asks_for_a_password_is_passed_on_whole(manager):
    proxy = QNetworkProxy(
        QNetworkProxy.ProxyType.HttpProxy, "proxy.corp", 8080, "CORP\\ada", "p@ss/w#rd"
    )
    manager.setFallbackProxyAndExcludes(proxy, [], [])
    address = proxy_variables()["HTTPS_PROXY"]
    parts = urlsplit(address)
    assert (parts.hostname, parts.port) == ("proxy.corp", 8080)
    assert (unquote(parts.username), unquote(parts.password)) == ("CORP\\ada", "p@ss/w#rd")
    assert scrubbed(f"tried {address} twice") == "tried http://***@proxy.corp:8080 twice"


def test_what_is_installed_already_needs_no_room_twice(kitchen, monkeypatch):
    kitchen.environment.python.parent.mkdir(parents=True)
    kitchen.environment.python.touch()
    asked = []
    monkeypatch.setattr(recipe, "check_space", asked.append)
    cook(recipe.build(kitchen), GOOD)
    assert asked == []
