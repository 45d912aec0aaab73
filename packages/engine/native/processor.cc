#include "processor.h"

#include <cstdlib>
#include <cstring>

namespace processor {

#ifdef __x86_64__

bool has_avx2() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

bool has_avx512() {
  const char* most = std::getenv("ONEDNN_MAX_CPU_ISA");
  const bool allowed = most == nullptr || std::strstr(most, "AVX512") != nullptr || std::strcmp(most, "DEFAULT") == 0;
  return allowed && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

#else

bool has_avx2() { return false; }
bool has_avx512() { return false; }

#endif

}  // namespace processor
