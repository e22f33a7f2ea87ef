"""The most a core can do: its peak rate of multiply-adds in double precision, and its clock."""

import ctypes
import time

import llvmlite.binding as llvm

llvm.initialize_native_target()  # numba does so only when it first compiles
llvm.initialize_native_asmprinter()

WIDTHS = (2, 4, 8)  # doubles a register: SSE, AVX, AVX-512; one too wide is split, spills and loses
ACCUMULATORS = 12  # latency × units is at most 10, and with two constants 16 registers hold 14
LATENCY = 4.0  # cycles from one multiply-add to the next that needs it: Intel since 2015, AMD since 2020
ROUNDS = 2_000_000
REPEATS = 10


def peak_flops() -> float:
    """Floating-point operations a second of one core when it does nothing but multiply-adds, two for each."""
    return max(2.0 * width * ACCUMULATORS * ROUNDS / _seconds(width, ACCUMULATORS) for width in WIDTHS)


def clock() -> float:
    """Cycles a second, from a chain of multiply-adds each of which waits for the one before."""
    return LATENCY * ROUNDS / _seconds(1, 1)


def _seconds(width: int, accumulator_count: int) -> float:
    target = llvm.Target.from_default_triple()
    machine = target.create_target_machine(cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=3)
    with llvm.create_mcjit_compiler(llvm.parse_assembly(_source(width, accumulator_count)), machine) as engine:
        engine.finalize_object()
        loop = ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_void_p)(engine.get_function_address("loop"))
        out = (ctypes.c_double * (width * accumulator_count + 8))()
        best = float("inf")
        for _ in range(REPEATS):
            begin = time.process_time()
            loop(ROUNDS, ctypes.addressof(out))
            best = min(best, time.process_time() - begin)
    return best


def _source(width: int, accumulator_count: int) -> str:
    kind, all_of = f"<{width} x double>", range(accumulator_count)
    half = f"<{', '.join(['double 0.5'] * width)}>"
    starts = [f"%a{i} = phi {kind} [zeroinitializer, %entry], [%b{i}, %body]" for i in all_of]
    steps = [f"%b{i} = call {kind} @llvm.fma.v{width}f64({kind} %a{i}, {kind} {half}, {kind} {half})" for i in all_of]
    ends = [
        f"%p{i} = getelementptr {kind}, ptr %out, i64 {i}\nstore {kind} %b{i}, ptr %p{i}, align 8"  # kept, or all would be removed
        for i in all_of
    ]
    return "\n".join(
        [
            f"declare {kind} @llvm.fma.v{width}f64({kind}, {kind}, {kind})",
            "define void @loop(i64 %rounds, ptr %out) {",
            "entry:\nbr label %body",
            "body:\n%n = phi i64 [0, %entry], [%next, %body]",
            *starts,
            *steps,
            "%next = add i64 %n, 1\n%is_done = icmp eq i64 %next, %rounds\nbr i1 %is_done, label %exit, label %body",
            "exit:",
            *ends,
            "ret void\n}",
        ]
    )


if __name__ == "__main__":
    print(f"peak {peak_flops() / 1e9:.1f} Gflop/s, clock {clock() / 1e9:.2f} GHz, {peak_flops() / clock():.1f} operations a cycle")
