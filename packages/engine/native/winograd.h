#pragma once
// 3x3 convolutions without a stride, padded by one pixel, by Winograd's minimal filtering F(4x4, 3x3): a
// quarter of the multiplications.
//
// Lavin & Gray 2016, "Fast Algorithms for Convolutional Neural Networks", https://arxiv.org/abs/1509.09308.
// Each 4x4 tile of the output comes from a 6x6 window of the input: y = A^T [(G w G^T) * (B^T x B)] A, whose
// products, summed over channels, are 36 matrix products over all tiles.
//
// All tensors are float32 and dense: images [N][H][W][C], filters [3][3][C][K]. C and K are multiples of
// `channel_step`.
namespace winograd {

constexpr int channel_step = 32;

struct Shape {
  int images, height, width;
};

/// Whether there are kernels for this processor (kernels.h). Where there are none, nothing below may be
/// called.
bool available();

/// y [N][H][W][K] from x [N][H][W][C]. Sums in another order than the direct way: errors about ten times as
/// large, 1e-6 of y's size.
void convolve(const Shape& shape, int channels, int filters, const float* x, const float* w, float* y);

/// The gradient of x from that of y.
void input_gradient(const Shape& shape, int channels, int filters, const float* w, const float* dy,
                    float* dx);

/// The gradient of w from that of y. The sum's order depends on the number of threads, and on nothing else.
void filter_gradient(const Shape& shape, int channels, int filters, const float* x, const float* dy,
                     float* dw);

}  // namespace winograd
