#include "max_pool.h"

#include <algorithm>
#include <cstdlib>

#include "parallel.h"
#include "processor.h"

namespace max_pool {

#ifdef __x86_64__

#define KERNELS "max_pool_kernels.h"
#include "both_widths.h"

namespace {

const bool wide = processor::has_avx512();

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

bool available() { return processor::has_avx2(); }

void pool(const Shape& shape, const float* x, float* y, uint8_t* place) {
  const long in_row = static_cast<long>(shape.width) * shape.channels, out_row = static_cast<long>(shape.out_width()) * shape.channels;
  for_rows(shape.images, shape.out_height(), [&](int image, int row) {
    const long at = (static_cast<long>(image) * shape.out_height() + row) * out_row;
    (wide ? avx512::pool_row : avx2::pool_row)(shape, x + image * shape.height * in_row, row, y + at, place == nullptr ? nullptr : place + at);
  });
}

void gradient(const Shape& shape, const uint8_t* place, const float* dy, float* dx) {
  const long in_row = static_cast<long>(shape.width) * shape.channels, out_row = static_cast<long>(shape.out_width()) * shape.channels;
  for_rows(shape.images, shape.height, [&](int image, int row) {
    const long of_image = image * shape.out_height() * out_row;
    float* const to = dx + (static_cast<long>(image) * shape.height + row) * in_row;
    (wide ? avx512::gradient_row : avx2::gradient_row)(shape, place + of_image, dy + of_image, row, to);
  });
}

#else

bool available() { return false; }
void pool(const Shape&, const float*, float*, uint8_t*) { std::abort(); }
void gradient(const Shape&, const uint8_t*, const float*, float*) { std::abort(); }

#endif

}  // namespace max_pool
