#include "processor.h"

#include <strings.h>

#include <cstdlib>

namespace processor {

#ifdef __x86_64__

namespace {

/// Whether ONEDNN_MAX_CPU_ISA is one of `names`. As in oneDNN, case does not matter and an unknown name
/// forbids nothing.
template <int count>
bool limit_is(const char* const (&names)[count]) {
  const char* limit = std::getenv("ONEDNN_MAX_CPU_ISA");
  if (limit == nullptr) return false;
  for (const char* name : names) {
    if (strcasecmp(limit, name) == 0) return true;
  }
  return false;
}

}  // namespace

bool has_avx2() {
  return !limit_is({"SSE41", "AVX"}) && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

bool has_avx512() {
  return has_avx2() && !limit_is({"AVX2", "AVX2_VNNI", "AVX2_VNNI_2"}) && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

#else

bool has_avx2() { return false; }
bool has_avx512() { return false; }

#endif

}  // namespace processor
