"""Kernels against the scalar engine on generated formulas: no cell may differ by a bit."""

from __future__ import annotations

import os
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from kernel_aid import compare
from kernel_formulas import books
from xlsgd.book import Book
from xlsgd.engine.kernels import emit
from xlsgd.engine.kernels.bound import forget

EXAMPLES = int(os.environ.get("XLSGD_EXAMPLES", "60"))


def test_generated_formulas_agree_to_the_bit_and_most_are_compiled() -> None:
    met: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(books())
    def agree(book: Book) -> None:
        outcome = compare(book)
        met["compiled"] += len(outcome.compiled)
        met["refused"] += len(outcome.refused)
        met["gave up"] += outcome.gave_up
        assert not outcome.wrong, {cell: formula.text for cell, formula in book.sheets[0].formulas.items()}

    agree()
    assert met["compiled"] > met["refused"] + met["gave up"], dict(met)


@settings(max_examples=EXAMPLES // 4, deadline=None, suppress_health_check=list(HealthCheck))
@given(book=books())
def test_so_they_do_in_loops_too_wide_for_registers(book: Book) -> None:
    forget()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(emit, "WIDE_LOOP", 0)
        patch.setenv("XLSGD_CACHE", os.devnull)
        outcome = compare(book)
    forget()
    assert not outcome.wrong, {cell: formula.text for cell, formula in book.sheets[0].formulas.items()}
