#include "../kernels_of_unit.h"

static_assert(WIDTH == 16, "This unit is compiled for AVX-512.");
constexpr Kernels avx512_kernels = kernels_of_unit("AVX-512");
