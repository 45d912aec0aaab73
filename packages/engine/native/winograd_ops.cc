// Winograd's convolutions as ops of TensorFlow, known where the processor can run them. A compiled step takes
// them in place of its own (src/compile/winograd.ts).

#include <string>

#include "op_kernel.h"
#include "winograd.h"

namespace {

using op_kernel::guarded;
using op_kernel::Tensor;

constexpr const char* CONVOLUTION = "TsslConv3x3";
constexpr const char* INPUT_GRADIENT = "TsslConv3x3InputGradient";
constexpr const char* FILTER_GRADIENT = "TsslConv3x3FilterGradient";

winograd::Shape shape_of(const Tensor& images) { return {images.dim(0), images.dim(1), images.dim(2)}; }

/// The number of channels on an axis of images or of a filter, which the kernels take in whole steps.
int channels_of(const Tensor& tensor, int axis) {
  const int channels = tensor.dim(axis);
  if (channels > 0 && channels % winograd::channel_step == 0) return channels;
  op_kernel::refuse(std::string(tensor.name()) + " must have a multiple of " +
                    std::to_string(winograd::channel_step) + " channels on axis " + std::to_string(axis) +
                    ", but has shape " + op_kernel::text(tensor.dims()));
}

Tensor images(TF_OpKernelContext* context, int index, const char* name) {
  Tensor input = Tensor::input(context, index, name);
  input.require_rank(4);
  channels_of(input, 3);
  return input;
}

Tensor filter(TF_OpKernelContext* context, int index) {
  Tensor input = Tensor::input(context, index, "filter");
  input.require_rank(4);
  input.require_shape({3, 3, channels_of(input, 2), channels_of(input, 3)}, "3x3 pixels");
  return input;
}

void require_channels(const Tensor& filter, int axis, const Tensor& images) {
  if (filter.dim(axis) == images.dim(3)) return;
  op_kernel::refuse("axis " + std::to_string(axis) + " of the filter must be as long as " + images.name() +
                    " has channels, but filter has shape " + op_kernel::text(filter.dims()) + " and " +
                    images.name() + " " + op_kernel::text(images.dims()));
}

void convolve(void*, TF_OpKernelContext* context) {
  guarded(context, CONVOLUTION, [context] {
    const Tensor x = images(context, 0, "x"), w = filter(context, 1);
    require_channels(w, 2, x);
    const Tensor y = Tensor::output(context, 0, {x.dim(0), x.dim(1), x.dim(2), w.dim(3)});
    winograd::convolve(shape_of(x), x.dim(3), w.dim(3), x.data(), w.data(), y.data());
  });
}

void input_gradient(void*, TF_OpKernelContext* context) {
  guarded(context, INPUT_GRADIENT, [context] {
    const Tensor w = filter(context, 0), dy = images(context, 1, "dy");
    require_channels(w, 3, dy);
    const Tensor dx = Tensor::output(context, 0, {dy.dim(0), dy.dim(1), dy.dim(2), w.dim(2)});
    winograd::input_gradient(shape_of(dy), w.dim(2), w.dim(3), w.data(), dy.data(), dx.data());
  });
}

void filter_gradient(void*, TF_OpKernelContext* context) {
  guarded(context, FILTER_GRADIENT, [context] {
    const Tensor x = images(context, 0, "x"), dy = images(context, 1, "dy");
    dy.require_shape({x.dim(0), x.dim(1), x.dim(2), dy.dim(3)}, "that of x but for the channels");
    const Tensor dw = Tensor::output(context, 0, {3, 3, x.dim(3), dy.dim(3)});
    winograd::filter_gradient(shape_of(x), x.dim(3), dy.dim(3), x.data(), dy.data(), dw.data());
  });
}

const bool known = [] {
  if (!winograd::available()) return false;
  op_kernel::add({
      {CONVOLUTION, {"x: float", "filter: float"}, {"y: float"}, {}, nullptr, convolve, nullptr},
      {INPUT_GRADIENT, {"filter: float", "dy: float"}, {"dx: float"}, {}, nullptr, input_gradient, nullptr},
      {FILTER_GRADIENT, {"x: float", "dy: float"}, {"dfilter: float"}, {}, nullptr, filter_gradient, nullptr},
  });
  return true;
}();

}  // namespace
