// Batch norm with what stands around it as ops of TensorFlow, known where the processor can run them. A compiled step takes them in place of several
// of its own (src/compile/fused-batch-norm.ts).

#include "batch_norm.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "op_kernel.h"

namespace {

using op_kernel::Tensor;

batch_norm::Shape shape_of(const std::vector<int64_t>& dims) {
  long rows = 1;
  for (size_t axis = 0; axis + 1 < dims.size(); axis++) rows *= dims[axis];
  return {rows, static_cast<int>(dims.back())};
}

struct Forward {
  float epsilon, momentum;
  bool relu;
};

void* forward(TF_OpKernelConstruction* made) {
  return new Forward{op_kernel::float_attribute(made, "epsilon"), op_kernel::float_attribute(made, "momentum"), op_kernel::bool_attribute(made, "relu")};
}

void compute_forward(void* op, TF_OpKernelContext* context) {
  const auto& [epsilon, momentum, relu] = *static_cast<Forward*>(op);
  enum { X, GAMMA, BETA, RUNNING_MEAN, RUNNING_VARIANCE, SHORTCUT };
  const bool add = TF_NumInputs(context) > SHORTCUT;
  const std::vector<int64_t> dims = Tensor::input(context, X).dims();
  const batch_norm::Shape shape = shape_of(dims);
  const Tensor y = Tensor::output_over(context, add ? std::vector<int>{X, SHORTCUT} : std::vector<int>{X}, 0, dims);
  if (!y.is_there()) return;
  const Tensor new_mean = Tensor::output(context, 1, {shape.channels}), new_variance = Tensor::output(context, 2, {shape.channels});
  const Tensor mean = Tensor::output(context, 3, {shape.channels}), deviation = Tensor::output(context, 4, {shape.channels});
  if (!new_mean.is_there() || !new_variance.is_there() || !mean.is_there() || !deviation.is_there()) return;
  const Tensor x = Tensor::input(context, X), gamma = Tensor::input(context, GAMMA), beta = Tensor::input(context, BETA);
  const Tensor running_mean = Tensor::input(context, RUNNING_MEAN), running_variance = Tensor::input(context, RUNNING_VARIANCE);

  std::vector<float> variance(shape.channels), scale(shape.channels);
  batch_norm::statistics(shape, x.data(), mean.data(), variance.data());
  const float unbiased = static_cast<float>(shape.rows) / static_cast<float>(std::max(1L, shape.rows - 1));
  for (int c = 0; c < shape.channels; c++) {
    deviation.data()[c] = 1 / std::sqrt(variance[c] + epsilon);
    scale[c] = gamma.data()[c] * deviation.data()[c];
    new_mean.data()[c] = (1 - momentum) * running_mean.data()[c] + momentum * mean.data()[c];
    new_variance.data()[c] = (1 - momentum) * running_variance.data()[c] + momentum * (variance[c] * unbiased);
  }
  const batch_norm::Normalization norm{mean.data(), scale.data(), beta.data()};
  if (add) {
    batch_norm::normalize(shape, norm, x.data(), Tensor::input(context, SHORTCUT).data(), relu, y.data());
  } else {
    batch_norm::normalize(shape, norm, x.data(), nullptr, relu, y.data());
  }
}

struct Gradient {
  bool relu;
};

void* gradient(TF_OpKernelConstruction* made) { return new Gradient{op_kernel::bool_attribute(made, "relu")}; }

void compute_gradient(void* op, TF_OpKernelContext* context) {
  enum { X, GAMMA, BETA, MEAN, DEVIATION, DY, Y_OR_MORE };
  const bool add = TF_NumOutputs(context) > 3;
  const bool two = TF_NumInputs(context) > Y_OR_MORE + add;
  const std::vector<int64_t> dims = Tensor::input(context, X).dims();
  const batch_norm::Shape shape = shape_of(dims);

  std::vector<Tensor> masked;
  if (add) {
    masked.push_back(Tensor::output_over(context, two ? std::vector<int>{DY, DY + 1} : std::vector<int>{DY}, 3, dims));
    if (!masked[0].is_there()) return;
  }
  const Tensor dx = Tensor::output_over(context, add ? std::vector<int>{X} : std::vector<int>{X, DY}, 0, dims);
  if (!dx.is_there()) return;
  const Tensor dgamma = Tensor::output(context, 1, {shape.channels}), dbeta = Tensor::output(context, 2, {shape.channels});
  if (!dgamma.is_there() || !dbeta.is_there()) return;
  const Tensor x = Tensor::input(context, X), gamma = Tensor::input(context, GAMMA), beta = Tensor::input(context, BETA);
  const Tensor mean = Tensor::input(context, MEAN), deviation = Tensor::input(context, DEVIATION), dy = Tensor::input(context, DY);
  std::vector<Tensor> rest;
  for (int i = DY + 1; i < TF_NumInputs(context); i++) rest.push_back(Tensor::input(context, i));

  const int channels = shape.channels;
  std::vector<float> scale(channels), slope(channels), offset(channels);
  for (int c = 0; c < channels; c++) scale[c] = gamma.data()[c] * deviation.data()[c];
  const batch_norm::Normalization norm{mean.data(), scale.data(), beta.data()};
  const batch_norm::Incoming incoming{dy.data(), two ? rest.front().data() : nullptr, add ? rest.back().data() : nullptr, static_cast<Gradient*>(op)->relu,
                                      add ? masked[0].data() : nullptr};
  batch_norm::gradient_sums(shape, norm, incoming, x.data(), dbeta.data(), dgamma.data());
  for (int c = 0; c < channels; c++) {
    dgamma.data()[c] *= deviation.data()[c];
    slope[c] = dgamma.data()[c] * deviation.data()[c] / shape.rows;
    offset[c] = dbeta.data()[c] / shape.rows;
  }
  batch_norm::input_gradient(shape, norm, incoming, x.data(), slope.data(), offset.data(), dx.data());
}

const bool known = [] {
  if (!batch_norm::available()) return false;
  op_kernel::add({"TsslBatchNorm",
                  {"x: float", "gamma: float", "beta: float", "running_mean: float", "running_variance: float", "shortcut: shortcuts * float"},
                  {"y: float", "new_mean: float", "new_variance: float", "mean: float", "inverse_deviation: float"},
                  {"epsilon: float", "momentum: float", "relu: bool", "shortcuts: int >= 0"},
                  forward,
                  compute_forward,
                  [](void* op) { delete static_cast<Forward*>(op); }});
  // With a shortcut, "y" is what the forward op made and "dshortcut" its gradient.
  op_kernel::add({"TsslBatchNormGradient",
                  {"x: float", "gamma: float", "beta: float", "mean: float", "inverse_deviation: float", "dy: parts * float", "y: shortcuts * float"},
                  {"dx: float", "dgamma: float", "dbeta: float", "dshortcut: shortcuts * float"},
                  {"relu: bool", "parts: int >= 1", "shortcuts: int >= 0"},
                  gradient,
                  compute_gradient,
                  [](void* op) { delete static_cast<Gradient*>(op); }});
  return true;
}();

}  // namespace
