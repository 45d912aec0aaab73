#include "../max_pool.h"

#include <cmath>
#include <limits>

#include "check.h"

namespace {

using max_pool::Shape;

/// A value of the images; minus infinity beyond their edges.
float pixel(const Shape& shape, const Floats& x, int image, int row, int column, int channel) {
  if (row < 0 || column < 0 || row >= shape.height || column >= shape.width) {
    return -std::numeric_limits<float>::infinity();
  }
  return x[((static_cast<long>(image) * shape.height + row) * shape.width + column) * shape.channels +
           channel];
}

void pooling_is_the_definition(const Shape& shape, bool with_ties) {
  const int across = shape.out_width(), down = shape.out_height(), channels = shape.channels;
  const long in = static_cast<long>(shape.images) * shape.height * shape.width * channels,
             out = static_cast<long>(shape.images) * down * across * channels;
  Floats x = fill(in, 7);
  if (with_ties) {
    for (float& value : x) value = std::round(value * 2);
  }
  const Floats dy = fill(out, 8);
  Floats y(out), without_places(out), dx(in), want_y(out);
  std::vector<double> want_dx(in);
  std::vector<uint8_t> place(out), want_place(out);

  long at = 0;
  for (int image = 0; image < shape.images; image++)
    for (int row = 0; row < down; row++)
      for (int column = 0; column < across; column++)
        for (int c = 0; c < channels; c++, at++) {
          const int top = row * shape.stride - shape.padding, left = column * shape.stride - shape.padding;
          float best = -std::numeric_limits<float>::infinity();
          int best_place = 0;
          for (int i = 0; i < shape.size * shape.size; i++) {
            const float value = pixel(shape, x, image, top + i / shape.size, left + i % shape.size, c);
            if (!(value > best)) continue;
            best = value;
            best_place = i;
          }
          want_y[at] = best;
          want_place[at] = static_cast<uint8_t>(best_place);
          const long to =
              (static_cast<long>(image) * shape.height + top + best_place / shape.size) * shape.width + left +
              best_place % shape.size;
          want_dx[to * channels + c] += dy[at];
        }

  max_pool::pool(shape, x.data(), y.data(), place.data());
  max_pool::pool(shape, x.data(), without_places.data(), nullptr);
  max_pool::gradient(shape, place.data(), dy.data(), dx.data());
  CHECK(y == want_y);
  CHECK(without_places == want_y);
  CHECK(place == want_place);
  CHECK(relative_error(dx, want_dx) < 1e-6);
  digest.add(y);
  digest.add(dx);
}

void not_a_number_is_largest() {
  const Shape shape{1, 4, 4, 21, 2, 2, 0};
  Floats x = fill(4 * 4 * 21, 9), y(2 * 2 * 21);
  for (const int c : {0, 20}) x[(4 + 1) * 21 + c] = NAN;
  max_pool::pool(shape, x.data(), y.data(), nullptr);
  CHECK(std::isnan(y[0]) && std::isnan(y[20]) && !std::isnan(y[1]));
}

}  // namespace

void test_max_pool() {
  for (const bool with_ties : {false, true}) {
    pooling_is_the_definition({2, 22, 20, 64, 3, 2, 1}, with_ties);
    pooling_is_the_definition({3, 13, 17, 37, 2, 2, 0}, with_ties);
    pooling_is_the_definition({2, 9, 9, 5, 5, 1, 2}, with_ties);
    pooling_is_the_definition({1, 15, 15, 3, 15, 7, 7}, with_ties);
    pooling_is_the_definition({1, 1, 1, 33, 3, 1, 1}, with_ties);
    pooling_is_the_definition({0, 8, 8, 16, 2, 2, 0}, with_ties);
  }
  not_a_number_is_largest();
}
