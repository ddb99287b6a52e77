"""JUnit XML: what Jenkins and GitLab accept, with every workbook in it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from batch.batch_rows_aid import NASTY, ROWS, broken, finding, report, wrong
from xlsgd.report.junit import MAX_CAUSES, junit

# What the schema junit-10.xsd of Jenkins' xUnit plugin allows: element → its attributes, its children.
SCHEMA = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "time", "skipped"}, {"testcase"}),
    "testcase": ({"name", "time", "classname"}, {"skipped", "error", "failure", "system-out"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "skipped": ({"type", "message"}, set()),
    "system-out": (set(), set()),
}
TIME = re.compile(r"[0-9]{1,3}([0-9]{3})*\.[0-9]{3}")


def parsed(data: bytes) -> ElementTree.Element:
    """The root, after holding the whole against the schema."""
    root = ElementTree.fromstring(data)
    for element in root.iter():
        attributes, children = SCHEMA[element.tag]
        assert set(element.attrib) <= attributes, element.tag
        assert {child.tag for child in element} <= children, element.tag
        assert TIME.fullmatch(element.get("time", "0.000"))
    return root


@pytest.fixture(scope="module")
def cases() -> dict[str, ElementTree.Element]:
    return {case.get("name", ""): case for case in parsed(junit(report(*ROWS))).iter("testcase")}


def test_every_workbook_is_a_case_and_the_counts_are_right() -> None:
    root = parsed(junit(report(*ROWS)))
    suite = root[0]
    assert len(suite) == len(ROWS)
    assert root.attrib == {"name": "xlsgd", "tests": "8", "failures": "2", "errors": "2", "time": "2.000"}
    assert {**suite.attrib, "name": "xlsgd"} == {**root.attrib, "skipped": "1"}
    for tag in ("failure", "error", "skipped"):
        assert len(list(suite.iter(tag))) == int(
            suite.get({"failure": "failures", "error": "errors"}.get(tag, tag), -1)
        )


def test_a_failure_tells_the_first_cause(cases: dict[str, ElementTree.Element]) -> None:
    case = cases["books/2.1/wrong.xlsx"]
    assert case.get("classname") == "xlsgd.books.2_1"
    [failure, out] = case
    assert failure.get("type") == "reference"
    assert failure.get("message") == "Adam!L7 [reference] L7 reads B6 where B7 belongs"
    assert (failure.text or "").splitlines()[1:] == [
        "  says      =B6*2",
        "  should be =B7*2",
        "  now 1.5, expected 2.5",
        "  1 finding more from it",
    ]
    assert out.text == "Adam!K3 [label] K3 is labelled beta but is used as lr"


def test_what_is_no_failure(cases: dict[str, ElementTree.Element]) -> None:
    assert len(cases["books/ok.xlsx"]) == 0
    assert [one.tag for one in cases["books/odd.xlsx"]] == ["system-out"]
    assert cases["books/nothing.xlsx"][0].attrib == {"message": "no rows that train were found"}
    assert (cases["books/known.xlsx"][0].text or "").startswith("known: Adam!L7 [reference]")


def test_an_error_has_its_kind(cases: dict[str, ElementTree.Element]) -> None:
    [error] = cases["books/bomb.xlsx"]
    assert (error.tag, error.get("type"), error.get("message")) == ("error", "limit", "is no zip: take another copy")


def test_nothing_that_a_workbook_says_breaks_the_file() -> None:
    """Markup, control characters, half of a surrogate pair and U+FFFE, which no XML may have."""
    text = junit(report(wrong(NASTY, finding(NASTY, sheet=NASTY)), broken(NASTY, NASTY, NASTY))).decode("utf-8")
    root = parsed(text.encode("utf-8"))
    assert len(list(root.iter("testcase"))) == 2
    assert "<script>alert('&\"1')</script>" in (root[0][0].get("name") or "")
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", text)


def test_a_thousand_causes_are_counted_not_told() -> None:
    found = [finding(f"cause {number}", cell=f"L{number}") for number in range(1, 1001)]
    text = parsed(junit(report(wrong("a.xlsx", *found))))[0][0][0].text or ""
    assert text.count("should be") == MAX_CAUSES
    assert text.endswith(f"… and {1000 - MAX_CAUSES} more causes")


def test_a_long_run_keeps_to_the_schema_of_times() -> None:
    assert parsed(junit(report(*ROWS, seconds=123456.7))).get("time") == "123456.700"
