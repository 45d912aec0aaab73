#include "../largest_products.h"

#include <cmath>
#include <limits>

#include "check.h"

namespace {

using largest_products::Shape;

using Ints = std::vector<int32_t>;

/// What is found of each row.
struct Found {
  Floats values;
  Ints columns;
};

Found find(const Shape& shape, const Floats& a, const Floats& b, const int32_t* places) {
  Found found{Floats(2 * shape.rows), Ints(2 * shape.rows)};
  largest_products::find(shape, a.data(), b.data(), places, found.values.data(), found.columns.data());
  return found;
}

double product(const Shape& shape, const Floats& a, const Floats& b, long row, long column) {
  double sum = 0;
  for (int k = 0; k < shape.depth; k++) {
    sum += static_cast<double>(a[row * shape.depth + k]) * b[column * shape.depth + k];
  }
  return sum;
}

/// The column of the largest product, but for one column; the lowest of equal ones.
int largest(const Shape& shape, const Floats& a, const Floats& b, long row, int but) {
  int best = -1;
  double most = 0;
  for (int column = 0; column < shape.columns; column++) {
    const double value = product(shape, a, b, row, column);
    if (column == but || (best >= 0 && value <= most)) continue;
    best = column;
    most = value;
  }
  return best;
}

/// Whole numbers, of which float32 has every product, and many are equal.
Floats whole_numbers(long count, unsigned seed) {
  Floats values = fill(count, seed);
  for (float& value : values) value = std::round(value * 2);
  return values;
}

void products_of_whole_numbers_are_exact(const Shape& shape) {
  const Floats a = whole_numbers(static_cast<long>(shape.rows) * shape.depth, 20),
               b = whole_numbers(static_cast<long>(shape.columns) * shape.depth, 21);
  Found want{Floats(2 * shape.rows), Ints(2 * shape.rows)};
  for (int row = 0; row < shape.rows; row++) {
    const int first = largest(shape, a, b, row, -1);
    for (const int second : {0, 1}) {
      const int column = second == 0 ? first : largest(shape, a, b, row, first);
      const float missing = -std::numeric_limits<float>::infinity();
      want.columns[2 * row + second] = column < 0 ? 0 : column;
      want.values[2 * row + second] =
          column < 0 ? missing : static_cast<float>(product(shape, a, b, row, column));
    }
  }
  const Found found = find(shape, a, b, nullptr);
  CHECK(found.values == want.values);
  CHECK(found.columns == want.columns);
  digest.add(found.columns);
}

void products_are_close(const Shape& shape) {
  const Floats a = fill(static_cast<long>(shape.rows) * shape.depth, 22),
               b = fill(static_cast<long>(shape.columns) * shape.depth, 23);
  const Found found = find(shape, a, b, nullptr);
  std::vector<double> want(found.values.size()), of_columns(found.values.size());
  for (int row = 0; row < shape.rows; row++) {
    const int first = largest(shape, a, b, row, -1);
    want[2 * row] = product(shape, a, b, row, first);
    want[2 * row + 1] = product(shape, a, b, row, largest(shape, a, b, row, first));
    for (const int i : {2 * row, 2 * row + 1}) of_columns[i] = product(shape, a, b, row, found.columns[i]);
  }
  CHECK(relative_error(found.values, want) < 1e-5);
  CHECK(relative_error(found.values, of_columns) < 1e-5);
  digest.add(found.values);
  digest.add(found.columns);
}

void places_choose_rows() {
  const Shape all{70, 45, 7};
  const Floats a = fill(70 * 7, 24), b = fill(45 * 7, 25);
  const Found of_all = find(all, a, b, nullptr);
  Ints places(130);
  for (size_t i = 0; i < places.size(); i++) places[i] = static_cast<int32_t>(i * 37 % 70);
  const Found found = find({130, 45, 7}, a, b, places.data());
  bool same = true;
  for (size_t i = 0; i < 2 * places.size(); i++) {
    const size_t from = static_cast<size_t>(2 * places[i / 2]) + i % 2;
    same = same && found.values[i] == of_all.values[from] && found.columns[i] == of_all.columns[from];
  }
  CHECK(same);
}

/// Wherever it lies, an equal row of b has an equal product, and the lower one comes first.
void equal_rows_have_equal_products() {
  const Shape shape{50, 333, 300};
  const Floats a = fill(50 * 300, 26);
  Floats b = fill(333 * 300, 27);
  for (int k = 0; k < 300; k++) b[7 * 300 + k] = b[332 * 300 + k] = 2 * b[200 * 300 + k] + a[k];
  const Found found = find(shape, a, b, nullptr);
  CHECK(found.columns[0] == 7 && found.columns[1] == 332);
  bool same = true;
  for (int row = 0; row < shape.rows; row++) {
    if (found.columns[2 * row] == 7) {
      same = same && found.columns[2 * row + 1] == 332 && found.values[2 * row] == found.values[2 * row + 1];
    }
  }
  CHECK(same);
}

void what_is_no_number_is_never_largest() {
  const float infinity = std::numeric_limits<float>::infinity();
  const Shape shape{1, 40, 1};
  Floats b(40, -infinity);
  b[3] = b[36] = NAN;
  Found found = find(shape, {1}, b, nullptr);
  CHECK(found.values[0] == -infinity && found.values[1] == -infinity);
  CHECK(found.columns[0] == 0 && found.columns[1] == 0);
  b[37] = -5;
  found = find(shape, {1}, b, nullptr);
  CHECK(found.values[0] == -5 && found.columns[0] == 37 && found.values[1] == -infinity);
  b[1] = infinity;
  found = find(shape, {1}, b, nullptr);
  CHECK(found.values[0] == infinity && found.columns[0] == 1 && found.columns[1] == 37);
}

}  // namespace

void test_largest_products() {
  for (const Shape& shape : {Shape{1, 1, 1},
                             {5, 2, 1},
                             {48, 32, 3},
                             {100, 129, 17},
                             {49, 1000, 5},
                             {3, 31, 256},
                             {97, 33, 257},
                             {2, 200, 600},
                             {200, 3, 0}}) {
    products_of_whole_numbers_are_exact(shape);
  }
  products_are_close({131, 300, 129});
  products_are_close({60, 65, 700});
  places_choose_rows();
  equal_rows_have_equal_products();
  what_is_no_number_is_never_largest();
}
