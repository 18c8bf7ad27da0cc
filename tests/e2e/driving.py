"""Starting Headlight and a browser, for the browser tests, the screenshots and the benchmarks."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

from core import storage

ROOT = Path(__file__).resolve().parents[2]
BROWSERS = (
    *("chromium-headless-shell", "chrome-headless-shell"),  # takes a third less time
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
)
QUIET = [
    "--no-sandbox",
    "--no-first-run",
    "--disable-quic",
    "--disable-sync",
    "--disable-component-update",
    "--disable-background-networking",
]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_server(
    home: Path, *arguments: str, entry: str = "app/server.py", **variables: str
) -> tuple[subprocess.Popen, str]:
    """Start Headlight with its state in ``home``; the process and its address."""
    port = free_port()
    command = [sys.executable, "-m", "streamlit", "run", entry, "--server.port", str(port)]
    options = ["--server.headless", "true", "--server.address", "127.0.0.1", *arguments]
    with (home / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [*command, *options],
            cwd=ROOT,
            env={**os.environ, "HEADLIGHT_HOME": str(home), **variables},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    address = f"http://127.0.0.1:{port}"
    wait_until_up(process, address)
    return process, address


def wait_until_up(process: subprocess.Popen, address: str) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):  # noqa: S310
                return
        except OSError:  # refused, or too busy with its start to answer in time
            if process.poll() is not None:
                raise RuntimeError("the server ended before it answered") from None
            time.sleep(0.1)
    raise RuntimeError("the server did not answer in two minutes")


def stop_server(process: subprocess.Popen) -> None:
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def home_with_models(folder: Path) -> Path:
    """An empty home whose models and scripts are those of the default one."""
    folder.mkdir(exist_ok=True)
    for shared in (storage.models_folder(), storage.home() / "scripts"):
        (folder / shared.name).symlink_to(shared, target_is_directory=True)
    return folder


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Headless Chromium; RuntimeError where there is none."""
    found = os.environ.get("HEADLIGHT_BROWSER") or next(
        filter(None, map(shutil.which, BROWSERS)), None
    )
    if found is None:
        raise RuntimeError("no Chromium: make browser installs it or says what to install")
    browser = _playwright().chromium.launch(executable_path=found, args=QUIET)
    yield browser
    browser.close()


@cache
def _playwright() -> Playwright:
    """One for the process, whoever opens browsers in it: a second one would refuse to start."""
    started = sync_playwright().start()
    atexit.register(started.stop)
    return started
