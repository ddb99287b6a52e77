"""From the canonical form to LLVM IR: the loop over the lines, cells, and what is emitted only once.

The function is ``i32 kernel(tables, params, functions, first, last)``; it gives 0 where its results count. Code goes
to two stretches: ``before`` runs once (parameters, pointers to columns, fixed cells and whatever depends on nothing
else), ``line`` for each line. A node is emitted once for each place from where its value is in sight.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ...tagged import BLANK
from .builder import RARELY, Code, Numbers
from .canonical import IS_BLANK, IS_TEXT, Canonical, Info, Node, Nodes, Position, Statement
from .slow_paths import CONVENTION, slow_paths

_DECLARATIONS = """
declare double @llvm.fabs.f64(double)
declare double @llvm.sqrt.f64(double)
declare double @llvm.floor.f64(double)
declare double @llvm.copysign.f64(double, double)
!0 = !{!"branch_weights", i32 20000, i32 1}
"""


WIDE_LOOP = 16
"""Formulas of a line beyond which LLVM would take long to find registers for what lives through the whole loop; it
stays in memory (volatile, so that LLVM leaves it there), which costs little."""


@dataclass(slots=True)
class Emitter:
    """The state of emitting one kernel. ``scopes``: values in sight, from the widest scope to the narrowest."""

    form: Canonical
    known: Nodes
    numbers: Numbers = field(default_factory=Numbers)
    entry: list[str] = field(default_factory=list)
    scopes: list[dict[int, str]] = field(default_factory=lambda: [{}])
    pointers: dict[tuple[int, Position], str] = field(default_factory=dict)
    params: dict[int, str] = field(default_factory=dict)
    wanted: set[str] = field(default_factory=set)
    functions: list[str] = field(default_factory=list)
    carried: dict[int, str] = field(default_factory=dict)
    kept: dict[int, str] = field(default_factory=dict)
    written: dict[Statement, str] = field(default_factory=dict)
    element: tuple[str, str] = ("0", "0")
    wide: bool = field(init=False)
    before: Code = field(init=False)
    out: Code = field(init=False)

    def __post_init__(self) -> None:
        self.before = self.out = Code(self.numbers, "before")
        self.wide = len(self.form.statements) > WIDE_LOOP

    # The function

    def text(self, alone: bool) -> str:
        """The module's text; ``alone``: one that needs no library."""
        line = Code(self.numbers, "line")
        self._carry()
        self.out, self.scopes = line, [self.scopes[0], {}]
        for statement in self.form.statements:
            self._statement(statement)
        self._keep()
        first, last, step = ("%last", "%first", "-1") if self.form.backward else ("%first", "%last", "1")
        entry = ["entry:", "  %status = alloca i32", "  store i32 0, ptr %status", *self.entry, "  br label %before"]
        head = [
            *["  br label %line", "line:"],
            f"  %L = phi i64 [ {first}, %{self.before.block} ], [ %next, %{line.block} ]",
        ]
        foot = [
            *[f"  %next = add i64 %L, {step}", f"  %done = icmp eq i64 %L, {last}"],
            "  br i1 %done, label %end, label %line",
            *["end:", "  %answer = load i32, ptr %status", "  ret i32 %answer", "}"],
        ]
        start = "define i32 @kernel(ptr %tables, ptr %params, ptr %functions, i64 %first, i64 %last) nounwind {"
        body = [start, *entry, "before:", *self.before.lines, *head, *line.lines, *foot]
        return "\n".join(body) + slow_paths(self.wanted, alone) + _DECLARATIONS

    def _statement(self, statement: Statement) -> None:
        if statement.lines is None:
            self._store(statement)
            return
        code, first, last = self.out, *(self.param(one) for one in statement.lines)
        begun = code.ins(f"icmp sge i64 %L, {first}")
        going = code.ins(f"icmp sle i64 %L, {last}")
        active = code.ins(f"and i1 {begun}, {going}")
        yes, after = code.label("active"), code.label("after")
        code.branch(active, yes, after)
        code.start(yes)
        with self.scope():
            self._store(statement)
        code.go(after)
        code.start(after)

    def _store(self, statement: Statement) -> None:
        value = self.settled(statement.node)
        place = self.address(statement.sheet, statement.row, statement.col)
        self.out.do(f"store double {value}, ptr {place}, align 8")
        written = self.known.places.get(("cell", statement.sheet, statement.row, statement.col, False))
        if written is not None:
            self.scopes[-1][written] = value
        self.written[statement] = value

    def settled(self, node: int) -> str:
        """A value as a cell keeps it: a blank is 0, text is not for kernels."""
        value, code, kinds = self.value(node), self.out, self.known.infos[node].kinds
        if not kinds & (IS_BLANK | IS_TEXT):
            return value
        from_block, tag, end = code.block, code.label("tag"), code.label()
        code.branch(code.ins(f"fcmp ord double {value}, {value}"), end, tag, RARELY)
        code.start(tag)
        self.wanted.add("kind")
        kind = code.ins(f"call {CONVENTION} i32 @kind(double {value}, ptr %status)")
        blank = code.ins(f"icmp eq i32 {kind}, {BLANK}")
        text = code.ins(f"icmp eq i32 {kind}, 4")
        bad = code.ins(f"zext i1 {text} to i32")
        old = code.ins("load i32, ptr %status")
        code.do(f"store i32 {code.ins(f'or i32 {old}, {bad}')}, ptr %status")
        kept = code.ins(f"select i1 {blank}, double 0.0, double {value}")
        tagged = code.block
        code.go(end)
        code.start(end)
        return code.phi("double", [(value, from_block), (kept, tagged)])

    # Values

    def value(self, node: int) -> str:
        """The register that holds a node's value here."""
        for scope in reversed(self.scopes):
            if node in scope:
                return self._recalled(node) if self.wide and scope is self.scopes[0] else scope[node]
        info, form = self.known.infos[node], self.known.nodes[node]
        if info.still and self.out is not self.before and self._once(form):
            with self.elsewhere():
                self.value(node)
            return self.value(node)
        from .operations import emit

        found = emit(self, node, form)
        self.scopes[-1][node] = found
        return found

    def _recalled(self, node: int) -> str:
        """What was calculated before the loop, in a loop that is too wide for registers: from memory."""
        register = self.scopes[0][node]
        if self.out is self.before or not register.startswith("%"):
            return register
        if node not in self.kept:
            self.kept[node] = self.variable("double")
            self.before.do(f"store double {register}, ptr {self.kept[node]}")
        return self.out.ins(f"load volatile double, ptr {self.kept[node]}")

    def _once(self, form: Node) -> bool:
        """Whether a still node is emitted before the loop: cells and ranges always, others where they are certain."""
        return form[0] in ("cell", "reduce", "zip") or len(self.scopes) == 2

    def info(self, node: int) -> Info:
        return self.known.infos[node]

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Values emitted inside are not in sight behind."""
        self.scopes.append({})
        yield
        self.scopes.pop()

    @contextmanager
    def elsewhere(self) -> Iterator[None]:
        """Emit what runs once, before the loop."""
        out, scopes = self.out, self.scopes
        self.out, self.scopes = self.before, scopes[:1]
        yield
        self.out, self.scopes = out, scopes

    # Places

    def param(self, number: int) -> str:
        """A parameter's value."""
        if number not in self.params:
            name = self.params[number] = f"%p{number}"
            self.entry.append(f"  %pp{number} = getelementptr i64, ptr %params, i64 {number}")
            self.entry.append(f"  {name} = load i64, ptr %pp{number}")
        return self.params[number]

    def position(self, place: Position) -> str:
        """A row or column as a register."""
        if place[0] == "P":
            return self.param(place[1])
        return "%L" if place[1] == 0 else self.out.ins(f"add nsw i64 %L, {place[1]}")

    def table(self, sheet: int) -> str:
        """The pointers to a sheet's columns."""
        name = f"%t{sheet}"
        load = f"  {name} = load ptr, ptr %tt{sheet}"
        if load not in self.entry:
            self.entry.append(f"  %tt{sheet} = getelementptr ptr, ptr %tables, i64 {sheet}")
            self.entry.append(load)
        return name

    def column(self, sheet: int, col: Position) -> str:
        """The pointer to a column: loaded once where the column is fixed."""
        if col[0] == "L":
            return self.column_at(sheet, self.position(col))
        if (sheet, col) not in self.pointers:
            table, at = self.table(sheet), self.param(col[1])
            name = self.pointers[sheet, col] = f"%c{sheet}_{col[1]}"
            self.entry.append(f"  {name}p = getelementptr ptr, ptr {table}, i64 {at}")
            self.entry.append(f"  {name} = load ptr, ptr {name}p")
            if self.wide:
                self.entry.append(f"  {name}m = alloca ptr")
                self.entry.append(f"  store ptr {name}, ptr {name}m")
        name = self.pointers[sheet, col]
        return self.out.ins(f"load volatile ptr, ptr {name}m") if self.wide else name

    def column_at(self, sheet: int, col: str) -> str:
        """The pointer to a column by its number."""
        return self.out.ins(f"load ptr, ptr {self.out.ins(f'getelementptr ptr, ptr {self.table(sheet)}, i64 {col}')}")

    def address(self, sheet: int, row: Position, col: Position) -> str:
        """Where a cell is."""
        return self.out.ins(f"getelementptr double, ptr {self.column(sheet, col)}, i64 {self.position(row)}")

    def load(self, node: int, form: Node) -> str:
        """A cell's value."""
        if node in self.carried:
            return self.out.ins(f"load double, ptr {self.carried[node]}")
        return self.out.ins(f"load double, ptr {self.address(form[1], form[2], form[3])}, align 8")

    def variable(self, kind: str) -> str:
        """Memory for a value that changes; LLVM makes registers of it."""
        name = f"%v{self.numbers.next()}"
        self.entry.append(f"  {name} = alloca {kind}")
        return name

    def function(self, name: str) -> str:
        """The pointer to a function of the process, by the name in the kernel's list."""
        if name not in self.functions:
            self.functions.append(name)
        place = self.functions.index(name)
        load = f"  %f{place} = load ptr, ptr %ff{place}"
        if load not in self.entry:
            self.entry.append(f"  %ff{place} = getelementptr ptr, ptr %functions, i64 {place}")
            self.entry.append(load)
        return f"%f{place}"

    # What the line before has written stays in registers

    def _carry(self) -> None:
        """Cells of the line before that the loop itself writes: read from memory on the first line only."""
        if self.form.once or self.wide or any(statement.lines is not None for statement in self.form.statements):
            return
        for statement in self.form.statements:
            node = self._before(statement)
            if node is not None:
                self.carried[node] = self.variable("double")
                form = self.known.nodes[node]
                place = ("%last", "1") if self.form.backward else ("%first", "-1")
                at = self.before.ins(f"add nsw i64 {place[0]}, {place[1]}")
                row, col = (at, self.column(form[1], form[3])) if self.form.down else ("", "")
                if not self.form.down:
                    row, col = self.param(form[2][1]), self.column_at(form[1], at)
                cell = self.before.ins(f"getelementptr double, ptr {col}, i64 {row}")
                start = self.before.ins(f"load double, ptr {cell}, align 8")
                self.before.do(f"store double {start}, ptr {self.carried[node]}")

    def _before(self, statement: Statement) -> int | None:
        line = ("L", 1 if self.form.backward else -1)
        row, col = (line, statement.col) if self.form.down else (statement.row, line)
        return self.known.places.get(("cell", statement.sheet, row, col, False))

    def _keep(self) -> None:
        """At a line's end: what it has written is what the next one carries."""
        for statement in self.form.statements if self.carried else ():
            node = self._before(statement)
            if node is not None:
                self.out.do(f"store double {self.written[statement]}, ptr {self.carried[node]}")


def module_text(form: Canonical, alone: bool) -> tuple[str, list[str]]:
    """The LLVM IR of a kernel and the names of the functions that it calls by pointer.

    ``alone``: with the slow paths, for a module that is not linked with their library.
    """
    emitter = Emitter(form, Nodes.of(form.nodes, form.backward))
    text = emitter.text(alone)
    return text, emitter.functions
