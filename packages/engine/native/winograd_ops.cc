// Winograd's convolutions as ops of TensorFlow, known where the processor can run them. A compiled step takes them in place of its own
// (src/compile/winograd.ts).

#include "op_kernel.h"
#include "winograd.h"

namespace {

using op_kernel::Tensor;

winograd::Shape shape_of(const Tensor& images) {
  return {static_cast<int>(images.dim(0)), static_cast<int>(images.dim(1)), static_cast<int>(images.dim(2))};
}

void convolve(void*, TF_OpKernelContext* context) {
  const Tensor x = Tensor::input(context, 0), w = Tensor::input(context, 1);
  const Tensor y = Tensor::output(context, 0, {x.dim(0), x.dim(1), x.dim(2), w.dim(3)});
  if (!y.is_there()) return;
  winograd::convolve(shape_of(x), x.dim(3), w.dim(3), x.data(), w.data(), y.data());
}

void input_gradient(void*, TF_OpKernelContext* context) {
  const Tensor w = Tensor::input(context, 0), dy = Tensor::input(context, 1);
  const Tensor dx = Tensor::output(context, 0, {dy.dim(0), dy.dim(1), dy.dim(2), w.dim(2)});
  if (!dx.is_there()) return;
  winograd::input_gradient(shape_of(dy), w.dim(2), w.dim(3), w.data(), dy.data(), dx.data());
}

void filter_gradient(void*, TF_OpKernelContext* context) {
  const Tensor x = Tensor::input(context, 0), dy = Tensor::input(context, 1);
  const Tensor dw = Tensor::output(context, 0, {3, 3, x.dim(3), dy.dim(3)});
  if (!dw.is_there()) return;
  winograd::filter_gradient(shape_of(x), x.dim(3), dy.dim(3), x.data(), dy.data(), dw.data());
}

const bool known = [] {
  if (!winograd::available()) return false;
  op_kernel::add({"TsslConv3x3", {"x: float", "filter: float"}, {"y: float"}, {}, nullptr, convolve, nullptr});
  op_kernel::add({"TsslConv3x3InputGradient", {"filter: float", "dy: float"}, {"dx: float"}, {}, nullptr, input_gradient, nullptr});
  op_kernel::add({"TsslConv3x3FilterGradient", {"x: float", "dy: float"}, {"dfilter: float"}, {}, nullptr, filter_gradient, nullptr});
  return true;
}();

}  // namespace
