#pragma once
// Batch normalization of a training step, together with what stands around it in a residual network: two
// passes over memory each way.
//
// Ioffe & Szegedy 2015, https://arxiv.org/abs/1502.03167, alg. 1. Tensors are float32 and dense:
// [rows][channels], a row for each pixel of each image. Sums are taken over blocks of rows whose size depends
// on the shape alone, and joined in float64: the same bits for any number of threads.
namespace batch_norm {

struct Shape {
  long rows;
  int channels;
};

/// Whether there are kernels for this processor (kernels.h). Where there are none, nothing below may be
/// called.
bool available();

/// The mean of each channel and the mean square of the distances from it.
void statistics(const Shape& shape, const float* x, float* mean, float* variance);

/// How x becomes y: (x - mean) * scale + beta for each channel.
struct Normalization {
  const float* mean;
  const float* scale;
  const float* beta;
};

/// y = normalized x (+ shortcut, unless it is null) (and max(y, 0), with relu). y may be x or the shortcut.
void normalize(const Shape& shape, const Normalization& norm, const float* x, const float* shortcut,
               bool relu, float* y);

/// What reaches the normalized x from the gradient of y.
struct Incoming {
  const float* dy;
  /// A second part of dy, which is added; or null.
  const float* more;
  /// What `normalize` made with a shortcut and relu; null where there was no shortcut.
  const float* y;
  /// Whether there was a relu.
  bool relu;
  /// Gets dy (+ more) where y > 0, else 0: the gradient of the shortcut too. Null where `more` and `y` are.
  /// May be dy or more.
  float* masked;
};

/// For each channel, the sums of the incoming gradient and of its products with (x - mean).
void gradient_sums(const Shape& shape, const Normalization& norm, const Incoming& incoming, const float* x,
                   float* sum, float* product);

/// dx = scale * (incoming - (x - mean) * slope - offset) for each channel, after `gradient_sums`. dx may be x
/// or dy.
void input_gradient(const Shape& shape, const Normalization& norm, const Incoming& incoming, const float* x,
                    const float* slope, const float* offset, float* dx);

}  // namespace batch_norm
