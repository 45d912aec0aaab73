#include "max_pool.h"

#include <algorithm>

#include "kernels.h"
#include "parallel.h"

namespace max_pool {
namespace {

/// Rows that a thread takes at a time.
constexpr int ROWS = 4;

/// Calls row(image, row) for every row of every image.
template <typename Row>
void for_rows(int images, int height, const Row& row) {
  const int rows = images * height;
  parallel((rows + ROWS - 1) / ROWS, [&](int part) {
    for (int i = part * ROWS; i < std::min(rows, (part + 1) * ROWS); i++) row(i / height, i % height);
  });
}

}  // namespace

bool available() { return widest_kernels() != nullptr; }

void pool(const Shape& shape, const float* x, float* y, uint8_t* place) {
  const MaxPoolKernels& kernels = widest_kernels()->max_pool;
  const long in_row = static_cast<long>(shape.width) * shape.channels,
             out_row = static_cast<long>(shape.out_width()) * shape.channels;
  for_rows(shape.images, shape.out_height(), [&](int image, int row) {
    const long at = (static_cast<long>(image) * shape.out_height() + row) * out_row;
    kernels.pool_row(shape, x + static_cast<long>(image) * shape.height * in_row, row, y + at,
                     place == nullptr ? nullptr : place + at);
  });
}

void gradient(const Shape& shape, const uint8_t* place, const float* dy, float* dx) {
  const MaxPoolKernels& kernels = widest_kernels()->max_pool;
  const long in_row = static_cast<long>(shape.width) * shape.channels,
             out_row = static_cast<long>(shape.out_width()) * shape.channels;
  for_rows(shape.images, shape.height, [&](int image, int row) {
    const long of_image = static_cast<long>(image) * shape.out_height() * out_row;
    float* const to = dx + (static_cast<long>(image) * shape.height + row) * in_row;
    kernels.gradient_row(shape, place + of_image, dy + of_image, row, to);
  });
}

}  // namespace max_pool
