"""What kernels call where the fast way ends: functions in LLVM IR, out of line.

``number``: a value as a number or an error. ``arith``: arithmetic on values of any kind. ``order``: how two values
compare (-1, 0, 1) or an error. ``truth``: a value as 1 or 0 or an error. ``kind``: of what kind a value is. All of
them set the status where they meet text or an unsupported value: then the kernel's results do not count.

They are compiled once, as libraries that kernels are linked with, since a kernel of one formula would else take longer
to compile for them than for itself.
"""

from __future__ import annotations

import platform
import sys
from string import Template

from ...tagged import BLANK, ERROR, LOGICAL, TEXT, bits
from ...values import DIV0, LARGEST, NUM, SMALLEST_NORMAL
from . import elementary
from .builder import constant, error

_NUMBER = """
define$scope $convention double @number(double %x, ptr %status) noinline nounwind {
  %is = fcmp ord double %x, %x
  br i1 %is, label %same, label %tag
tag:
  %bits = bitcast double %x to i64
  %high = lshr i64 %bits, 32
  %kind = and i64 %high, 65535
  switch i64 %kind, label %other [ i64 1, label %same i64 2, label %logical i64 3, label %blank ]
logical:
  %bit = and i64 %bits, 1
  %one = uitofp i64 %bit to double
  ret double %one
blank:
  ret double 0.0
other:
  store i32 1, ptr %status
  ret double 0.0
same:
  ret double %x
}
"""

_ARITH = """
define$scope $convention double @arith(i32 %op, double %x, double %y, ptr %status) noinline nounwind cold {
  %a = call $convention double @number(double %x, ptr %status)
  %b = call $convention double @number(double %y, ptr %status)
  %ea = fcmp uno double %a, %a
  br i1 %ea, label %first, label %next
next:
  %eb = fcmp uno double %b, %b
  br i1 %eb, label %second, label %both
both:
  switch i32 %op, label %add [ i32 1, label %sub i32 2, label %mul i32 3, label %div ]
add:
  %sum = fadd double %a, %b
  br label %end
sub:
  %difference = fsub double %a, %b
  br label %end
mul:
  %product = fmul double %a, %b
  br label %end
div:
  %zero = fcmp oeq double %b, 0.0
  br i1 %zero, label %by0, label %quot
by0:
  ret double $div0
quot:
  %quotient = fdiv double %a, %b
  br label %end
end:
  %r = phi double [ %sum, %add ], [ %difference, %sub ], [ %product, %mul ], [ %quotient, %quot ]
  %size = call double @llvm.fabs.f64(double %r)
  %small = fcmp olt double %size, $smallest
  %fits = fcmp ole double %size, $largest
  %kept = select i1 %fits, double %r, double $num
  %result = select i1 %small, double 0.0, double %kept
  ret double %result
first:
  ret double %a
second:
  ret double %b
}
"""

_ORDER = """
define$scope $convention double @order(double %x, double %y, ptr %status, ptr %same15) noinline nounwind {
  %sx = call $convention double @shown(double %x, ptr %status)
  %sy = call $convention double @shown(double %y, ptr %status)
  %bx = bitcast double %sx to i64
  %by = bitcast double %sy to i64
  %hx = lshr i64 %bx, 32
  %hy = lshr i64 %by, 32
  %ex = icmp eq i64 %hx, $error
  br i1 %ex, label %first, label %next
next:
  %ey = icmp eq i64 %hy, $error
  br i1 %ey, label %second, label %values
values:
  %nx = icmp eq i64 %hx, $blank
  %ny = icmp eq i64 %hy, $blank
  %lx0 = icmp eq i64 %hx, $logical
  %ly0 = icmp eq i64 %hy, $logical
  %as_x = select i1 %ly0, i64 $false, i64 0
  %as_y = select i1 %lx0, i64 $false, i64 0
  %vx = select i1 %nx, i64 %as_x, i64 %bx
  %vy = select i1 %ny, i64 %as_y, i64 %by
  %lx1 = and i1 %nx, %ly0
  %ly1 = and i1 %ny, %lx0
  %lx = or i1 %lx0, %lx1
  %ly = or i1 %ly0, %ly1
  %rank = icmp eq i1 %lx, %ly
  br i1 %rank, label %alike, label %unlike
unlike:
  %higher = select i1 %lx, double 1.0, double -1.0
  ret double %higher
alike:
  br i1 %lx, label %logicals, label %numbers
logicals:
  %px = and i64 %vx, 1
  %py = and i64 %vy, 1
  %p = sub i64 %px, %py
  %pd = sitofp i64 %p to double
  ret double %pd
numbers:
  %a = bitcast i64 %vx to double
  %b = bitcast i64 %vy to double
  %equal = fcmp oeq double %a, %b
  br i1 %equal, label %same, label %differ
differ:
  %less = fcmp olt double %a, %b
  %plain = select i1 %less, double -1.0, double 1.0
  %d = fsub double %a, %b
  %size = call double @llvm.fabs.f64(double %d)
  %asize = call double @llvm.fabs.f64(double %a)
  %limit = fmul double %asize, $near
  %close = fcmp ole double %size, %limit
  br i1 %close, label %ask, label %far
far:
  ret double %plain
ask:
  %digits = call double %same15(double %a, double %b)
  %tie = fcmp une double %digits, 0.0
  %answer = select i1 %tie, double 0.0, double %plain
  ret double %answer
same:
  ret double 0.0
first:
  ret double %sx
second:
  ret double %sy
}

define$scope $convention double @shown(double %x, ptr %status) noinline nounwind {
  %is = fcmp ord double %x, %x
  br i1 %is, label %same, label %tag
tag:
  %bits = bitcast double %x to i64
  %high = lshr i64 %bits, 32
  %known = icmp ult i64 %high, $text
  br i1 %known, label %same, label %other
other:
  store i32 1, ptr %status
  ret double 0.0
same:
  ret double %x
}
"""

_TRUTH = """
define$scope $convention double @truth(double %x, ptr %status) noinline nounwind {
  %n = call $convention double @number(double %x, ptr %status)
  %e = fcmp uno double %n, %n
  br i1 %e, label %error, label %is
error:
  ret double %n
is:
  %t = fcmp one double %n, 0.0
  %r = uitofp i1 %t to double
  ret double %r
}
"""

_KIND = """
define$scope $convention i32 @kind(double %x, ptr %status) noinline nounwind {
  %is = fcmp ord double %x, %x
  br i1 %is, label %number, label %tag
number:
  ret i32 0
tag:
  %bits = bitcast double %x to i64
  %high = lshr i64 %bits, 32
  %kind = and i64 %high, 65535
  %lost = icmp ugt i64 %kind, 4
  br i1 %lost, label %other, label %end
other:
  store i32 1, ptr %status
  br label %end
end:
  %short = trunc i64 %kind to i32
  ret i32 %short
}
"""

CONVENTION = "preserve_allcc" if sys.platform == "linux" and platform.machine() == "x86_64" else "fastcc"
"""How kernels call these: so that they need not save their registers for a call that hardly ever happens."""

_VALUES = {
    "convention": CONVENTION,
    "div0": error(DIV0),
    "num": error(NUM),
    "smallest": constant(SMALLEST_NORMAL),
    "largest": constant(LARGEST),
    "near": constant(1e-13),
    "error": str(bits(ERROR) >> 32),
    "logical": str(bits(LOGICAL) >> 32),
    "blank": str(bits(BLANK) >> 32),
    "text": str(bits(TEXT) >> 32),
    "false": str(bits(LOGICAL, 0)),
}

LIBRARIES = {
    "arith": ("number", "arith"),
    "order": ("shown", "order"),
    "truth": ("truth",),
    "kind": ("kind",),
}
"""Which functions are compiled together."""
HOMES = {name: library for library, names in LIBRARIES.items() for name in names}
"""The library of each function."""

_PARTS = {"arith": _NUMBER + _ARITH, "order": _ORDER, "truth": _TRUTH, "kind": _KIND}
_NUMBER_ELSEWHERE = "declare $convention double @number(double, ptr) nounwind\n"
_DECLARED = """
declare $convention double @arith(i32, double, double, ptr) nounwind cold
declare $convention double @order(double, double, ptr, ptr) nounwind
declare $convention double @truth(double, ptr) nounwind
declare $convention i32 @kind(double, ptr) nounwind
"""


def library(name: str) -> str:
    """The module of a library."""
    return (
        _filled(_PARTS[name] + (_NUMBER_ELSEWHERE if name == "truth" else ""))
        + "declare double @llvm.fabs.f64(double)\n"
    )


def slow_paths(wanted: set[str], alone: bool) -> str:
    """The texts of the functions of these names and of those that they call.

    ``alone``: for a module that is not linked with the libraries and so has to have all of them.
    """
    names = {name for one in wanted for name in (one, *elementary.NEEDS.get(one, ()))}
    own = "".join(elementary.TEXTS[name] for name in sorted(names - set(HOMES)))
    if not names & set(HOMES):
        return own
    return own + (_filled("".join(_PARTS.values()), " internal") if alone else _filled(_NUMBER_ELSEWHERE + _DECLARED))


def _filled(text: str, scope: str = "") -> str:
    return Template(text).substitute(_VALUES, scope=scope)
