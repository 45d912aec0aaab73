#include "../winograd.h"

#include <new>

#include "check.h"

namespace {

using winograd::Shape;

/// Winograd's transforms lose a digit.
constexpr double TOLERANCE = 1e-5;

/// Calls each(pixel of x, tap, pixel of y) for every product of the convolution's definition.
template <typename Each>
void for_products(const Shape& shape, const Each& each) {
  for (int image = 0; image < shape.images; image++)
    for (int row = 0; row < shape.height; row++)
      for (int column = 0; column < shape.width; column++)
        for (int tap = 0; tap < 9; tap++) {
          const int from_row = row + tap / 3 - 1, from_column = column + tap % 3 - 1;
          if (from_row < 0 || from_column < 0 || from_row >= shape.height || from_column >= shape.width)
            continue;
          const long of_image = static_cast<long>(image) * shape.height;
          each((of_image + from_row) * shape.width + from_column, tap,
               (of_image + row) * shape.width + column);
        }
}

void convolution_is_the_definition(const Shape& shape, int channels, int filters) {
  const long pixels = static_cast<long>(shape.images) * shape.height * shape.width;
  const Floats x = fill(pixels * channels, 10), w = fill(9L * channels * filters, 11),
               dy = fill(pixels * filters, 12);
  Floats y(dy.size()), dx(x.size()), dw(w.size());
  winograd::convolve(shape, channels, filters, x.data(), w.data(), y.data());
  winograd::input_gradient(shape, channels, filters, w.data(), dy.data(), dx.data());
  winograd::filter_gradient(shape, channels, filters, x.data(), dy.data(), dw.data());

  std::vector<double> want_y(dy.size()), want_dx(x.size()), want_dw(w.size());
  for_products(shape, [&](long from, int tap, long to) {
    for (int c = 0; c < channels; c++)
      for (int k = 0; k < filters; k++) {
        const long at = (static_cast<long>(tap) * channels + c) * filters + k;
        want_y[to * filters + k] += static_cast<double>(x[from * channels + c]) * w[at];
        want_dx[from * channels + c] += static_cast<double>(dy[to * filters + k]) * w[at];
        want_dw[at] += static_cast<double>(x[from * channels + c]) * dy[to * filters + k];
      }
  });
  CHECK(relative_error(y, want_y) < TOLERANCE);
  CHECK(relative_error(dx, want_dx) < TOLERANCE);
  CHECK(relative_error(dw, want_dw) < TOLERANCE);
}

/// The filters' transforms alone would be larger than any address space. Nothing is read before there is room
/// for them.
void too_large_is_refused() {
  bool refused = false;
  try {
    winograd::convolve({1 << 26, 4, 4}, 1 << 30, 1 << 25, nullptr, nullptr, nullptr);
  } catch (const std::bad_alloc&) {
    refused = true;
  }
  CHECK(refused);
}

}  // namespace

void test_winograd() {
  convolution_is_the_definition({3, 32, 28}, 32, 64);  // more tiles than filters
  convolution_is_the_definition({2, 8, 8}, 96, 64);    // fewer
  convolution_is_the_definition({5, 15, 14}, 64, 32);  // tiles that reach beyond the edges
  convolution_is_the_definition({1, 1, 1}, 32, 32);
  convolution_is_the_definition({1, 3, 70}, 32, 32);
  convolution_is_the_definition({0, 8, 8}, 32, 32);
  too_large_is_refused();
}
