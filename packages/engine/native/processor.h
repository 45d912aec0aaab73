#pragma once

/// Which instruction sets this processor has and may use. What ONEDNN_MAX_CPU_ISA forbids to oneDNN is not
/// used here either.
namespace processor {

bool has_avx2();    // with FMA
bool has_avx512();  // F, DQ and VL

}  // namespace processor
