// Batch norm with what stands around it as ops of TensorFlow, known where the processor can run them. A
// compiled step takes them in place of several of its own (src/compile/fused-batch-norm.ts).

#include "batch_norm.h"

#include <algorithm>
#include <climits>
#include <cmath>
#include <string>
#include <vector>

#include "op_kernel.h"

namespace {

using op_kernel::guarded;
using op_kernel::Tensor;

constexpr const char* FORWARD = "TsslBatchNorm";
constexpr const char* GRADIENT = "TsslBatchNormGradient";

/// The last axis is that of the channels; all others are rows.
batch_norm::Shape shape_of(const Tensor& x) {
  const std::vector<int64_t> dims = x.dims();
  int64_t rows = dims.size() < 2 ? 0 : 1;
  for (size_t axis = 0; axis + 1 < dims.size(); axis++) rows *= dims[axis];
  if (rows < 1 || rows > INT_MAX || dims.back() < 1 || dims.back() > INT_MAX) {
    op_kernel::refuse(std::string(x.name()) +
                      " must have from 1 to below 2^31 rows and channels, but has shape " +
                      op_kernel::text(dims));
  }
  return {static_cast<long>(rows), static_cast<int>(dims.back())};
}

/// An input with one value for each channel of x.
Tensor of_channels(TF_OpKernelContext* context, int index, const char* name, const batch_norm::Shape& shape) {
  Tensor input = Tensor::input(context, index, name);
  input.require_shape({shape.channels}, "one value for each channel of x");
  return input;
}

/// An input of the same shape as x.
Tensor like_x(TF_OpKernelContext* context, int index, const char* name, const std::vector<int64_t>& dims) {
  Tensor input = Tensor::input(context, index, name);
  input.require_shape(dims, "that of x");
  return input;
}

/// The number of inputs or outputs in a list, which must be at most `most`.
int count_of(const char* list, int count, int most) {
  if (count <= most) return count;
  op_kernel::refuse(std::string(list) + " must be at most " + std::to_string(most) + ", but is " +
                    std::to_string(count));
}

struct Forward {
  float epsilon, momentum;
  bool relu;
};

void* create_forward(TF_OpKernelConstruction* made) {
  return guarded(made, FORWARD, [made] {
    return Forward{op_kernel::float_attribute(made, "epsilon"), op_kernel::float_attribute(made, "momentum"),
                   op_kernel::bool_attribute(made, "relu")};
  });
}

void remove_forward(void* op) { delete static_cast<Forward*>(op); }

void compute_forward(void* op, TF_OpKernelContext* context) {
  guarded(context, FORWARD, [op, context] {
    const auto& [epsilon, momentum, relu] = *static_cast<Forward*>(op);
    enum { X, GAMMA, BETA, RUNNING_MEAN, RUNNING_VARIANCE, SHORTCUT };
    const bool add = count_of("shortcuts", TF_NumInputs(context) - SHORTCUT, 1) == 1;
    std::vector<int64_t> dims;
    const batch_norm::Shape shape = [&] {
      const Tensor x = Tensor::input(context, X, "x");
      dims = x.dims();
      return shape_of(x);
    }();
    const int64_t channels = shape.channels;
    const Tensor gamma = of_channels(context, GAMMA, "gamma", shape),
                 beta = of_channels(context, BETA, "beta", shape),
                 running_mean = of_channels(context, RUNNING_MEAN, "running_mean", shape),
                 running_variance = of_channels(context, RUNNING_VARIANCE, "running_variance", shape);
    if (add) like_x(context, SHORTCUT, "shortcut", dims);

    // Nothing may hold x and the shortcut now.
    const Tensor y =
        Tensor::output_over(context, add ? std::vector<int>{X, SHORTCUT} : std::vector<int>{X}, 0, dims);
    const Tensor new_mean = Tensor::output(context, 1, {channels}),
                 new_variance = Tensor::output(context, 2, {channels}),
                 mean = Tensor::output(context, 3, {channels}),
                 deviation = Tensor::output(context, 4, {channels});
    const Tensor x = Tensor::input(context, X, "x");

    std::vector<float> variance(channels), scale(channels);
    batch_norm::statistics(shape, x.data(), mean.data(), variance.data());
    const float unbiased = static_cast<float>(shape.rows) / static_cast<float>(std::max(1L, shape.rows - 1));
    for (int c = 0; c < channels; c++) {
      deviation.data()[c] = 1 / std::sqrt(variance[c] + epsilon);
      scale[c] = gamma.data()[c] * deviation.data()[c];
      new_mean.data()[c] = (1 - momentum) * running_mean.data()[c] + momentum * mean.data()[c];
      new_variance.data()[c] =
          (1 - momentum) * running_variance.data()[c] + momentum * (variance[c] * unbiased);
    }
    const batch_norm::Normalization norm{mean.data(), scale.data(), beta.data()};
    if (add) {
      const Tensor shortcut = Tensor::input(context, SHORTCUT, "shortcut");
      batch_norm::normalize(shape, norm, x.data(), shortcut.data(), relu, y.data());
    } else {
      batch_norm::normalize(shape, norm, x.data(), nullptr, relu, y.data());
    }
  });
}

struct Gradient {
  bool relu;
};

void* create_gradient(TF_OpKernelConstruction* made) {
  return guarded(made, GRADIENT, [made] { return Gradient{op_kernel::bool_attribute(made, "relu")}; });
}

void remove_gradient(void* op) { delete static_cast<Gradient*>(op); }

void compute_gradient(void* op, TF_OpKernelContext* context) {
  guarded(context, GRADIENT, [op, context] {
    const bool relu = static_cast<Gradient*>(op)->relu;
    enum { X, GAMMA, BETA, MEAN, DEVIATION, DY };
    const bool add = count_of("shortcuts", TF_NumOutputs(context) - 3, 1) == 1;
    const bool two = count_of("parts", TF_NumInputs(context) - DY - add, 2) == 2;
    if (two && !add) op_kernel::refuse("two parts of dy must come with a shortcut, but there is none");
    if (add && !relu) op_kernel::refuse("a shortcut must come with a relu, but there is none");
    std::vector<int64_t> dims;
    const batch_norm::Shape shape = [&] {
      const Tensor x = Tensor::input(context, X, "x");
      dims = x.dims();
      return shape_of(x);
    }();
    const Tensor gamma = of_channels(context, GAMMA, "gamma", shape),
                 beta = of_channels(context, BETA, "beta", shape),
                 mean = of_channels(context, MEAN, "mean", shape),
                 deviation = of_channels(context, DEVIATION, "inverse_deviation", shape);
    like_x(context, DY, "dy", dims);
    if (two) like_x(context, DY + 1, "dy's second part", dims);
    if (add) like_x(context, DY + 1 + two, "y", dims);

    // Nothing may hold x and dy now.
    std::vector<Tensor> masked;
    if (add) {
      const std::vector<int> parts = two ? std::vector<int>{DY, DY + 1} : std::vector<int>{DY};
      masked.push_back(Tensor::output_over(context, parts, 3, dims));
    }
    const Tensor dx =
        Tensor::output_over(context, add ? std::vector<int>{X} : std::vector<int>{X, DY}, 0, dims);
    const int channels = shape.channels;
    const Tensor dgamma = Tensor::output(context, 1, {channels}),
                 dbeta = Tensor::output(context, 2, {channels});
    const Tensor x = Tensor::input(context, X, "x"), dy = Tensor::input(context, DY, "dy");
    std::vector<Tensor> rest;
    for (int i = DY + 1; i < TF_NumInputs(context); i++) rest.push_back(Tensor::input(context, i, "y"));

    std::vector<float> scale(channels), slope(channels), offset(channels);
    for (int c = 0; c < channels; c++) scale[c] = gamma.data()[c] * deviation.data()[c];
    const batch_norm::Normalization norm{mean.data(), scale.data(), beta.data()};
    const batch_norm::Incoming incoming{dy.data(), two ? rest.front().data() : nullptr,
                                        add ? rest.back().data() : nullptr, relu,
                                        add ? masked[0].data() : nullptr};
    batch_norm::gradient_sums(shape, norm, incoming, x.data(), dbeta.data(), dgamma.data());
    for (int c = 0; c < channels; c++) {
      dgamma.data()[c] *= deviation.data()[c];
      slope[c] = dgamma.data()[c] * deviation.data()[c] / shape.rows;
      offset[c] = dbeta.data()[c] / shape.rows;
    }
    batch_norm::input_gradient(shape, norm, incoming, x.data(), slope.data(), offset.data(), dx.data());
  });
}

const bool known = [] {
  if (!batch_norm::available()) return false;
  op_kernel::add({
      {FORWARD,
       {"x: float", "gamma: float", "beta: float", "running_mean: float", "running_variance: float",
        "shortcut: shortcuts * float"},
       {"y: float", "new_mean: float", "new_variance: float", "mean: float", "inverse_deviation: float"},
       {"epsilon: float", "momentum: float", "relu: bool", "shortcuts: int >= 0"},
       create_forward,
       compute_forward,
       remove_forward},
      // With a shortcut, "y" is what the forward op made and "dshortcut" its gradient.
      {GRADIENT,
       {"x: float", "gamma: float", "beta: float", "mean: float", "inverse_deviation: float",
        "dy: parts * float", "y: shortcuts * float"},
       {"dx: float", "dgamma: float", "dbeta: float", "dshortcut: shortcuts * float"},
       {"relu: bool", "parts: int >= 1", "shortcuts: int >= 0"},
       create_gradient,
       compute_gradient,
       remove_gradient},
  });
  return true;
}();

}  // namespace
