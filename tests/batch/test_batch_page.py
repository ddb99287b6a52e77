"""The overview: well formed, links only to its own pages, everything escaped, one script that the policy names."""

from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from batch.batch_rows_aid import NASTY, ROWS, broken, finding, report, wrong
from xlsgd.report.batch_page import batch_page
from xlsgd.report.batch_page_look import SCRIPT

NOW = datetime(2024, 2, 29, 12, 30, tzinfo=UTC)


class Outline(HTMLParser):
    """Checks that elements nest; keeps elements with their attributes, and what stands in each cell."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in {"meta", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag != "input":
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def text() -> str:
    return batch_page(report(*ROWS, baseline=True, vanished=["a.xlsx: Adam!L7 [stale]"]), NOW).decode("utf-8")


@pytest.fixture(scope="module")
def outline(text: str) -> Outline:
    return Outline(text)


def test_the_page_asks_for_nothing(text: str, outline: Outline) -> None:
    assert not {"img", "link", "iframe", "object", "base", "form"} & {name for name, _ in outline.elements}
    given = {key for _, attributes in outline.elements for key in attributes}
    assert not {key for key in given if key.startswith("on")} | ({"src", "srcset", "action"} & given)
    assert not re.search(r"url\(|@import|https?:|fetch\(|XMLHttp", text)


def test_only_its_own_script_may_run(outline: Outline, text: str) -> None:
    [policy] = [one["content"] or "" for one in outline.all("meta") if "http-equiv" in one]
    [script] = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    assert script == SCRIPT
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    assert len(outline.all("script")) == 1


def test_links_lead_to_pages_beside_it(outline: Outline) -> None:
    targets = {one["href"] for one in outline.all("a")}
    assert targets == {"wrong.html", "javascript%3Aalert%281%29.html"}


def test_what_a_workbook_says_stays_text(outline: Outline) -> None:
    assert not outline.all("failure")
    assert any("<script>alert('&\"1')</script>" in one for one in outline.texts)


def test_every_workbook_is_a_row_those_that_fail_first(outline: Outline) -> None:
    states = [one["data-state"] for one in outline.all("tr") if "data-state" in one]
    assert states == [
        "error",
        "error",
        "differs new",
        "differs new",
        "differs known",
        "unrecognised",
        "ok",
        "ok",
    ]
    kinds = [one["data-kinds"] for one in outline.all("tr") if "data-kinds" in one]
    assert kinds[2] == "label reference"


def test_the_numbers(outline: Outline) -> None:
    words = " ".join("|".join(outline.texts).split())
    assert "books · 2.0 s, 4 workbooks/s · 2024-02-29 12:30 UTC" in words
    for tile in ("2|ok", "3|differ", "1|unrecognised", "2|not checked", "3|new findings", "1|known findings"):
        assert f"|{tile}|" in words
    assert "|1 finding|a.xlsx: Adam!L7 [stale]|" in words
    assert "xlsgd batch: 8 workbooks: 4 failures|" in words


def test_what_can_be_picked_is_there(outline: Outline) -> None:
    picks = {(one["data-pick"], one["value"]) for one in outline.all("button") if "data-pick" in one}
    kinds = {("kind", "reference"), ("kind", "label")}
    assert picks == {("verdict", one) for one in ("ok", "differs", "unrecognised", "error", "new", "known")} | kinds


def test_sorting_keys_are_numbers_where_the_script_takes_numbers(outline: Outline) -> None:
    keys = [
        one["data-key"] or ""
        for one in outline.all("td")
        if "n" in (one.get("class") or "").split() and "data-key" in one
    ]
    assert len(keys) == 3 * len(ROWS)
    assert all(float(key) >= 0 for key in keys)


def test_a_batch_without_trouble_is_short() -> None:
    text = batch_page(report(ROWS[0]), NOW).decode("utf-8")
    outline = Outline(text)
    assert "xlsgd batch: 1 workbook: all pass" in outline.texts
    assert not {"Not checked", "Most errors", "Causes by kind", "Vanished since the baseline"} & set(outline.texts)


def test_many_workbooks_stay_within_a_few_megabytes() -> None:
    rows = [wrong(f"books/{number:05}.xlsx", finding(), page=f"{number:05}.html") for number in range(2000)]
    rows += [broken(f"books/x{number}.xlsx", message="m" * 5000) for number in range(20)]
    data = batch_page(report(*rows, vanished=["v"] * 1000), NOW)
    assert len(data) < 2_000_000
    outline = Outline(data.decode("utf-8"))
    assert "and 10 more, in the table below" in outline.texts
    assert "and 500 more" in outline.texts
    assert NASTY not in outline.texts
