#pragma once

/// Which builds of the kernels this processor can run. What oneDNN is told not to use (ONEDNN_MAX_CPU_ISA) is not used here either.
namespace processor {

bool has_avx2();    // with FMA
bool has_avx512();  // F, DQ and VL

}  // namespace processor
