#pragma once
// Products of matrices in one instruction set, with WIDTH floats in a vector.

#include "panel.h"
#include "vector.h"

namespace products {
namespace {

typedef float Vector __attribute__((vector_size(WIDTH * 4), aligned(4), may_alias));

/// Rows of a product, and vectors of each, whose sums fit the registers: 32 of AVX-512, 16 of AVX2, 32 of
/// NEON.
constexpr int ROWS = WIDTH == 16 ? 12 : WIDTH == 8 ? 3 : 6;
constexpr int VECTORS = WIDTH == 16 ? 2 : 4;
constexpr int STRIP = VECTORS * WIDTH;
static_assert(PANEL % STRIP == 0, "A panel is cut into whole strips.");

inline Vector load(const float* from) { return *reinterpret_cast<const Vector*>(from); }
inline void store(float* to, Vector value) { *reinterpret_cast<Vector*>(to) = value; }

/// C[rows][STRIP] = (C +) A B, with A[i][k] at a[i * row + k * column], and rows of B and C that lie PANEL
/// and c_row apart.
template <int rows>
inline void multiply_strip(int depth, const float* a, long row, long column, const float* b, float* c,
                           long c_row, bool add) {
  // All loops but that over k are unrolled, or the sums would not stay in registers.
  Vector sum[rows][VECTORS];
  UNROLL(16)
  for (int i = 0; i < rows; i++) {
    UNROLL(4)
    for (int v = 0; v < VECTORS; v++) sum[i][v] = Vector{};
  }
  for (int k = 0; k < depth; k++) {
    Vector from_b[VECTORS];
    UNROLL(4)
    for (int v = 0; v < VECTORS; v++) from_b[v] = load(b + k * PANEL + v * WIDTH);
    const float* from_a = a + k * column;
    UNROLL(16)
    for (int i = 0; i < rows; i++) {
      const float value = from_a[i * row];
      UNROLL(4)
      for (int v = 0; v < VECTORS; v++) sum[i][v] += value * from_b[v];
    }
  }
  UNROLL(16)
  for (int i = 0; i < rows; i++) {
    UNROLL(4)
    for (int v = 0; v < VECTORS; v++) {
      float* to = c + i * c_row + v * WIDTH;
      store(to, add ? load(to) + sum[i][v] : sum[i][v]);
    }
  }
}

template <int rows>
struct Rows {
  static void multiply(int count, int depth, const float* a, long row, long column, const float* b, float* c,
                       long c_row, bool add) {
    if (count < rows) return Rows<rows - 1>::multiply(count, depth, a, row, column, b, c, c_row, add);
    for (int from = 0; from < PANEL; from += STRIP) {
      multiply_strip<rows>(depth, a, row, column, b + from, c + from, c_row, add);
    }
  }
};
template <>
struct Rows<0> {
  static void multiply(int, int, const float*, long, long, const float*, float*, long, bool) {}
};

/// C[rows][PANEL] = (C +) A B as above, for any number of rows: they are cut into parts of nearly equal size.
inline void multiply(int rows, int depth, const float* a, long row, long column, const float* b, float* c,
                     long c_row, bool add) {
  const int parts = (rows + ROWS - 1) / ROWS;
  for (int part = 0; part < parts; part++) {
    const int from = rows * part / parts, count = rows * (part + 1) / parts - from;
    Rows<ROWS>::multiply(count, depth, a + from * row, row, column, b, c + from * c_row, c_row, add);
  }
}

}  // namespace
}  // namespace products
