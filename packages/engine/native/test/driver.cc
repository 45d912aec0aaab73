// Holds the kernels, and what runs them, to plain loops, without TensorFlow: built with sanitizers, for other
// processors, and by other compilers (src/setup/native.long.test.ts). Ends with 1 unless all checks hold.

#include <cstdio>

#include "../kernels.h"
#include "../parallel.h"
#include "check.h"

void test_parallel();
void test_scratch();
void test_batch_norm();
void test_largest_products();
void test_max_pool();
void test_winograd();
void test_processor();

int main() {
  const Kernels* kernels = widest_kernels();
  test_parallel();
  test_scratch();
  if (kernels != nullptr) {
    test_batch_norm();
    test_largest_products();
    test_max_pool();
    test_winograd();
  }
  test_processor();
  std::printf("kernels %s, threads %d, digest %lx: %d of %d checks failed\n",
              kernels == nullptr ? "none" : kernels->instructions, thread_count(), digest.value,
              checks.failed, checks.made);
  return checks.failed == 0 ? 0 : 1;
}
