#pragma once
// Checks of the drivers: those that do not hold are counted, and printed with their line.

#include <cmath>
#include <cstdio>
#include <vector>

/// The number of checks that were made, and of those that did not hold.
struct Checks {
  int made = 0, failed = 0;
  void check(bool holds, const char* what, const char* file, int line) {
    made++;
    if (holds) return;
    failed++;
    std::printf("%s:%d: does not hold: %s\n", file, line, what);
  }
};
inline Checks checks;

#define CHECK(condition) checks.check(condition, #condition, __FILE__, __LINE__)

using Floats = std::vector<float>;

/// Numbers from -1 to 1, other ones for each seed.
inline Floats fill(long count, unsigned seed) {
  Floats values(static_cast<size_t>(count));
  unsigned state = seed * 2654435761u + 1;
  for (float& value : values) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<float>(state >> 8) / 8388608.0f - 1;
  }
  return values;
}

/// The largest distance from what is wanted, as a share of the largest wanted value; infinite where one is
/// not a number.
inline double relative_error(const Floats& got, const std::vector<double>& want) {
  double distance = 0, largest = 0;
  if (got.size() != want.size()) return INFINITY;
  for (size_t i = 0; i < want.size(); i++) {
    if (std::isnan(got[i])) return INFINITY;
    distance = std::fmax(distance, std::fabs(got[i] - want[i]));
    largest = std::fmax(largest, std::fabs(want[i]));
  }
  return distance == 0 ? 0 : distance / largest;
}

/// A digest of results that must be the same bits for any number of threads.
struct Digest {
  unsigned long value = 1469598103934665603ul;  // FNV-1a
  template <typename T>
  void add(const std::vector<T>& values) {
    const auto* bytes = reinterpret_cast<const unsigned char*>(values.data());
    for (size_t i = 0; i < values.size() * sizeof(T); i++) value = (value ^ bytes[i]) * 1099511628211ul;
  }
};
inline Digest digest;
