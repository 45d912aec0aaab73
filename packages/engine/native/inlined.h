#pragma once

/// Marks a function that units of several instruction sets share. If it were not inlined, each unit would
/// have a copy in its own instructions, and the linker would keep one of them, no matter which, for all
/// units.
#define INLINED inline __attribute__((always_inline))
