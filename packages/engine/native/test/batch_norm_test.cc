#include "../batch_norm.h"

#include <algorithm>
#include <cmath>

#include "check.h"

namespace {

using batch_norm::Incoming;
using batch_norm::Normalization;
using batch_norm::Shape;
using Doubles = std::vector<double>;

constexpr double TOLERANCE = 1e-5;
constexpr double EPSILON = 1e-3;

struct Case {
  const Shape shape;
  const long size;
  const Floats x, shortcut, gamma, beta, dy, more;
  explicit Case(const Shape& of)
      : shape(of),
        size(of.rows * of.channels),
        x(fill(size, 1)),
        shortcut(fill(size, 2)),
        gamma(fill(of.channels, 3)),
        beta(fill(of.channels, 4)),
        dy(fill(size, 5)),
        more(fill(size, 6)) {}
};

/// What the kernels take: the deviation is not among them.
struct Statistics {
  Floats mean, variance, scale;
  Normalization norm(const Case& of) const { return {mean.data(), scale.data(), of.beta.data()}; }
};

Statistics statistics_of(const Case& of) {
  const int channels = of.shape.channels;
  Statistics found{Floats(channels), Floats(channels), Floats(channels)};
  batch_norm::statistics(of.shape, of.x.data(), found.mean.data(), found.variance.data());
  for (int c = 0; c < channels; c++) {
    found.scale[c] = static_cast<float>(of.gamma[c] / std::sqrt(found.variance[c] + EPSILON));
  }
  Doubles mean(channels), variance(channels);
  for (long i = 0; i < of.size; i++) mean[i % channels] += of.x[i] / static_cast<double>(of.shape.rows);
  for (long i = 0; i < of.size; i++) {
    const double distance = of.x[i] - mean[i % channels];
    variance[i % channels] += distance * distance / static_cast<double>(of.shape.rows);
  }
  CHECK(relative_error(found.mean, mean) < TOLERANCE);
  CHECK(relative_error(found.variance, variance) < TOLERANCE);
  digest.add(found.mean);
  digest.add(found.variance);
  return found;
}

double normalized(const Case& of, const Statistics& given, long i) {
  const long c = i % of.shape.channels;
  return (static_cast<double>(of.x[i]) - given.mean[c]) * given.scale[c] + of.beta[c];
}

/// In place of x, as the op does it.
Floats forward(const Case& of, const Statistics& given, bool add, bool relu) {
  Floats y = of.x;
  batch_norm::normalize(of.shape, given.norm(of), y.data(), add ? of.shortcut.data() : nullptr, relu,
                        y.data());
  Doubles want(of.size);
  for (long i = 0; i < of.size; i++) {
    want[i] = normalized(of, given, i) + (add ? of.shortcut[i] : 0);
    if (relu) want[i] = std::max(want[i], 0.0);
  }
  CHECK(relative_error(y, want) < TOLERANCE);
  digest.add(y);
  return y;
}

/// `y` is what the forward pass made with a shortcut; or null. The gradients are written over dy and over x.
void backward(const Case& of, const Statistics& given, const Floats* y, bool two, bool relu) {
  const int channels = of.shape.channels;
  const long rows = of.shape.rows;
  Floats masked = of.dy, dx = of.x, sum(channels), product(channels);
  const Incoming incoming{y != nullptr ? masked.data() : of.dy.data(), two ? of.more.data() : nullptr,
                          y != nullptr ? y->data() : nullptr, relu, y != nullptr ? masked.data() : nullptr};
  batch_norm::gradient_sums(of.shape, given.norm(of), incoming, dx.data(), sum.data(), product.data());

  Doubles gradient(of.size), want_sum(channels), want_product(channels), want(of.size);
  for (long i = 0; i < of.size; i++) {
    const bool passes = !relu || (y != nullptr ? (*y)[i] > 0 : normalized(of, given, i) > 0);
    gradient[i] = passes ? of.dy[i] + (two ? of.more[i] : 0.0) : 0.0;
    want_sum[i % channels] += gradient[i];
    want_product[i % channels] += gradient[i] * (static_cast<double>(of.x[i]) - given.mean[i % channels]);
  }
  CHECK(relative_error(sum, want_sum) < TOLERANCE);
  CHECK(relative_error(product, want_product) < TOLERANCE);
  if (y != nullptr) CHECK(relative_error(masked, gradient) < TOLERANCE);

  Floats slope(channels), offset(channels);
  for (int c = 0; c < channels; c++) {
    slope[c] = product[c] / static_cast<float>(rows) / (given.variance[c] + static_cast<float>(EPSILON));
    offset[c] = sum[c] / static_cast<float>(rows);
  }
  batch_norm::input_gradient(of.shape, given.norm(of), incoming, dx.data(), slope.data(), offset.data(),
                             dx.data());
  for (long i = 0; i < of.size; i++) {
    const long c = i % channels;
    const double distance = static_cast<double>(of.x[i]) - given.mean[c];
    want[i] = given.scale[c] * (gradient[i] - distance * slope[c] - offset[c]);
  }
  CHECK(relative_error(dx, want) < TOLERANCE);
  for (const Floats* values : {&sum, &product, &masked, &dx}) digest.add(*values);
}

void not_a_number_stays_one() {
  const Case of({2, 5});
  const Statistics given = statistics_of(of);
  Floats x = of.x, y(x.size());
  x[7] = NAN;
  batch_norm::normalize(of.shape, given.norm(of), x.data(), nullptr, true, y.data());
  CHECK(std::isnan(y[7]) && !std::isnan(y[6]));
}

}  // namespace

void test_batch_norm() {
  // More rows than a block has, rows that no block divides, and channels that no vector does.
  for (const Shape& shape :
       {Shape{2000, 64}, Shape{777, 37}, Shape{1025, 3}, Shape{33, 1}, Shape{5, 130}, Shape{1, 16}}) {
    const Case of(shape);
    const Statistics given = statistics_of(of);
    for (const bool relu : {false, true}) {
      forward(of, given, false, relu);
      forward(of, given, true, relu);
      backward(of, given, nullptr, false, relu);
    }
    const Floats y = forward(of, given, true, true);
    backward(of, given, &y, false, true);
    backward(of, given, &y, true, true);
  }
  not_a_number_stays_one();
}
