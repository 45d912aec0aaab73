#pragma once
// Vectors of the widest kind that this unit's compiler flags allow.

#if defined(__AVX512F__)
#define WIDTH 16
#elif defined(__AVX2__) && defined(__FMA__)
#define WIDTH 8
#elif defined(__ARM_NEON) && defined(__aarch64__)
#define WIDTH 4
#else
#error "The kernels are compiled with the flags of an instruction set: see src/setup/native-units.ts."
#endif

/// Stands before a loop with a constant number of turns, at most `turns`: the compiler writes them all out.
#ifdef __clang__
#define UNROLL(turns) _Pragma("unroll")
#else
#define PRAGMA(words) _Pragma(#words)
#define UNROLL(turns) PRAGMA(GCC unroll turns)
#endif
