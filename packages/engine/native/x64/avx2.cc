#include "../kernels_of_unit.h"

static_assert(WIDTH == 8, "This unit is compiled for AVX2 with FMA.");
constexpr Kernels avx2_kernels = kernels_of_unit("AVX2");
