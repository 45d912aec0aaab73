#include "../processor.h"

#include <cstdlib>

#include "check.h"

namespace {

struct Allowed {
  bool avx2, avx512;
};

Allowed allowed_by(const char* limit) {
  setenv("ONEDNN_MAX_CPU_ISA", limit, 1);
  return {processor::has_avx2(), processor::has_avx512()};
}

}  // namespace

/// Changes the environment, so it comes last.
void test_processor() {
  unsetenv("ONEDNN_MAX_CPU_ISA");
  const bool avx2 = processor::has_avx2(), avx512 = processor::has_avx512();
  CHECK(avx2 || !avx512);
  for (const char* limit : {"SSE41", "AVX", "avx"}) {
    const Allowed allowed = allowed_by(limit);
    CHECK(!allowed.avx2 && !allowed.avx512);
  }
  for (const char* limit : {"AVX2", "avx2", "AVX2_VNNI", "AVX2_VNNI_2"}) {
    const Allowed allowed = allowed_by(limit);
    CHECK(allowed.avx2 == avx2 && !allowed.avx512);
  }
  for (const char* limit : {"AVX512_CORE", "AVX10_1_512", "DEFAULT", "", "nonsense"}) {
    const Allowed allowed = allowed_by(limit);
    CHECK(allowed.avx2 == avx2 && allowed.avx512 == avx512);
  }
}
