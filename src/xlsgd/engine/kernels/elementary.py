"""Logarithms, powers and the hyperbolic tangent in LLVM IR, as :mod:`xlsgd.functions.numbers.elementary` has them.

A logarithm must be correctly rounded. On x86-64 Linux the C library's ``logl`` gives it to 64 bits, at most 1.4 units
of the last of them off (measured against quadruple precision); rounded to 53 bits that is right unless the 11 bits
that go are within MARGIN units of a half. Then, and on other machines always, the scalar engine's own is called.
"""

from __future__ import annotations

import platform
import sys
from string import Template

from .builder import constant

WIDE = sys.platform == "linux" and platform.machine() == "x86_64"
"""Whether the C library's long double has 64 bits of mantissa and machine code knows it."""

MARGIN = 3

_BY_LONG_DOUBLE = """
define internal double @ln(double %x, ptr %library, ptr %python) noinline nounwind {
  %wide = fpext double %x to x86_fp80
  %log = call x86_fp80 %library(x86_fp80 %wide)
  %bits = bitcast x86_fp80 %log to i80
  %low = trunc i80 %bits to i64
  %tail = and i64 %low, 2047
  %from = sub i64 %tail, $low
  %near = icmp ule i64 %from, $span
  br i1 %near, label %ask, label %sure
sure:
  %rounded = fptrunc x86_fp80 %log to double
  ret double %rounded
ask:
  %asked = call double %python(double %x)
  ret double %asked
}
"""

_BY_PYTHON = """
define internal double @ln(double %x, ptr %library, ptr %python) noinline nounwind {
  %asked = call double %python(double %x)
  ret double %asked
}
"""

_TANH = """
define internal double @tanh(double %x, ptr %exp, ptr %library, ptr %python) noinline nounwind {
  %size = call double @llvm.fabs.f64(double %x)
  %small = fcmp olt double %size, 1.0
  br i1 %small, label %near, label %far
near:
  %minus = fneg double %x
  %rise = call double @expm1(double %x, ptr %exp, ptr %library, ptr %python)
  %fall = call double @expm1(double %minus, ptr %exp, ptr %library, ptr %python)
  %difference = fsub double %rise, %fall
  %sum = fadd double %rise, %fall
  %whole = fadd double %sum, 2.0
  %inner = fdiv double %difference, %whole
  ret double %inner
far:
  %flat = fcmp ogt double %size, 20.0
  br i1 %flat, label %one, label %between
one:
  %signed = call double @llvm.copysign.f64(double 1.0, double %x)
  ret double %signed
between:
  %other = fneg double %x
  %up = call double %exp(double %x)
  %down = call double %exp(double %other)
  %top = fsub double %up, %down
  %bottom = fadd double %up, %down
  %outer = fdiv double %top, %bottom
  ret double %outer
}

define internal double @expm1(double %x, ptr %exp, ptr %library, ptr %python) noinline nounwind {
  %u = call double %exp(double %x)
  %flat = fcmp oeq double %u, 1.0
  br i1 %flat, label %same, label %kahan
same:
  ret double %x
kahan:
  %less = fsub double %u, 1.0
  %product = fmul double %less, %x
  %log = call double @ln(double %u, ptr %library, ptr %python)
  %result = fdiv double %product, %log
  ret double %result
}
"""

_POWER = """
define internal double @power(double %b, double %e, ptr %exp, ptr %library, ptr %python, ptr %own) noinline nounwind {
  %size = call double @llvm.fabs.f64(double %e)
  %floor = call double @llvm.floor.f64(double %e)
  %whole = fcmp oeq double %e, %floor
  %countable = fcmp olt double %size, 0x41E0000000000000
  %backwards = fcmp olt double %e, 0.0
  br i1 %whole, label %integer, label %broken
integer:
  %ten = fcmp oeq double %b, 10.0
  %zero = fcmp oeq double %b, 0.0
  %special = or i1 %ten, %zero
  %plain = xor i1 %special, true
  %square = and i1 %plain, %countable
  br i1 %square, label %start, label %ask
start:
  %n = fptoui double %size to i64
  br label %head
head:
  %left = phi i64 [ %n, %start ], [ %half, %next ]
  %base = phi double [ %b, %start ], [ %squared, %next ]
  %result = phi double [ 1.0, %start ], [ %kept, %next ]
  %none = icmp eq i64 %left, 0
  br i1 %none, label %end, label %next
next:
  %bit = and i64 %left, 1
  %odd = icmp eq i64 %bit, 1
  %times = fmul double %result, %base
  %kept = select i1 %odd, double %times, double %result
  %half = lshr i64 %left, 1
  %squared = fmul double %base, %base
  br label %head
broken:
  %positive = fcmp ogt double %b, 0.0
  br i1 %positive, label %root, label %ask
root:
  %log = call double @ln(double %b, ptr %library, ptr %python)
  %exponent = fmul double %size, %log
  %fits = fcmp olt double %exponent, $most
  br i1 %fits, label %raise, label %end
raise:
  %raised = call double %exp(double %exponent)
  br label %end
end:
  %power = phi double [ %result, %head ], [ %raised, %raise ], [ 0x7FF0000000000000, %root ]
  %inverse = fdiv double 1.0, %power
  %answer = select i1 %backwards, double %inverse, double %power
  ret double %answer
ask:
  %asked = call double %own(double %b, double %e)
  ret double %asked
}
"""

_VALUES = {"low": str(1024 - MARGIN), "span": str(2 * MARGIN), "most": constant(709.78271289338397)}
_LN = Template(_BY_LONG_DOUBLE if WIDE else _BY_PYTHON).substitute(_VALUES)

TEXTS = {
    "ln": _LN,
    "log10": _LN.replace("@ln(", "@log10("),
    "tanh": _TANH,
    "power": Template(_POWER).substitute(_VALUES),
}
"""LLVM IR by name."""

NEEDS = {"tanh": ("ln",), "power": ("ln",)}
"""Which of them call others."""
