// Max pooling as ops of TensorFlow, known where the processor can run them. A compiled step takes them in place of its own
// (src/compile/max-pool.ts).

#include "max_pool.h"

#include "op_kernel.h"

namespace {

using op_kernel::Tensor;

/// Of both ops. The gradient knows the images' size from its attributes alone.
struct Window {
  int size, stride, padding;
};

void* window(TF_OpKernelConstruction* made) {
  return new Window{op_kernel::int_attribute(made, "size"), op_kernel::int_attribute(made, "stride"), op_kernel::int_attribute(made, "padding")};
}

void pool(void* op, TF_OpKernelContext* context) {
  const auto& [size, stride, padding] = *static_cast<Window*>(op);
  const Tensor x = Tensor::input(context, 0);
  const auto at = [&](int axis) { return static_cast<int>(x.dim(axis)); };
  const max_pool::Shape shape{at(0), at(1), at(2), at(3), size, stride, padding};
  const std::vector<int64_t> dims = {shape.images, shape.out_height(), shape.out_width(), shape.channels};
  const Tensor y = Tensor::output(context, 0, dims);
  if (!y.is_there()) return;
  if (TF_NumOutputs(context) == 1) {
    max_pool::pool(shape, x.data(), y.data(), nullptr);
    return;
  }
  const Tensor place = Tensor::output(context, 1, dims, TF_UINT8);
  if (place.is_there()) max_pool::pool(shape, x.data(), y.data(), place.bytes());
}

struct Gradient {
  Window window;
  int height, width;
};

void* gradient(TF_OpKernelConstruction* made) {
  const auto at = [&](const char* name) { return op_kernel::int_attribute(made, name); };
  return new Gradient{{at("size"), at("stride"), at("padding")}, at("height"), at("width")};
}

void compute_gradient(void* op, TF_OpKernelContext* context) {
  const auto& [window, height, width] = *static_cast<Gradient*>(op);
  const Tensor dy = Tensor::input(context, 0), place = Tensor::input(context, 1);
  const int images = static_cast<int>(dy.dim(0)), channels = static_cast<int>(dy.dim(3));
  const Tensor dx = Tensor::output(context, 0, {images, height, width, channels});
  if (!dx.is_there()) return;
  max_pool::gradient({images, height, width, channels, window.size, window.stride, window.padding}, place.bytes(), dy.data(), dx.data());
}

const bool known = [] {
  if (!max_pool::available()) return false;
  op_kernel::add({"TsslMaxPool",
                  {"x: float"},
                  {"y: float", "place: places * uint8"},
                  {"size: int", "stride: int", "padding: int", "places: int >= 0"},
                  window,
                  pool,
                  [](void* op) { delete static_cast<Window*>(op); }});
  op_kernel::add({"TsslMaxPoolGradient",
                  {"dy: float", "place: uint8"},
                  {"dx: float"},
                  {"size: int", "stride: int", "padding: int", "height: int", "width: int"},
                  gradient,
                  compute_gradient,
                  [](void* op) { delete static_cast<Gradient*>(op); }});
  return true;
}();

}  // namespace
