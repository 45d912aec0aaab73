// Max pooling as ops of TensorFlow, known where the processor can run them. A compiled step takes them in
// place of its own (src/compile/max-pool.ts).

#include <climits>
#include <string>

#include "max_pool.h"
#include "op_kernel.h"

namespace {

using op_kernel::guarded;
using op_kernel::int_attribute;
using op_kernel::Tensor;

constexpr const char* POOL = "TsslMaxPool";
constexpr const char* GRADIENT = "TsslMaxPoolGradient";

/// The window of either op.
struct Window {
  int size, stride, padding;
};

Window window_of(TF_OpKernelConstruction* made) {
  const Window window{int_attribute(made, "size"), int_attribute(made, "stride"),
                      int_attribute(made, "padding")};
  const auto& [size, stride, padding] = window;
  if (size < 1 || size > max_pool::MOST_PLACES / size) {
    op_kernel::refuse("a window must have 1 to " + std::to_string(max_pool::MOST_PLACES) +
                      " places, but its side is " + std::to_string(size));
  }
  if (stride < 1) op_kernel::refuse("stride must be at least 1, but is " + std::to_string(stride));
  if (padding < 0 || padding >= size) {
    op_kernel::refuse("padding must be from 0 to below the window's side " + std::to_string(size) +
                      ", but is " + std::to_string(padding));
  }
  return window;
}

max_pool::Shape shape_of(const Window& window, int images, int height, int width, int channels) {
  const auto& [size, stride, padding] = window;
  const int64_t padded_height = height + 2L * padding, padded_width = width + 2L * padding;
  if (height < 1 || width < 1 || padded_height < size || padded_width < size) {
    op_kernel::refuse("a window of side " + std::to_string(size) + " must fit into images padded by " +
                      std::to_string(padding) + ", but they have " + std::to_string(height) + "x" +
                      std::to_string(width) + " pixels");
  }
  if (images * padded_height > INT_MAX || padded_width > INT_MAX) {
    op_kernel::refuse("all images must have fewer than 2^31 padded rows, but there are " +
                      std::to_string(images) + " of " + std::to_string(padded_height));
  }
  return {images, height, width, channels, size, stride, padding};
}

void* create_pool(TF_OpKernelConstruction* made) {
  return guarded(made, POOL, [made] { return window_of(made); });
}

void remove_pool(void* op) { delete static_cast<Window*>(op); }

void pool(void* op, TF_OpKernelContext* context) {
  guarded(context, POOL, [op, context] {
    const Tensor x = Tensor::input(context, 0, "x");
    x.require_rank(4);
    const max_pool::Shape shape = shape_of(*static_cast<Window*>(op), x.dim(0), x.dim(1), x.dim(2), x.dim(3));
    const std::vector<int64_t> dims = {shape.images, shape.out_height(), shape.out_width(), shape.channels};
    const Tensor y = Tensor::output(context, 0, dims);
    switch (TF_NumOutputs(context)) {
      case 1:
        return max_pool::pool(shape, x.data(), y.data(), nullptr);
      case 2:
        return max_pool::pool(shape, x.data(), y.data(), Tensor::output(context, 1, dims, TF_UINT8).bytes());
      default:
        op_kernel::refuse("places must be 0 or 1, but is " + std::to_string(TF_NumOutputs(context) - 1));
    }
  });
}

/// The gradient knows the images' size from its attributes alone.
struct Gradient {
  Window window;
  int height, width;
};

void* create_gradient(TF_OpKernelConstruction* made) {
  return guarded(made, GRADIENT, [made] {
    const Gradient gradient{window_of(made), int_attribute(made, "height"), int_attribute(made, "width")};
    shape_of(gradient.window, 0, gradient.height, gradient.width, 0);
    return gradient;
  });
}

void remove_gradient(void* op) { delete static_cast<Gradient*>(op); }

void compute_gradient(void* op, TF_OpKernelContext* context) {
  guarded(context, GRADIENT, [op, context] {
    const auto& [window, height, width] = *static_cast<Gradient*>(op);
    const Tensor dy = Tensor::input(context, 0, "dy"), place = Tensor::input(context, 1, "place", TF_UINT8);
    dy.require_rank(4);
    const max_pool::Shape shape = shape_of(window, dy.dim(0), height, width, dy.dim(3));
    dy.require_shape({shape.images, shape.out_height(), shape.out_width(), shape.channels},
                     "what pooling makes of the images");
    place.require_shape(dy.dims(), "that of dy");
    const Tensor dx = Tensor::output(context, 0, {shape.images, height, width, shape.channels});
    max_pool::gradient(shape, place.bytes(), dy.data(), dx.data());
  });
}

const bool known = [] {
  if (!max_pool::available()) return false;
  op_kernel::add({
      {POOL,
       {"x: float"},
       {"y: float", "place: places * uint8"},
       {"size: int", "stride: int", "padding: int", "places: int >= 0"},
       create_pool,
       pool,
       remove_pool},
      {GRADIENT,
       {"dy: float", "place: uint8"},
       {"dx: float"},
       {"size: int", "stride: int", "padding: int", "height: int", "width: int"},
       create_gradient,
       compute_gradient,
       remove_gradient},
  });
  return true;
}();

}  // namespace
