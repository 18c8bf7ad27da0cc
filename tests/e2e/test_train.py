"""The Train page in a browser: a file becomes a run, which goes on without its page."""

from __future__ import annotations

import contextlib
import re

import psutil
import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from core.tuning.finetune import RunSpec
from core.tuning.labelled.examples import DataSource
from core.tuning.labelled.uploads import store_upload
from core.tuning.runs import RunStore
from core.tuning.runs.database import RunRow
from tests.e2e.driving import home_with_models, start_server, stop_server

GOOD = ("a fine film", "wonderful acting", "I loved every minute", "a warm and clever story")
BAD = ("a dull film", "terrible acting", "I hated every minute", "a cold and stupid story")


@pytest.fixture
def reviews(tmp_path):
    """Forty short reviews with their labels."""
    rows = [
        f"{text} number {number},{label}"
        for number in range(5)
        for texts, label in ((GOOD, "good"), (BAD, "bad"))
        for text in texts
    ]
    path = tmp_path / "reviews.csv"
    path.write_text("\n".join(["text,label", *rows]) + "\n", "utf-8")
    return path


CURVES = ".view[data-points]:not([data-points='0'])"


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def test_a_file_is_learnt_from_watched_left_and_found_done(new_page, server, reviews):
    page = new_page("/train?dataset=&method=head")
    page.locator("input[type=file]").set_input_files(reviews)
    expect(page.get_by_text("40 rows: 32 to learn from, 8 held out to check.")).to_be_visible()
    expect(button(page, "Start")).to_be_enabled()
    button(page, "Start").click()
    expect(page).to_have_url(re.compile(r"tab=runs.*run=\w+"))
    address = page.url.removeprefix(server)
    page.context.close()  # the run goes on

    again = new_page(address.replace("lang=en", "lang=zh"), lang="zh")
    expect(again.get_by_text(re.compile("完成："))).to_be_visible(timeout=90_000)
    expect(again.locator(CURVES)).to_be_visible()
    expect(button(again, "停止")).to_have_count(0)


def test_a_network_begins_from_nothing_with_texts_of_ones_own(new_page, tmp_path):
    path = tmp_path / "mine.txt"
    texts = (f"Animal {n} crossed the street. It was wide. Nobody saw it." for n in range(60))
    path.write_text("\n\n".join(texts), "utf-8")
    page = new_page("/train?start=nothing&corpus=")
    page.locator("input[type=file]").set_input_files(path, timeout=90_000)  # imports come first
    expect(page.get_by_text(re.compile(r"\d+ texts to learn from, \d+ held out"))).to_be_visible()
    button(page, "Settings").click()
    steps = page.get_by_role("spinbutton", name="Steps")
    steps.fill("20")
    steps.press("Enter")
    expect(page.get_by_text(re.compile(", 20 steps:"))).to_be_visible(timeout=60_000)
    page.keyboard.press("Escape")
    button(page, "Start").click()
    expect(page).to_have_url(re.compile(r"tab=runs.*run=\w+"))


STEPS = 300


@pytest.fixture
def store(tmp_path, monkeypatch):
    """The runs of a home of its own, whose server the test starts and ends."""
    home = home_with_models(tmp_path / "home")
    monkeypatch.setenv("HEADLIGHT_HOME", str(home))
    with RunStore(home) as opened:
        yield opened


@pytest.fixture
def servers(store):
    """``servers()`` starts the app on that home, and ends the one before."""
    running = []

    def start():
        while running:
            stop_server(running.pop())
        process, address = start_server(store.home)
        running.append(process)
        return address

    yield start
    for process in running:
        stop_server(process)


@pytest.fixture
def long_run(store, reviews):
    """A run of ``STEPS`` short steps; at the end its worker is gone."""
    with reviews.open("rb") as data:
        file = store_upload("reviews.csv", data)
    spec = RunSpec(
        model="minilm-l6",
        source=DataSource(kind="classification", file=file),
        method="head",
        steps=STEPS,
        batch=2,
        max_tokens=16,
        checkpoint_every=100,
        evaluate_every=STEPS,
    )
    run_id = store.submit(spec, name="long", device="cpu")
    yield run_id
    with contextlib.suppress(psutil.NoSuchProcess):
        worker(store).kill()


def worker(store):
    """The process that works, or worked, on the only run."""
    with store.database.reading() as session:
        return psutil.Process(session.scalars(select(RunRow.pid)).one())


def count(page):
    return int(page.locator(CURVES).get_attribute("data-points"))


def wait_for_more(page, than):
    expect(page.locator(CURVES)).to_be_visible(timeout=120_000)
    page.wait_for_function(
        """than => [...document.querySelectorAll("*")].some((each) =>
            Number(each.shadowRoot?.querySelector(".view")?.dataset.points) > than)""",
        arg=than,
        timeout=60_000,
    )


def test_a_run_outlives_its_page_its_server_and_a_kill_of_its_worker(
    new_page, store, servers, long_run
):
    path = f"/train?tab=runs&run={long_run}"
    page = new_page(path, address=servers())
    wait_for_more(page, 0)
    wait_for_more(page, count(page) + 20)  # it grows while somebody looks
    page.context.close()
    worker(store).suspend()  # so that it is not done before the app is there again
    seen = store.get(long_run).step

    page = new_page(f"{path}&lang=zh", lang="zh", address=servers())
    wait_for_more(page, seen)
    worker(store).resume()
    wait_for_more(page, count(page) + 20)
    killed = worker(store)
    killed.kill()
    expect(button(page, "恢复")).to_be_visible(timeout=15_000)
    assert store.get(long_run).state == "interrupted"

    button(page, "恢复").click()
    expect(page.get_by_text(re.compile("完成："))).to_be_visible(timeout=180_000)
    page.context.close()  # before its server ends
    assert store.get(long_run).state == "done"
    assert [point["step"] for point in store.metrics(long_run) if "loss" in point] == [
        *range(1, STEPS + 1)
    ]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "is empty"),
        ("header.csv", b"text,label\n", "no rows"),
        ("one.csv", b"text,label\na,x\nb,x\nc,x\n", "one label only"),
        ("zip.csv", b"PK\x03\x04" + bytes(200), "zip.csv"),
    ],
)
def test_a_file_that_cannot_be_learnt_from_is_told_in_a_sentence(
    new_page, tmp_path, name, content, said
):
    path = tmp_path / name
    path.write_bytes(content)
    page = new_page("/train?dataset=")
    page.locator("input[type=file]").set_input_files(path)
    expect(page.get_by_text(said).first).to_be_visible()
    expect(page.get_by_text("Something went wrong")).to_have_count(0)
    expect(page.locator("button:enabled", has_text=re.compile("^Start$"))).to_have_count(0)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_runs_of_nobody_say_where_to_begin(new_page, lang):
    page = new_page(f"/train?tab=runs&run=nonsense&lang={lang}", lang=lang, width=390)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    expect(page.get_by_test_id("stMainBlockContainer")).to_contain_text(
        "运行" if lang == "zh" else "run"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_tuned_model_answers_beside_the_untrained_one_and_opens_in_attention(
    new_page, server, reviews
):
    """Fine-tune, look at the run, type a text, and look inside the model that came of it."""
    page = new_page("/train?dataset=&method=head")
    page.locator("input[type=file]").set_input_files(reviews)
    expect(button(page, "Start")).to_be_enabled(timeout=60_000)
    button(page, "Start").click()
    expect(page).to_have_url(re.compile(r"tab=runs.*run=\w+"))
    run_id = re.search(r"run=(\w+)", page.url)[1]
    expect(page.get_by_text(re.compile(r"Done:"))).to_be_visible(timeout=120_000)

    page.get_by_role("radio", name="Model", exact=True).click()
    box = page.get_by_role("textbox", name="Text", exact=True)
    box.fill("a warm and clever film")
    box.press("Control+Enter")
    expect(page.get_by_text("After the run").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("Before its first step").first).to_be_visible()

    page.get_by_role("link", name="Open in Attention").click()
    expect(page).to_have_url(re.compile(rf"/attention\?.*model=run%3A{run_id}"))
    expect(page.get_by_test_id("stMainBlockContainer").locator("canvas").first).to_be_visible(
        timeout=60_000
    )
    expect(page.get_by_text("is not on this server")).to_have_count(0)
