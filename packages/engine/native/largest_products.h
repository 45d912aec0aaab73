#pragma once
// The two largest products of each row with the rows of another matrix, without a matrix of all products.
//
// Both are float32 and dense: a [N][D], b [K][D].

#include <cstdint>

namespace largest_products {

/// How many rows of a are looked at, K from 1 on, and D.
struct Shape {
  int rows, columns, depth;
};

/// Whether there are kernels for this processor (kernels.h). Where there are none, nothing below may be
/// called.
bool available();

/// values[rows][2] and columns[rows][2]: for each row i the two largest of the products a[i] . b[k], the
/// largest first, and which k they have; of equal ones the lower k comes first. With `places`, row i is
/// a[places[i]].
///
/// Minus infinity and what is not a number are never among the largest. Where a row has fewer than two
/// others, minus infinity of column 0 stands for those that are missing.
///
/// The order of a sum depends on D alone: rows of b that are equal have equal products, and results are the
/// same bits on any number of threads.
void find(const Shape& shape, const float* a, const float* b, const int32_t* places, float* values,
          int32_t* columns);

}  // namespace largest_products
