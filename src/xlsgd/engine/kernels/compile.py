"""From LLVM IR to machine code in memory, through the caches. llvmlite is imported here and only when it is needed."""

from __future__ import annotations

import ctypes
import hashlib
import sys
import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import cache as disk
from .cache import Stored
from .callbacks import pointer
from .canonical import Canonical
from .elementary import WIDE
from .linking import LINKS, Block, Memory, link
from .slow_paths import HOMES

if TYPE_CHECKING:
    from llvmlite import binding as llvm

KEPT = 512
"""Kernels kept in memory; one that a step still holds lives on when it is forgotten here."""

_SIGNATURE = ctypes.CFUNCTYPE(ctypes.c_int32, *[ctypes.c_void_p] * 3, ctypes.c_int64, ctypes.c_int64)
_lock = threading.RLock()
_kept: OrderedDict[str, Kernel] = OrderedDict()
_asked: dict[str, int] = {}
_MANY = 10_000


@dataclass(eq=False, slots=True)
class Kernel:
    """Machine code: ``call(tables, params, functions, first, last)`` gives 0 where its results count.

    ``held`` is what keeps it in memory.
    """

    key: str
    call: Any
    functions: Any
    held: Any


def kernel(form: Canonical, after: int = 0) -> Kernel | None:
    """The kernel of a step's canonical form: from memory, from disk, or compiled.

    None where it would have to be compiled and was not asked for more than ``after`` times yet.
    """
    key = hashlib.sha256((form.key() + _own_key()).encode()).hexdigest()
    with _lock:
        found = _kept.get(key)
        if found is None:
            stored = disk.load(key)
            if stored is None:
                if len(_asked) > _MANY:
                    _asked.clear()
                _asked[key] = _asked.get(key, 0) + 1
                if _asked[key] <= after:
                    return None
                stored = _compile(key, form)
            found = _kept[key] = _load(key, stored)
            while len(_kept) > KEPT:
                _kept.popitem(last=False)
        else:
            _kept.move_to_end(key)
        return found


def forget() -> None:
    """Forget the kernels in memory."""
    with _lock:
        _kept.clear()
        _asked.clear()


@cache
def _own_key() -> str:
    """What machine code depends on besides the form: the sources that make it, LLVM, the processor."""
    import llvmlite

    package = Path(__file__).parents[2]
    sources = [*sorted(Path(__file__).parent.glob("*.py")), *(package / name for name in _SOURCES)]
    texts = hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()
    return "\n".join((sys.platform, str(WIDE), texts, llvmlite.__version__, _processor_marks()))


_SOURCES = ("tagged.py", "values.py", "functions/operators.py", "functions/compare.py")


def _processor_marks() -> str:
    """The kind of processor. On Linux without LLVM, which takes long to load."""
    try:
        first = Path("/proc/cpuinfo").read_text("utf-8").partition("\n\n")[0]
    except OSError:
        return "\n".join(_processor())
    wanted = ("vendor_id", "cpu family", "model", "stepping", "flags", "CPU ", "Features")
    return "\n".join(line for line in first.splitlines() if line.startswith(wanted))


def _compile(key: str, form: Canonical) -> Stored:
    from .emit import module_text

    block = None
    if LINKS:
        text, functions = module_text(form, alone=False)
        block = link(compiled(text, form.once), HOMES)
    if block is None:
        text, functions = module_text(form, alone=True)
        stored = Stored(compiled(text, form.once), functions, {}, {})
    else:
        stored = Stored(block.code, functions, block.entries, block.imports)
    disk.store(key, stored)
    return stored


@cache
def _library(name: str) -> Memory:
    """Slow paths that kernels share. Raises OSError."""
    from .slow_paths import library

    text = library(name)
    key = hashlib.sha256((text + _own_key()).encode()).hexdigest()
    stored = disk.load(key)
    if stored is None:
        block = link(compiled(text), HOMES)
        if block is None:
            raise OSError(f"the kernels' library '{name}' cannot be linked")
        stored = Stored(block.code, [], block.entries, block.imports)
        disk.store(key, stored)
    return _in_memory(stored)


def _in_memory(stored: Stored) -> Memory:
    """A block in memory, linked with the libraries that it needs. These stay for good. Raises OSError."""
    addresses = {name: _library(HOMES[name]).addresses[name] for name in stored.imports}
    return Memory(Block(stored.code, stored.entries, stored.imports), addresses)


# LLVM


@cache
def _llvm() -> Any:
    from llvmlite import binding

    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return binding


@cache
def _processor() -> tuple[str, str]:
    binding = _llvm()
    return str(binding.get_host_cpu_name()), str(binding.get_host_cpu_features().flatten())


def machine(quick: bool = False) -> llvm.TargetMachine:
    """A target machine for this processor; an engine takes its own. ``quick``: to compile fast rather than to run."""
    binding, (cpu, features) = _llvm(), _processor()
    target = binding.Target.from_default_triple()
    model = "small" if LINKS else "jitdefault"
    made: llvm.TargetMachine = target.create_target_machine(
        cpu=cpu, features=features, opt=0 if quick else 1, reloc="pic", codemodel=model, jit=True
    )
    return made


@cache
def _shared_machine(quick: bool = False) -> llvm.TargetMachine:
    return machine(quick)


def optimised(text: str) -> llvm.ModuleRef:
    """A module, checked, its variables in registers: without fast-math, fusing of operations or vectors.

    Passes that simplify what the emitter has written cost more time than they save.
    """
    binding = _llvm()
    module: llvm.ModuleRef = binding.parse_assembly(text)
    module.triple = binding.get_process_triple()
    module.data_layout = str(_shared_machine().target_data)
    module.verify()
    builder = binding.create_pass_builder(_shared_machine(), binding.create_pipeline_tuning_options(1))
    passes = binding.create_new_function_pass_manager()
    passes.add_sroa_pass()
    for function in module.functions:
        if not function.is_declaration:
            passes.run(function, builder)
    return module


def compiled(text: str, quick: bool = False) -> bytes:
    """The object code of a module."""
    code: bytes = _shared_machine(quick).emit_object(optimised(text))
    return code


def _load(key: str, stored: Stored) -> Kernel:
    held: Any
    if stored.entries:
        held = _in_memory(stored)
        address = held.addresses["kernel"]
    else:
        binding = _llvm()
        held = binding.create_mcjit_compiler(binding.parse_assembly(""), machine())
        held.add_object_file(binding.ObjectFileRef.from_data(stored.code))
        held.finalize_object()
        address = held.get_function_address("kernel")
    functions = (ctypes.c_void_p * max(1, len(stored.functions)))(*[pointer(name) for name in stored.functions])
    return Kernel(key, _SIGNATURE(address), functions, held)
