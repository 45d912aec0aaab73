#pragma once
// Max pooling that remembers where in its window each maximum was, so that its gradient need not look for it
// again.
//
// All tensors are dense: images [N][H][W][C] of float32, results [N][H'][W'][C].

#include <cstdint>

#include "inlined.h"

namespace max_pool {

/// The number of places in the largest window: the place of a maximum is kept in one byte.
constexpr int MOST_PLACES = 255;

/// Square windows of at most MOST_PLACES; pixels beyond the edges count as minus infinity. Padding is less
/// than the size, and a padded image no smaller than a window.
struct Shape {
  int images, height, width, channels;
  int size, stride, padding;
  INLINED int out_height() const { return (height + 2 * padding - size) / stride + 1; }
  INLINED int out_width() const { return (width + 2 * padding - size) / stride + 1; }
};

/// Whether there are kernels for this processor (kernels.h). Where there are none, nothing below may be
/// called.
bool available();

/// y, and in `place`, unless it is null, row * size + column of each maximum in its window: the first of
/// equal ones. NaN counts as largest.
void pool(const Shape& shape, const float* x, float* y, uint8_t* place);

/// The gradient of x: at each pixel the sum of dy over the windows whose maximum it was.
void gradient(const Shape& shape, const uint8_t* place, const float* dy, float* dx);

}  // namespace max_pool
