"""Workbooks whose formulas mean harm: too long, too deep, too large, without end, or reaching outside.

``FORMULAS`` maps a name to an attack; docs/security.md has a row for each. A formula that begins with ``{=`` is an
array formula of the old kind, one with ``#=`` spills. ``python formula_attacks.py FOLDER NAME…`` runs attacks under
the guard of trial.py.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

sys.path.insert(0, str(Path(__file__).parents[1]))

from make_package import MAIN, parts, relations, save, workbook

_DYNAMIC = (
    f'<metadata xmlns="{MAIN}"><metadataTypes><metadataType name="XLDAPR"/></metadataTypes><futureMetadata '
    'name="XLDAPR"><bk><extLst><ext uri="x"><xda:dynamicArrayProperties fDynamic="1" xmlns:xda='
    '"http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray"/></ext></extLst></bk></futureMetadata>'
    '<cellMetadata><bk><rc t="1" v="0"/></bk></cellMetadata></metadata>'
)


@dataclass(frozen=True, slots=True)
class Attack:
    """Cells by name, what comes of some of them, defined names, rounds of iteration, ranges of old array formulas.

    answers: the value in JSON; a text of words for one without an answer: they stand in its reason.
    """

    cells: Iterable[tuple[str, str | float]]
    answers: Mapping[str, object] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    rounds: int = 0
    fills: dict[str, str] = field(default_factory=dict)


def make(attack: Attack, path: Path) -> Path:
    """Write the workbook of an attack."""
    contents = parts(_rows(attack))
    inner = '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets>'
    if attack.names:
        names = "".join(
            f"<definedName name={quoteattr(name)}>{escape(text)}</definedName>" for name, text in attack.names.items()
        )
        inner += f"<definedNames>{names}</definedNames>"
    if attack.rounds:
        inner += f'<calcPr iterate="1" iterateCount="{attack.rounds}" iterateDelta="0"/>'
    contents["xl/workbook.xml"] = workbook(inner)
    contents["xl/metadata.xml"] = _DYNAMIC
    contents["xl/_rels/workbook.xml.rels"] = relations(
        ("worksheet", "worksheets/sheet1.xml"),
        ("sharedStrings", "sharedStrings.xml"),
        ("sheetMetadata", "metadata.xml"),
    )
    return save(path, contents)


def _rows(attack: Attack) -> str:
    rows: dict[int, list[str]] = {}
    for name, value in attack.cells:
        row = int(name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        rows.setdefault(row, []).append(_cell(name, value, attack.fills.get(name, name)))
    return "".join(f'<row r="{row}">{"".join(cells)}</row>' for row, cells in sorted(rows.items()))


def _cell(name: str, value: str | float, box: str) -> str:
    if isinstance(value, float | int):
        return f'<c r="{name}"><v>{value}</v></c>'
    if value.startswith("#="):
        return f'<c r="{name}" cm="1"><f t="array" ref="{name}">{escape(value[2:])}</f></c>'
    if value.startswith("{="):
        return f'<c r="{name}"><f t="array" ref="{box}">{escape(value[2:])}</f></c>'
    if value.startswith("="):
        return f'<c r="{name}"><f>{escape(value[1:])}</f></c>'
    return f'<c r="{name}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


MUCH = "unsupported: more calculation"


def _error(text: str) -> dict[str, str]:
    return {"error": text}


def _each(*formulas: str) -> list[tuple[str, str | float]]:
    """Formulas one below the other from A1 on."""
    return [(f"A{row}", formula) for row, formula in enumerate(formulas, 1)]


def _nested(opening: str, levels: int) -> str:
    return "=" + opening * levels + "1" + ")" * levels


def _doubled(form: str) -> dict[str, str]:
    """Names of which each mentions the one before it twice."""
    return {"_n0": "S!$B$1", **{f"_n{at}": form.replace("#", f"_n{at - 1}") for at in range(1, 65)}}


NOT_UNDERSTOOD = "unsupported: formula not understood"
DEEP = {
    **{f"S!A{row}": NOT_UNDERSTOOD for row in (2, 4, 5, 7, 9, 11, 12, 14, 15)},
    **{"S!A1": 4096, "S!A3": 251, "S!A6": 1, "S!A8": 1, "S!A10": 255, "S!A13": 1},
}

FORMULAS: dict[str, Attack] = {
    "8,192 characters, 10,000 brackets, signs and percents, 255 and more arguments": Attack(
        _each(
            "=" + "1+" * 4095 + "1",
            "=" + "1+" * 20_000 + "1",
            "=" + "(1+" * 250 + "1" + ")" * 250,
            "=" + "(" * 10_000 + "1" + ")" * 10_000,
            "=" + "(1+" * 2000 + "1" + ")" * 2000,
            "=" + "-" * 8000 + "1",
            "=" + "@" * 8000 + "B1",
            _nested("ABS(", 64),
            "=B1" + "#" * 8000,
            "=SUM(" + ",".join("1" * 255) + ")",
            "=" + "'a" * 4000,
            "=" + "[" * 8000,
            _nested("IF(TRUE,", 200),
            "=" + "{1," * 2000,
            "=LAMBDA(x,x)" + "(1)" * 2700,
        ),
        DEEP,
    ),
    "texts that grow: REPT, CONCAT, A1&A1 filled down": Attack(
        [
            *_each("abcdefgh", *(f"=A{row}&A{row}" for row in range(1, 300))),
            ("B1", '=REPT("x",1E9)'),
            ("B2", '=LEN(REPT(REPT(REPT("x",32767),32767),32767))'),
            ("B3", '=LEN(REDUCE("",SEQUENCE(100000),LAMBDA(a,b,a&REPT("x",100))))'),
            ("B4", '=LEN(SUBSTITUTE(REPT("a",32767),"a",REPT("b",32767)))'),
            ("B5", '=SUM(LEN(REPT("x",SEQUENCE(1000000,1,32000,0))))'),
        ],
        {
            "S!A12": "abcdefgh" * 2048,
            "S!A13": _error("#VALUE!"),
            "S!A300": _error("#VALUE!"),
            **{f"S!B{row}": _error("#VALUE!") for row in range(1, 5)},
            "S!B5": MUCH,
        },
    ),
    "arrays beyond the grid and the memory": Attack(
        [
            *_each(
                "=SEQUENCE(1E6,1E6)",
                "=MUNIT(1E6)",
                "=RANDARRAY(1E6,1E6)",
                "=EXPAND(1,1048576,16384,0)",
                "=MAKEARRAY(1048576,16384,LAMBDA(r,c,r))",
                "=SUM(SEQUENCE(5000,1000))",
            ),
            ("C1", "=SUM(MMULT(MUNIT(1000),MUNIT(1000)))"),
            ("C2", "=MDETERM(MUNIT(1000))"),
            ("XFD1048576", 2),
            ("C3", "=SUM(D:XFD*1)"),
            ("C4", "=SUMPRODUCT(D1:XFD1048576,D1:XFD1048576)"),
            ("C5", "=SUM(D1:XFD1048576)"),
            ("C6", "{=SUM(D:XFD*1)"),
        ],
        {
            **{f"S!A{row}": "unsupported: an array of" for row in (2, 4, 5)},
            "S!A6": 12500002500000.0,
            "S!C1": MUCH,
            "S!C2": MUCH,
            "S!C3": _error("#VALUE!"),  # the row of C3 and more than one column
            "S!C5": 2,
            "S!C6": "unsupported: a range",
        },
    ),
    "arrays that are kept: LET, spills of whole columns": Attack(
        [
            ("A1", "=LET(a,SEQUENCE(5000,1000),b,a+1,c,b+1,d,c+1,e,d+1,SUM(a)+SUM(e))"),
            *((f"{column}1", "#=SEQUENCE(1048576)") for column in "BCDE"),
        ],
        {"S!A1": MUCH},
    ),
    "LAMBDA without end, and a tree of its calls": Attack(
        _each("=_f(1)", "=LAMBDA(f,f(f))(LAMBDA(f,f(f)))", "=_tree(1)", "=_fib(60)"),
        {"S!A2": _error("#NUM!"), "S!A4": MUCH},
        {
            "_f": "LAMBDA(x,_f(x+1))",
            "_tree": "LAMBDA(x,_tree(x+1)+_tree(x+2))",
            "_fib": "LAMBDA(x,IF(x<2,x,_fib(x-1)+_fib(x-2)))",
        },
    ),
    "names that mean themselves, each other, or 2^64 others": Attack(
        [*_each("=_me+1", "=_a+1", "=_n64"), ("B1", 1)],
        {"S!A1": _error("#NAME?"), "S!A2": _error("#NAME?"), "S!A3": MUCH},
        {"_me": "_me+1", "_a": "_b+1", "_b": "_c+1", "_c": "_a+1", **_doubled("#+#")},
    ),
    "names of 2^64 areas": Attack([("A1", "=SUM(_n64)"), ("B1", 1)], {"S!A1": MUCH}, _doubled("#,#")),
    "MAP within MAP within MAP": Attack(
        _each(
            "=SUM(MAP(SEQUENCE(1000),LAMBDA(a,SUM(MAP(SEQUENCE(1000),LAMBDA(b,SUM(MAP(SEQUENCE(1000),LAMBDA(c,a*b*c)))))))))"
        ),
        {"S!A1": MUCH},
    ),
    "circular references, 32,767 rounds": Attack(
        ((f"A{row}", "=SUM(A$1:A$200)+1") for row in range(1, 201)), {"S!A1": MUCH}, rounds=32767
    ),
    "cells in circles by INDIRECT, OFFSET and spills": Attack(
        [
            *_each('=INDIRECT("A2")', '=INDIRECT("A1")', '=INDIRECT("A3")+1', "=SUM(OFFSET(B1,1E9,1E9))"),
            ("C1", "#=SEQUENCE(COUNTA(D:D)+1)"),
            ("D1", "#=SEQUENCE(COUNTA(C:C)+1)"),
            ("E1", "#=SEQUENCE(10)"),
            ("E5", "#=SEQUENCE(10)"),
        ],
        {"S!A1": 0, "S!A3": 0, "S!A4": _error("#REF!"), "S!E1": _error("#SPILL!")},
    ),
    "chains through all rows, columns and INDIRECT": Attack(
        [
            ("A1", 1),
            *((f"A{row}", f"=A{row - 1}+{row}") for row in range(2, 5000)),
            *((f"B{row}", f"=B{row + 1}+{row}") for row in range(1, 5000)),
            *((f"C{row}", f'=INDIRECT("C"&{row + 1})+1') for row in range(1, 2000)),
        ],
        {"S!A4999": 12497500, "S!B1": 12497500, "S!C1": 1999},
    ),
    "long ranges in many cells": Attack(
        [
            *((f"A{row}", "=SUM(F$1:F$1048576)") for row in range(1, 5000)),
            *((f"B{row}", f"=SUM(F{row}:F$1048576)") for row in range(1, 5000)),
            *((f"C{row}", '=COUNTIF(F:XFD,">1")') for row in range(1, 300)),
            ("F1", 1),
            ("F1048576", 2),
        ],
        {"S!A1": 3},
    ),
    "regular expressions and wildcards that look back": Attack(
        [
            *_each(
                f'=REGEXTEST("{"a" * 40}!","(a+)+$")',
                '=REGEXTEST(REPT("a",3000)&"!","(a*)*b")',
                '=REGEXREPLACE(REPT("a",3000),"a*a*a*a*b","")',
                '=REGEXTEST("a","a{" & REPT("9",5000) & "}")',
                f'=COUNTIF(B1:B2,"{"*a" * 120}b")',
                f'=SEARCH("{"*a" * 120}b",REPT("a",32767))',
                '=XLOOKUP("(a+)+$",B3:B4,B3:B4,,3)',
                '=REGEXEXTRACT("key=value; k=v","(\\w+)=(\\w+)$",2)',
            ),
            ("B1", "a" * 30_000),
            ("B3", "a" * 40 + "!"),
        ],
        {"S!A1": MUCH},
    ),
    "numbers beyond all bounds": Attack(
        _each(
            "=FACT(1E300)",
            "=COMBIN(1E300,1E299)",
            "=BASE(1E300,2)",
            "=DATE(1E300,1,1)",
            "=WORKDAY(1,1E9)",
            "=NETWORKDAYS(1,2958465)",
            "=BINOM.INV(1E300,0.5,0.5)",
            "=POISSON.DIST(1E9,1E9,TRUE)",
            "=HYPGEOM.DIST(5E8,1E9,1E9,2E9,TRUE)",
            "=F.INV(0.3,1E10,1E10)",
            "=SUM(BETA.INV(RANDARRAY(100000),99999,99999))",
            "=IRR(SEQUENCE(100000)-50000)",
            "=RATE(1E300,1,1)",
            "=VDB(1E9,1,1E9,0,1E9)",
            '=TEXT(1E300,REPT("0",30000))',
            '=INDIRECT("R"&REPT("1",5000)&"C1",FALSE)',
            '=VALUE(REPT("1",32767))',
            "=DEC2BIN(1E300)",
        ),
        {"S!A1": _error("#NUM!"), "S!A4": _error("#NUM!"), "S!A16": _error("#REF!"), "S!A11": MUCH},
    ),
    "formulas that reach outside: WEBSERVICE, RTD, DDE, CALL, macros, other workbooks": Attack(
        _each(
            '=WEBSERVICE("http://127.0.0.1:9/")',
            '=RTD("x","","y")',
            "=cmd|'/c calc'!A1",
            '=CALL("a","b","J")',
            '=REGISTER("a","b","J")',
            '=EVALUATE("1+1")',
            '=EXEC("calc")',
            "=GET.WORKBOOK(1)",
            "=[1]Sheet1!A1",
            "='http://127.0.0.1:9/[x.xlsx]S'!A1",
            '=HYPERLINK("http://127.0.0.1:9/","text")',
            '=PY("1")',
        ),
        {**{f"S!A{row}": "unsupported: " for row in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12)}, "S!A11": "text"},
    ),
}


def commands(place: str) -> dict[str, list[str]]:
    """What is done with the workbook of each attack."""
    return {
        "native": ["calc", place, "--json"],
        "scalar": ["calc", place, "--engine", "scalar", "--json"],
        "verify": ["verify", place, "--json"],
        "plan": ["plan", place],
        "diff": ["diff", place, place],
    }


def differs(attack: Attack, cells: Mapping[str, object]) -> dict[str, object]:
    """The answers that are others than expected."""
    return {cell: cells.get(cell) for cell, wanted in attack.answers.items() if not _is(cells.get(cell), wanted)}


def _is(found: object, wanted: object) -> bool:
    if isinstance(wanted, str) and wanted.startswith("unsupported: "):
        reason = found.get("unsupported", "") if isinstance(found, dict) else ""
        return bool(reason) and str(reason).startswith(wanted.removeprefix("unsupported: "))
    return found == wanted


def trials(name: str, folder: Path) -> Iterator[dict[str, object]]:
    """All commands on the workbook of one attack."""
    import trial

    attack = FORMULAS[name]
    place = make(attack, folder / "a.xlsx")
    for what, arguments in commands(str(place)).items():
        found = trial.command(arguments)
        wrong, status = str(found["wrong"]), found["status"]
        if not wrong and (status not in (0, 1) or "Traceback" in str(found["errors"])):
            wrong = f"status {status}: {str(found['errors'])[:300]}"
        if not wrong and what in ("native", "scalar"):
            other = differs(attack, json.loads(str(found["out"]))["cells"])
            wrong = f"other values: {str(other)[:600]}" if other else ""
        peak = trial.resource.getrusage(trial.resource.RUSAGE_SELF).ru_maxrss // 1024
        wrong = wrong or ("" if peak < 1024 else f"{peak} MB")
        yield {"attack": name, "command": what, "wrong": wrong, "seconds": found["seconds"], "peak": peak}


def main() -> None:
    """Run the attacks that the command line names."""
    folder = Path(sys.argv[1])
    sys.path.insert(0, str(Path(__file__).parent))
    import trial

    import xlsgd

    xlsgd.calculate(xlsgd.Book())
    trial.guard(folder)
    for name in sys.argv[2:]:
        for line in trials(name, folder):
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
