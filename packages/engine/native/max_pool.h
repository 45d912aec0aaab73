#pragma once
// Max pooling that remembers where in its window each maximum was, so that its gradient need not look for it again.
//
// All tensors are dense: images [N][H][W][C] of float32, results [N][H'][W'][C].

#include <cstdint>

namespace max_pool {

/// Square windows; pixels beyond the edges count as minus infinity. A window has at most 255 places.
struct Shape {
  int images, height, width, channels;
  int size, stride, padding;
  int out_height() const { return (height + 2 * padding - size) / stride + 1; }
  int out_width() const { return (width + 2 * padding - size) / stride + 1; }
};

/// Whether this processor has the instructions that the kernels are compiled for: AVX-512, or AVX2 with FMA.
bool available();

/// y, and in `place`, unless it is null, row * size + column of each maximum in its window: the first of equal ones. NaN counts as largest.
void pool(const Shape& shape, const float* x, float* y, uint8_t* place);

/// The gradient of x: at each pixel the sum of dy over the windows whose maximum it was.
void gradient(const Shape& shape, const uint8_t* place, const float* dy, float* dx);

}  // namespace max_pool
