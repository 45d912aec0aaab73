#pragma once

/// Of a function that units of several instruction sets share. Were it not inlined, each unit would have a
/// copy in its own instructions, and the linker would keep any one of them for all.
#define INLINED inline __attribute__((always_inline))
