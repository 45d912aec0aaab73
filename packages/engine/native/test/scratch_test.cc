#include "../scratch.h"

#include <new>

#include "../parallel.h"
#include "check.h"

namespace {

/// More than any address space has.
constexpr long TOO_MANY_FLOATS = 1L << 60;

void memory_is_used_again() {
  float* first;
  {
    const Scratch scratch(1000);
    first = scratch.get();
    for (int i = 0; i < 1000; i++) first[i] = 1;
  }
  const Scratch smaller(10);
  CHECK(smaller.get() == first);
  const Scratch other(1000);
  CHECK(other.get() != first);
}

void too_much_is_refused() {
  bool refused = false;
  try {
    const Scratch scratch(TOO_MANY_FLOATS);
  } catch (const std::bad_alloc&) {
    refused = true;
  }
  CHECK(refused);
}

void too_much_in_a_worker_is_refused() {
  bool refused = false;
  try {
    parallel(16, [](int part) { const Scratch scratch(part == 9 ? TOO_MANY_FLOATS : 100); });
  } catch (const std::bad_alloc&) {
    refused = true;
  }
  CHECK(refused);
}

}  // namespace

void test_scratch() {
  memory_is_used_again();
  too_much_is_refused();
  too_much_in_a_worker_is_refused();
}
