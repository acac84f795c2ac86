"""`gru-tui serve`: nothing without the token, nothing from elsewhere, and the app in a browser."""

import base64
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pyte
import pytest

from engine.events import Step
from gru_tui.runs.command import send
from gru_tui.runs.store import Store
from tests.runs import making

pytest.importorskip("textual_serve", reason="needs pip install 'gru-tui[serve]'")

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds; the machine may be busy with other tests
INSTALL = "needs apt-get install chromium chromium-driver && pip install 'gru-tui[test]'"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1300,800",
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """`gru-tui serve` as a process, and the address that it printed."""

    def __init__(self, home: Path, run: str) -> None:
        self.home = home
        self.port = free_port()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gru_tui", "serve", run, "--port", str(self.port)],
            env={**os.environ, "GRU_TUI_HOME": str(home), "PYTHONPATH": str(CHECKOUT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()

    def status(self, path: str, **headers: str) -> int:
        """What the server answers to a request without the token's cookie."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            error.close()
            return error.code

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(PATIENCE)
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        return status


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Over a data directory with one small run that has not begun."""
    run = making.new_run(Store(tmp_path / "data"), epochs=0)
    served = Served(tmp_path / "data", run.id)
    yield served
    if served.process.poll() is None:
        served.end()
    for run in Store(served.home).list():
        if run.is_alive():
            send(run, "stop")


def test_nothing_is_answered_without_the_token(served: Served) -> None:
    parts = urlsplit(served.url)
    assert (parts.hostname, parts.port) == ("127.0.0.1", served.port)
    token = parts.query.removeprefix("token=")
    assert len(token) >= 32
    for path in ("/", "/ws", "/static/js/textual.js", "/download/x", "/?token=", "/?token=é"):
        assert served.status(quote(path, safe="/?=")) == 403, path
    cookie = f"gru-tui-{served.port}={token}"
    assert served.status("/", Cookie=cookie) == 200
    assert served.status("/", Cookie=cookie[:-1]) == 403
    origin = f"http://127.0.0.1:{served.port}"
    assert served.status("/", Cookie=cookie, Origin=origin) == 200
    assert served.status("/ws", Cookie=cookie, Origin="http://elsewhere.example") == 403
    assert served.end() == 0


def test_only_this_machine_reaches_it_unless_told_otherwise(served: Served) -> None:
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    listening = [line.split()[1] for line in lines if line.split()[3] == "0A"]
    assert [place for place in listening if place.endswith(f":{served.port:04X}")] == [
        f"0100007F:{served.port:04X}"
    ]


def test_a_port_that_is_taken_is_one_sentence(served: Served) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gru_tui", "serve", "--port", str(served.port)],
        env={**os.environ, "GRU_TUI_HOME": str(served.home), "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "choose another with --port" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_host_that_nobody_knows_is_told_in_one_sentence(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gru_tui", "serve", "--host", "nobody.invalid"],
        env={**os.environ, "GRU_TUI_HOME": str(tmp_path), "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    *_, words = done.stderr.splitlines()
    assert words.startswith("gru-tui: there is no address nobody.invalid (")
    assert "Unknown error" not in words


def test_without_the_extra_one_sentence_says_what_to_install(tmp_path: Path) -> None:
    hidden = (
        "import sys, importlib.util as u\n"
        "find = u.find_spec\n"
        "u.find_spec = lambda name, *more: None if name == 'textual_serve' else find(name, *more)\n"
        "sys.argv = ['gru-tui', 'serve']\n"
        "from gru_tui.__main__ import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", hidden],
        env={**os.environ, "GRU_TUI_HOME": str(tmp_path), "PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert f"{sys.executable} -m pip install 'gru-tui[serve]'" in done.stderr
    assert done.stderr.count("\n") == 1


class Page:
    """A real browser on the address; what its terminal got, and from where it loaded."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver
        self.urls: set[str] = set()
        self._screen = pyte.Screen(400, 100)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def shown(self) -> str:
        self._take()
        return "\n".join(line.rstrip() for line in self._screen.display)

    def until(self, condition: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, (
                f"waited in vain until {what}\n{self.shown.rstrip()}"
            )
            time.sleep(0.1)

    def press(self, character: str, *, ctrl: bool = False) -> None:
        from selenium.webdriver.common.action_chains import ActionChains
        from selenium.webdriver.common.keys import Keys

        chain = ActionChains(self.driver)
        if ctrl:
            chain.key_down(Keys.CONTROL).send_keys(character).key_up(Keys.CONTROL)
        else:
            chain.send_keys(character)
        chain.perform()

    def _take(self) -> None:
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            details = message["params"]
            if message["method"] == "Network.requestWillBeSent":
                self.urls.add(details["request"]["url"])
            elif message["method"] == "Network.webSocketFrameReceived":
                frame = details["response"]
                if frame["opcode"] == 2:
                    self._stream.feed(base64.b64decode(frame["payloadData"]))


@pytest.fixture
def page(served: Served, tmp_path: Path) -> Iterator[Page]:
    chromium, driver_path = shutil.which("chromium"), shutil.which("chromedriver")
    webdriver = pytest.importorskip("selenium.webdriver", reason=INSTALL)
    if chromium is None or driver_path is None:
        pytest.skip(INSTALL)
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path / 'profile'}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver_path))
    try:
        driver.get(served.url)
        yield Page(driver)
    finally:
        driver.quit()


def losses(home: Path) -> list[float]:
    runs = Store(home).list()
    found = making.of(Step, making.events(runs[-1])) if runs else []
    return [event.loss for event in found if event.loss is not None]


def apps(home: Path) -> list[str]:
    """The processes that serve a page over this data directory."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            words = path.read_bytes().decode(errors="replace").split("\0")
            if "gru_tui.served" in words and str(home) in words:
                found.append(path.parent.name)
    return found


def test_in_a_browser_start_is_pressed_and_the_loss_falls(served: Served, page: Page) -> None:
    page.until(lambda: "^s goes on" in page.shown, "the app is shown, with the run")
    assert "token" not in page.driver.current_url, "the address can be shown to others"
    page.press("s", ctrl=True)
    page.until(lambda: "── training" in page.shown, "the curve is drawn")
    page.until(
        lambda: len(seen := losses(served.home)) > 1 and seen[0] - seen[-1] > 0.5, "the loss falls"
    )
    page.until(lambda: " loss " in page.shown and "Pause" in page.shown, "figures are shown")
    here = f"http://127.0.0.1:{served.port}/"
    foreign = [url for url in page.urls if not url.startswith((here, "data:", "chrome:"))]
    assert foreign == []
    assert len(apps(served.home)) == 1
    assert served.end() == 0
    page.until(lambda: not apps(served.home), "the page's app ends with the server")
    (run,) = Store(served.home).list()
    assert run.is_alive(), "the run goes on without the browser"
