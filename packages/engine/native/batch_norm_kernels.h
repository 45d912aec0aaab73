#pragma once
// Batch normalization in one instruction set, with WIDTH floats in a vector.

#include "batch_norm.h"
#include "vector.h"

namespace batch_norm {
namespace {

typedef float Vector __attribute__((vector_size(WIDTH * 4)));

/// As a copy: a template's argument loses its type's alignment.
template <typename V>
inline V load(const float* from) {
  V value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}
template <typename V>
inline void store(float* to, V value) {
  __builtin_memcpy(to, &value, sizeof value);
}

/// The same for every channel: in vectors, and the last few one by one.
#define FOR_CHANNELS(each)                                                                   \
  {                                                                                          \
    int channel = 0;                                                                         \
    for (; channel + WIDTH <= channels; channel += WIDTH) each.template at<Vector>(channel); \
    for (; channel < channels; channel++) each.template at<float>(channel);                  \
  }

/// Rows that are taken at once: what is kept for each channel is then read and written once for all of them.
constexpr int ROWS = 4;

template <typename V>
inline V normalized(V x, V mean, V scale, V beta) {
  return (x - mean) * scale + beta;
}

/// max(y, 0), but NaN stays NaN.
template <typename V>
inline V rectified(V y) {
  return y < 0 ? V{} : y;
}

// ---- statistics

template <int rows>
struct AddDistances {
  const float* x;
  long channels;
  const float* origin;
  float *sum, *squares;

  template <typename V>
  inline void at(int c) const {
    const V from = load<V>(origin + c);
    V distances{}, products{};
    UNROLL(4)
    for (int r = 0; r < rows; r++) {
      const V distance = load<V>(x + r * channels + c) - from;
      distances += distance;
      products += distance * distance;
    }
    store<V>(sum + c, load<V>(sum + c) + distances);
    store<V>(squares + c, load<V>(squares + c) + products);
  }
};

void add_distances(const float* x, long rows, int channels, float* sum, float* squares) {
  const float* const origin = x;
  long row = 0;
  for (; row + ROWS <= rows; row += ROWS) {
    const AddDistances<ROWS> each{x + row * channels, channels, origin, sum, squares};
    FOR_CHANNELS(each);
  }
  for (; row < rows; row++) {
    const AddDistances<1> each{x + row * channels, channels, origin, sum, squares};
    FOR_CHANNELS(each);
  }
}

// ---- forward

template <bool add, bool relu>
struct NormalizeRow {
  const Normalization& norm;
  const float *x, *shortcut;
  float* y;

  template <typename V>
  inline void at(int c) const {
    V value =
        normalized(load<V>(x + c), load<V>(norm.mean + c), load<V>(norm.scale + c), load<V>(norm.beta + c));
    if (add) value += load<V>(shortcut + c);
    store<V>(y + c, relu ? rectified(value) : value);
  }
};

template <bool add, bool relu>
inline void normalize_rows_as(long rows, int channels, const Normalization& norm, const float* x,
                              const float* shortcut, float* y) {
  for (long row = 0; row < rows; row++) {
    const long at = row * channels;
    const NormalizeRow<add, relu> each{norm, x + at, shortcut + (add ? at : 0), y + at};
    FOR_CHANNELS(each);
  }
}

void normalize_rows(long rows, int channels, const Normalization& norm, const float* x, const float* shortcut,
                    bool relu, float* y) {
  if (shortcut != nullptr) {
    (relu ? normalize_rows_as<true, true> : normalize_rows_as<true, false>)(rows, channels, norm, x, shortcut,
                                                                            y);
  } else {
    (relu ? normalize_rows_as<false, true> : normalize_rows_as<false, false>)(rows, channels, norm, x,
                                                                              shortcut, y);
  }
}

// ---- gradient

/// Where the relu's mask comes from.
enum class Mask { none, from_x, from_y };

/// What reaches the normalized x at one place.
template <Mask mask, bool two, typename V>
inline V incoming_at(const Normalization& norm, const Incoming& from, long at, int c, V x) {
  V dy = load<V>(from.dy + at);
  if (two) dy += load<V>(from.more + at);
  if (mask == Mask::none) return dy;
  const V y = mask == Mask::from_y
                  ? load<V>(from.y + at)
                  : normalized(x, load<V>(norm.mean + c), load<V>(norm.scale + c), load<V>(norm.beta + c));
  return y > 0 ? dy : V{};
}

template <Mask mask, bool two, int rows>
struct AddGradients {
  const Normalization& norm;
  const Incoming& incoming;
  const float* x;
  long first, channels;
  float *sum, *product;

  template <typename V>
  inline void at(int c) const {
    const V mean = load<V>(norm.mean + c);
    V gradients{}, products{};
    UNROLL(4)
    for (int r = 0; r < rows; r++) {
      const long at = first + r * channels + c;
      const V value = load<V>(x + at);
      const V gradient = incoming_at<mask, two, V>(norm, incoming, at, c, value);
      if (mask == Mask::from_y) store<V>(incoming.masked + at, gradient);
      gradients += gradient;
      products += gradient * (value - mean);
    }
    store<V>(sum + c, load<V>(sum + c) + gradients);
    store<V>(product + c, load<V>(product + c) + products);
  }
};

template <Mask mask, bool two>
inline void add_gradients_as(long rows, int channels, const Normalization& norm, const Incoming& incoming,
                             const float* x, long first, float* sum, float* product) {
  long row = 0;
  for (; row + ROWS <= rows; row += ROWS) {
    const AddGradients<mask, two, ROWS> each{norm,     incoming, x,      first + row * channels,
                                             channels, sum,      product};
    FOR_CHANNELS(each);
  }
  for (; row < rows; row++) {
    const AddGradients<mask, two, 1> each{norm, incoming, x, first + row * channels, channels, sum, product};
    FOR_CHANNELS(each);
  }
}

void add_gradients(long rows, int channels, const Normalization& norm, const Incoming& incoming,
                   const float* x, long first, float* sum, float* product) {
  const auto add = incoming.y != nullptr ? (incoming.more != nullptr ? add_gradients_as<Mask::from_y, true>
                                                                     : add_gradients_as<Mask::from_y, false>)
                   : incoming.relu       ? add_gradients_as<Mask::from_x, false>
                                         : add_gradients_as<Mask::none, false>;
  add(rows, channels, norm, incoming, x, first, sum, product);
}

template <Mask mask>
struct InputGradientRow {
  const Normalization& norm;
  const Incoming& incoming;
  const float* x;
  const float *slope, *offset;
  float* dx;
  long first;

  template <typename V>
  inline void at(int c) const {
    const V value = load<V>(x + first + c);
    const V gradient = incoming_at<mask, false, V>(norm, incoming, first + c, c, value);
    const V distance = value - load<V>(norm.mean + c);
    store<V>(dx + first + c,
             (gradient - distance * load<V>(slope + c) - load<V>(offset + c)) * load<V>(norm.scale + c));
  }
};

template <Mask mask>
inline void input_gradient_as(long rows, int channels, const Normalization& norm, const Incoming& incoming,
                              const float* x, const float* slope, const float* offset, long first,
                              float* dx) {
  for (long row = 0; row < rows; row++) {
    const InputGradientRow<mask> each{norm, incoming, x, slope, offset, dx, first + row * channels};
    FOR_CHANNELS(each);
  }
}

void input_gradient_rows(long rows, int channels, const Normalization& norm, const Incoming& incoming,
                         const float* x, const float* slope, const float* offset, long first, float* dx) {
  const bool masked = incoming.y != nullptr;
  const Incoming given{masked ? incoming.masked : incoming.dy, nullptr, nullptr, incoming.relu && !masked,
                       nullptr};
  (given.relu ? input_gradient_as<Mask::from_x> : input_gradient_as<Mask::none>)(rows, channels, norm, given,
                                                                                 x, slope, offset, first, dx);
}

#undef FOR_CHANNELS

}  // namespace
}  // namespace batch_norm
