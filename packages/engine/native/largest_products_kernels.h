#pragma once
// The two largest products of rows in one instruction set, with WIDTH floats in a vector.

#include <cstdint>

#include "largest_products_blocks.h"
#include "multiply.h"
#include "vector.h"

namespace largest_products {
namespace {

using products::load;
using products::PANEL;
using products::Vector;

typedef int32_t Columns __attribute__((vector_size(WIDTH * 4)));

constexpr float LEAST = -__builtin_inff();
/// In place of a column that is not known.
constexpr int32_t NONE = INT32_MAX;

/// Terms of its sums that a product takes at a time: what it reads of a panel stays in the nearest cache.
constexpr int DEPTH = 256;

// ---- packing

void pack_panel(const float* b, int count, int depth, float* panel) {
  for (int from = 0; from < depth; from += DEPTH) {
    const int to = depth - from < DEPTH ? depth : from + DEPTH;
    for (int column = 0; column < PANEL; column++) {
      const float* row = b + static_cast<long>(column) * depth;
      for (int k = from; k < to; k++) {
        panel[static_cast<long>(k) * PANEL + column] = column < count ? row[k] : 0;
      }
    }
  }
}

/// How rows are cut for products: into nearly equal parts that fit the registers.
struct Parts {
  const int rows, count = (rows - 1) / products::ROWS + 1;
  int first(int part) const { return rows * part / count; }
  int size(int part) const { return first(part + 1) - first(part); }
};

/// Each part of the packed rows is [depth][rows of the part].
void pack_rows(const float* a, int depth, const int32_t* places, int rows, float* packed) {
  const Parts parts{rows};
  for (int part = 0; part < parts.count; part++) {
    const int first = parts.first(part), size = parts.size(part);
    float* const to = packed + static_cast<long>(first) * depth;
    for (int i = 0; i < size; i++) {
      const long place = places == nullptr ? first + i : places[first + i];
      const float* row = a + place * depth;
      for (int k = 0; k < depth; k++) to[static_cast<long>(k) * size + i] = row[k];
    }
  }
}

// ---- products

/// Some columns of products[rows][GROUP]: those of packed rows with a panel.
inline void multiply_panel(int rows, int depth, const float* a, const float* panel, float* products) {
  const Parts parts{rows};
  for (int from = 0; from == 0 || from < depth; from += DEPTH) {
    const int terms = depth - from < DEPTH ? depth - from : DEPTH;
    for (int part = 0; part < parts.count; part++) {
      const int first = parts.first(part), size = parts.size(part);
      const float* part_of_a = a + static_cast<long>(first) * depth + static_cast<long>(from) * size;
      products::multiply(size, terms, part_of_a, 1, size, panel + static_cast<long>(from) * PANEL,
                         products + first * GROUP, GROUP, from > 0);
    }
  }
}

// ---- the largest

/// The two largest products of a row so far: in each lane those of the columns that fell into it.
struct Largest {
  Vector first = Vector{} + LEAST, second = Vector{} + LEAST;
  Columns first_column = Columns{} + NONE, second_column = Columns{} + NONE;
};

/// Takes one more product into each lane, of a higher column than those before.
inline void take(Largest& largest, Vector product, Columns column) {
  const Columns is_first = product > largest.first, is_second = product > largest.second;
  largest.second = is_first ? largest.first : is_second ? product : largest.second;
  largest.second_column = is_first ? largest.first_column : is_second ? column : largest.second_column;
  largest.first = is_first ? product : largest.first;
  largest.first_column = is_first ? column : largest.first_column;
}

struct Product {
  float value;
  int32_t column;
};

/// The larger of two products; of equal ones that of the lower column. Without a branch: no processor could
/// guess which it is.
inline Product larger(Product a, Product b) {
  const bool is_b = (b.value > a.value) | ((b.value == a.value) & (b.column < a.column));
  return {is_b ? b.value : a.value, is_b ? b.column : a.column};
}

/// Writes the two largest of all lanes.
inline void write(const Largest& largest, float* values, int32_t* columns) {
  Product first{LEAST, NONE}, second{LEAST, NONE};
  for (int lane = 0; lane < WIDTH; lane++) {
    first = larger(first, {largest.first[lane], largest.first_column[lane]});
  }
  for (int lane = 0; lane < WIDTH; lane++) {
    const bool is_written = largest.first_column[lane] == first.column;
    second = larger(second, {is_written ? largest.second[lane] : largest.first[lane],
                             is_written ? largest.second_column[lane] : largest.first_column[lane]});
  }
  values[0] = first.value;
  values[1] = second.value;
  columns[0] = first.column == NONE ? 0 : first.column;
  columns[1] = second.column == NONE ? 0 : second.column;
}

void find_in_panels(int rows, int columns, int depth, const float* a, const float* panels, float* products,
                    float* values, int32_t* found) {
  Columns lanes;
  for (int lane = 0; lane < WIDTH; lane++) lanes[lane] = lane;
  Largest largest[ROWS];
  for (int first = 0; first < columns; first += GROUP) {
    const int count = columns - first < GROUP ? columns - first : GROUP;
    const int whole_vectors = (count + WIDTH - 1) / WIDTH * WIDTH;
    for (int panel = 0; panel < count; panel += PANEL) {
      multiply_panel(rows, depth, a, panels + static_cast<long>(first + panel) * depth, products + panel);
    }
    for (int i = 0; i < rows; i++) {
      float* const row = products + i * GROUP;
      for (int column = count; column < whole_vectors; column++) row[column] = LEAST;
      Largest of_row = largest[i];
      for (int column = 0; column < whole_vectors; column += WIDTH) {
        take(of_row, load(row + column), lanes + (first + column));
      }
      largest[i] = of_row;
    }
  }
  for (int i = 0; i < rows; i++) write(largest[i], values + 2 * i, found + 2 * i);
}

}  // namespace
}  // namespace largest_products
