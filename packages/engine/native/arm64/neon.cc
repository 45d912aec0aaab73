#include "../kernels_of_unit.h"

static_assert(WIDTH == 4, "This unit is compiled for NEON.");
constexpr Kernels neon_kernels = kernels_of_unit("NEON");
