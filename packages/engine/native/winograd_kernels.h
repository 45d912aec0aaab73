#pragma once
// 3x3 convolutions in one instruction set, with WIDTH floats in a vector.

#include "multiply.h"
#include "vector.h"
#include "winograd_tiles.h"

namespace winograd {
namespace {

using products::load;
using products::multiply;
using products::store;
using products::Vector;

// ---- transforms of six, four or three values: the matrices B^T, A^T, A, G and G^T of F(4, 3) with the
// points 0, 1, -1, 2, -2 and infinity.

inline void times_bt(const Vector* d, int step, Vector* out, int out_step) {
  const Vector d0 = d[0], d1 = d[step], d2 = d[2 * step], d3 = d[3 * step], d4 = d[4 * step],
               d5 = d[5 * step];
  const Vector even = d4 - 4 * d2, odd = d3 - 4 * d1, even2 = d4 - d2, odd2 = 2 * (d3 - d1);
  out[0] = 4 * d0 - 5 * d2 + d4;
  out[out_step] = even + odd;
  out[2 * out_step] = even - odd;
  out[3 * out_step] = even2 + odd2;
  out[4 * out_step] = even2 - odd2;
  out[5 * out_step] = 4 * d1 - 5 * d3 + d5;
}

inline void times_at(const Vector* m, int step, Vector* out, int out_step) {
  const Vector m0 = m[0], m5 = m[5 * step];
  const Vector sum1 = m[step] + m[2 * step], diff1 = m[step] - m[2 * step];
  const Vector sum2 = m[3 * step] + m[4 * step], diff2 = m[3 * step] - m[4 * step];
  out[0] = m0 + sum1 + sum2;
  out[out_step] = diff1 + 2 * diff2;
  out[2 * out_step] = sum1 + 4 * sum2;
  out[3 * out_step] = diff1 + 8 * diff2 + m5;
}

inline void times_a(const Vector* y, int step, Vector* out, int out_step) {
  const Vector y0 = y[0], y1 = y[step], y2 = y[2 * step], y3 = y[3 * step];
  const Vector even = y0 + y2, odd = y1 + y3, even2 = y0 + 4 * y2, odd2 = 2 * y1 + 8 * y3;
  out[0] = y0;
  out[out_step] = even + odd;
  out[2 * out_step] = even - odd;
  out[3 * out_step] = even2 + odd2;
  out[4 * out_step] = even2 - odd2;
  out[5 * out_step] = y3;
}

inline void times_g(const Vector* w, int step, Vector* out, int out_step) {
  const Vector w0 = w[0], w1 = w[step], w2 = w[2 * step];
  const Vector ends = (w0 + w2) * (-1.f / 6), middle = w1 * (-1.f / 6);
  const Vector ends2 = w0 * (1.f / 24) + w2 * (1.f / 6), middle2 = w1 * (1.f / 12);
  out[0] = w0 * 0.25f;
  out[out_step] = ends + middle;
  out[2 * out_step] = ends - middle;
  out[3 * out_step] = ends2 + middle2;
  out[4 * out_step] = ends2 - middle2;
  out[5 * out_step] = w2;
}

inline void times_gt(const Vector* m, int step, Vector* out, int out_step) {
  const Vector sum1 = (m[step] + m[2 * step]) * (1.f / 6), diff1 = (m[2 * step] - m[step]) * (1.f / 6);
  const Vector sum2 = m[3 * step] + m[4 * step], diff2 = m[3 * step] - m[4 * step];
  out[0] = m[0] * 0.25f - sum1 + sum2 * (1.f / 24);
  out[out_step] = diff1 + diff2 * (1.f / 12);
  out[2 * out_step] = sum2 * (1.f / 6) - sum1 + m[5 * step];
}

// ---- between images and tiles

void transform_windows(const Images& x, int from, int to, float* v, long plane) {
  for (int tile = from; tile < to; tile++) {
    const Place place = x.place(tile);
    for (int c = 0; c < x.channels; c += WIDTH) {
      Vector d[36], half[36];
      for (int i = 0; i < 6; i++) {
        for (int j = 0; j < 6; j++) {
          const int row = place.row - 1 + i, column = place.column - 1 + j;
          const bool inside = row >= 0 && row < x.height && column >= 0 && column < x.width;
          d[i * 6 + j] = inside ? load(x.data + x.offset(place.image, row, column) + c) : Vector{};
        }
      }
      UNROLL(6)
      for (int j = 0; j < 6; j++) times_bt(d + j, 6, half + j, 6);
      UNROLL(6)
      for (int i = 0; i < 6; i++) times_bt(half + i * 6, 1, d + i * 6, 1);
      float* to_v = v + static_cast<long>(tile - from) * x.channels + c;
      for (int k = 0; k < 36; k++) store(to_v + k * plane, d[k]);
    }
  }
}

void transform_gradients(const Images& dy, int from, int to, int channel, float* m, long plane) {
  for (int tile = from; tile < to; tile++) {
    const Place place = dy.place(tile);
    for (int c = 0; c < PANEL; c += WIDTH) {
      Vector d[16], half[24], out[36];
      for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
          const int row = place.row + i, column = place.column + j;
          const bool inside = row < dy.height && column < dy.width;
          d[i * 4 + j] =
              inside ? load(dy.data + dy.offset(place.image, row, column) + channel + c) : Vector{};
        }
      }
      UNROLL(4)
      for (int j = 0; j < 4; j++) times_a(d + j, 4, half + j, 4);
      UNROLL(6)
      for (int i = 0; i < 6; i++) times_a(half + i * 4, 1, out + i * 6, 1);
      float* to_m = m + static_cast<long>(tile - from) * PANEL + c;
      for (int k = 0; k < 36; k++) store(to_m + k * plane, out[k]);
    }
  }
}

void transform_products(const float* m, long plane, int from, int to, int channel, const Images& y,
                        float* out) {
  for (int tile = from; tile < to; tile++) {
    const Place place = y.place(tile);
    for (int c = 0; c < PANEL; c += WIDTH) {
      Vector d[36], half[24], result[16];
      const float* from_m = m + static_cast<long>(tile - from) * PANEL + c;
      for (int k = 0; k < 36; k++) d[k] = load(from_m + k * plane);
      UNROLL(6)
      for (int j = 0; j < 6; j++) times_at(d + j, 6, half + j, 6);
      UNROLL(4)
      for (int i = 0; i < 4; i++) times_at(half + i * 6, 1, result + i * 4, 1);
      for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
          const int row = place.row + i, column = place.column + j;
          if (row < y.height && column < y.width) {
            store(out + y.offset(place.image, row, column) + channel + c, result[i * 4 + j]);
          }
        }
      }
    }
  }
}

// ---- between filters and their transforms, one panel of filters at a time

void exchange_channels(const float* w, int channels, int filters, float* exchanged) {
  for (int c0 = 0; c0 < channels; c0 += 16)
    for (int k0 = 0; k0 < filters; k0 += 16)
      for (int k = k0; k < k0 + 16; k++)
        for (int c = c0; c < c0 + 16; c++)
          exchanged[static_cast<long>(k) * channels + c] = w[static_cast<long>(c) * filters + k];
}

void transform_filters(const float* w, int channels, int filters, bool turned, int filter, float* u) {
  const long tap = static_cast<long>(channels) * filters, plane = static_cast<long>(channels) * PANEL;
  for (int c = 0; c < channels; c++) {
    for (int k = 0; k < PANEL; k += WIDTH) {
      Vector d[9], half[18], out[36];
      const float* first = w + static_cast<long>(c) * filters + filter + k;
      for (int i = 0; i < 9; i++) d[i] = load(first + (turned ? 8 - i : i) * tap);
      UNROLL(3)
      for (int j = 0; j < 3; j++) times_g(d + j, 3, half + j, 3);
      UNROLL(6)
      for (int i = 0; i < 6; i++) times_g(half + i * 3, 1, out + i * 6, 1);
      float* to_u = u + static_cast<long>(c) * PANEL + k;
      for (int i = 0; i < 36; i++) store(to_u + i * plane, out[i]);
    }
  }
}

void filters_from_products(const float* du, int parts, long apart, int channels, int filters, int filter,
                           float* dw) {
  const long tap = static_cast<long>(channels) * filters, plane = static_cast<long>(channels) * PANEL;
  for (int c = 0; c < channels; c++) {
    for (int k = 0; k < PANEL; k += WIDTH) {
      Vector m[36], half[18], out[9];
      const float* from = du + static_cast<long>(c) * PANEL + k;
      for (int i = 0; i < 36; i++) {
        m[i] = load(from + i * plane);
        for (int part = 1; part < parts; part++) m[i] += load(from + part * apart + i * plane);
      }
      UNROLL(6)
      for (int j = 0; j < 6; j++) times_gt(m + j, 6, half + j, 6);
      UNROLL(3)
      for (int i = 0; i < 3; i++) times_gt(half + i * 6, 1, out + i * 3, 1);
      for (int i = 0; i < 9; i++) store(dw + static_cast<long>(c) * filters + filter + k + i * tap, out[i]);
    }
  }
}

// ---- products of a block

void products_of_tiles(int tiles, int channels, const float* v, const float* u, float* m) {
  for (int k = 0; k < 36; k++) {
    multiply(tiles, channels, v + static_cast<long>(k) * tiles * channels, channels, 1,
             u + static_cast<long>(k) * channels * PANEL, m + static_cast<long>(k) * tiles * PANEL, PANEL,
             false);
  }
}

void products_of_channels(int tiles, int channels, const float* v, const float* dm, float* du, bool add) {
  for (int k = 0; k < 36; k++) {
    multiply(channels, tiles, v + static_cast<long>(k) * tiles * channels, 1, channels,
             dm + static_cast<long>(k) * tiles * PANEL, du + static_cast<long>(k) * channels * PANEL, PANEL,
             add);
  }
}

}  // namespace
}  // namespace winograd
