#include "kernels.h"

#include "processor.h"

namespace {

const Kernels* find() {
#if defined(__x86_64__)
  if (processor::has_avx512()) return &avx512_kernels;
  if (processor::has_avx2()) return &avx2_kernels;
#elif defined(__aarch64__)
  return &neon_kernels;  // which every such processor has
#endif
  return nullptr;
}

}  // namespace

const Kernels* widest_kernels() {
  static const Kernels* const widest = find();
  return widest;
}
