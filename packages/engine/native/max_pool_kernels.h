#pragma once
// Max pooling in one instruction set, with WIDTH floats in a vector.

#include <cstdint>

#include "max_pool.h"
#include "vector.h"

namespace max_pool {
namespace {

typedef float Vector __attribute__((vector_size(WIDTH * 4), aligned(4), may_alias));
typedef int32_t Places __attribute__((vector_size(WIDTH * 4)));
typedef uint8_t Bytes __attribute__((vector_size(WIDTH), aligned(1), may_alias));

/// A place of the window that lies inside the image, or a window that a pixel lies in: where its values are,
/// and which place it is.
struct Tap {
  long offset;
  int place;
};

inline int larger(int a, int b) { return a > b ? a : b; }
inline int smaller(int a, int b) { return a < b ? a : b; }

inline void largest(const float* x, const Tap* taps, int count, int channels, float* y, uint8_t* place) {
  int c = 0;
  for (; c + WIDTH <= channels; c += WIDTH) {
    Vector best = *reinterpret_cast<const Vector*>(x + taps[0].offset + c);
    Places where = Places{} + taps[0].place;
    for (int t = 1; t < count; t++) {
      const Vector value = *reinterpret_cast<const Vector*>(x + taps[t].offset + c);
      const Places is_larger = (value > best) | (value != value);
      best = is_larger ? value : best;
      where = is_larger ? Places{} + taps[t].place : where;
    }
    *reinterpret_cast<Vector*>(y + c) = best;
    if (place != nullptr) *reinterpret_cast<Bytes*>(place + c) = __builtin_convertvector(where, Bytes);
  }
  for (; c < channels; c++) {
    float best = x[taps[0].offset + c];
    int where = taps[0].place;
    for (int t = 1; t < count; t++) {
      const float value = x[taps[t].offset + c];
      if (!(value > best || value != value)) continue;
      best = value;
      where = taps[t].place;
    }
    y[c] = best;
    if (place != nullptr) place[c] = static_cast<uint8_t>(where);
  }
}

void pool_row(const Shape& shape, const float* image, int row, float* y, uint8_t* place) {
  const int top = row * shape.stride - shape.padding;
  Tap taps[MOST_PLACES];
  for (int column = 0; column < shape.out_width(); column++) {
    const int left = column * shape.stride - shape.padding;
    int count = 0;
    for (int a = larger(0, -top); a < shape.size && top + a < shape.height; a++) {
      for (int b = larger(0, -left); b < shape.size && left + b < shape.width; b++) {
        taps[count++] = {(static_cast<long>(top + a) * shape.width + left + b) * shape.channels,
                         a * shape.size + b};
      }
    }
    const long at = static_cast<long>(column) * shape.channels;
    largest(image, taps, count, shape.channels, y + at, place == nullptr ? nullptr : place + at);
  }
}

inline void sum_of_maxima(const uint8_t* place, const float* dy, const Tap* taps, int count, int channels,
                          float* dx) {
  int c = 0;
  for (; c + WIDTH <= channels; c += WIDTH) {
    Vector sum{};
    for (int t = 0; t < count; t++) {
      const long at = taps[t].offset + c;
      const Places where = __builtin_convertvector(*reinterpret_cast<const Bytes*>(place + at), Places);
      const Vector gradient = *reinterpret_cast<const Vector*>(dy + at);
      sum += where == taps[t].place ? gradient : Vector{};
    }
    *reinterpret_cast<Vector*>(dx + c) = sum;
  }
  for (; c < channels; c++) {
    float sum = 0;
    for (int t = 0; t < count; t++) {
      if (place[taps[t].offset + c] == taps[t].place) sum += dy[taps[t].offset + c];
    }
    dx[c] = sum;
  }
}

void gradient_row(const Shape& shape, const uint8_t* place, const float* dy, int row, float* dx) {
  // The windows whose rows (columns) a pixel lies in: those from the first that ends there to the last that
  // begins there.
  const auto first = [&](int pixel) {
    return larger(0, (pixel + shape.padding - shape.size + shape.stride) / shape.stride);
  };
  const auto last = [&](int pixel, int windows) {
    return smaller(windows - 1, (pixel + shape.padding) / shape.stride);
  };
  Tap taps[MOST_PLACES];
  for (int column = 0; column < shape.width; column++) {
    int count = 0;
    for (int i = first(row); i <= last(row, shape.out_height()); i++) {
      for (int j = first(column); j <= last(column, shape.out_width()); j++) {
        const int a = row - (i * shape.stride - shape.padding),
                  b = column - (j * shape.stride - shape.padding);
        taps[count++] = {(static_cast<long>(i) * shape.out_width() + j) * shape.channels, a * shape.size + b};
      }
    }
    sum_of_maxima(place, dy, taps, count, shape.channels, dx + static_cast<long>(column) * shape.channels);
  }
}

}  // namespace
}  // namespace max_pool
