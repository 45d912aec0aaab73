#include "../parallel.h"

#include <atomic>
#include <new>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "check.h"

namespace {

void each_part_is_called_once(int count) {
  std::vector<int> calls(static_cast<size_t>(count));
  parallel(count, [&](int part) { calls[static_cast<size_t>(part)]++; });
  bool once = true;
  for (const int number : calls) once = once && number == 1;
  CHECK(once);
}

/// Where one part throws, the caller gets what it threw, and no part runs any more.
void exception_reaches_the_caller() {
  std::atomic<int> running{0};
  std::string text;
  try {
    parallel(64, [&](int part) {
      running++;
      const std::string words = "part " + std::to_string(part);
      if (part == 33) {
        running--;
        throw std::runtime_error(words);
      }
      running--;
    });
  } catch (const std::runtime_error& error) {
    text = error.what();
  }
  CHECK(text == "part 33");
  CHECK(running == 0);
}

/// Where all parts throw, the caller gets one exception, of the type that it had.
void one_of_many_exceptions_reaches_the_caller() {
  bool caught = false;
  try {
    parallel(64, [](int) { throw std::bad_alloc(); });
  } catch (const std::bad_alloc&) {
    caught = true;
  }
  CHECK(caught);
}

void parts_after_an_exception_are_not_begun() {
  std::atomic<int> begun{0};
  try {
    parallel(100000, [&](int) {
      begun++;
      throw 1;
    });
  } catch (int) {
  }
  CHECK(begun <= thread_count());
}

/// As TensorFlow does: several ops at a time.
void callers_do_not_disturb_each_other() {
  std::vector<std::thread> callers;
  std::atomic<long> sum{0};
  std::atomic<int> failures{0};
  for (int caller = 0; caller < 4; caller++) {
    callers.emplace_back([&, caller] {
      for (int round = 0; round < 200; round++) {
        try {
          parallel(16, [&](int part) {
            if (caller == 3 && part == 5) throw std::runtime_error("one of them");
            if (caller != 3) sum += part;
          });
        } catch (const std::runtime_error&) {
          failures++;
        }
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(sum == 3L * 200 * 120);
  CHECK(failures == 200);
}

}  // namespace

void test_parallel() {
  for (const int count : {0, 1, 2, 3, 1000}) each_part_is_called_once(count);
  for (int round = 0; round < 200; round++) {
    exception_reaches_the_caller();
    one_of_many_exceptions_reaches_the_caller();
  }
  parts_after_an_exception_are_not_begun();
  callers_do_not_disturb_each_other();
  each_part_is_called_once(1000);
}
