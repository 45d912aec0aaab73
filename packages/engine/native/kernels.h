#pragma once
// The kernels: what the ops compute for one block of their data on one thread, in one instruction set.
//
// x64/ and arm64/ have one unit for each instruction set, compiled with its own flags from the same
// *_kernels.h. Such a unit shows the linker its table and nothing else: an inline function of a shared
// header, compiled there, could otherwise take the place of the same function everywhere, and fail on a
// processor without those instructions.

#include <cstdint>

#include "batch_norm.h"
#include "largest_products_blocks.h"
#include "max_pool.h"
#include "winograd_tiles.h"

struct BatchNormKernels {
  /// For each channel, adds the sums of the distances from the first row, and of their squares.
  void (*add_distances)(const float* x, long rows, int channels, float* sum, float* squares);
  /// As batch_norm::normalize.
  void (*normalize)(long rows, int channels, const batch_norm::Normalization& norm, const float* x,
                    const float* shortcut, bool relu, float* y);
  /// Adds to each channel's two sums those of some rows, which begin `first` floats into the tensors.
  void (*add_gradients)(long rows, int channels, const batch_norm::Normalization& norm,
                        const batch_norm::Incoming& incoming, const float* x, long first, float* sum,
                        float* product);
  /// Some rows of dx, which begin `first` floats into the tensors. What was masked by y is read as it was
  /// stored.
  void (*input_gradient)(long rows, int channels, const batch_norm::Normalization& norm,
                         const batch_norm::Incoming& incoming, const float* x, const float* slope,
                         const float* offset, long first, float* dx);
};

struct LargestProductsKernels {
  /// A panel [depth][PANEL] of up to PANEL rows of b; zeros stand for rows that are missing.
  void (*pack_panel)(const float* b, int count, int depth, float* panel);
  /// Up to ROWS rows of a, the first ones or those at some places, in the order that the products take.
  void (*pack_rows)(const float* a, int depth, const int32_t* places, int rows, float* packed);
  /// As largest_products::find, of packed rows and all panels. `products` is room for [rows][GROUP].
  void (*find_in_panels)(int rows, int columns, int depth, const float* a, const float* panels,
                         float* products, float* values, int32_t* found);
};

struct MaxPoolKernels {
  /// One row of one image's results.
  void (*pool_row)(const max_pool::Shape& shape, const float* image, int row, float* y, uint8_t* place);
  /// One row of one image's gradient; `place` and `dy` are that image's.
  void (*gradient_row)(const max_pool::Shape& shape, const uint8_t* place, const float* dy, int row,
                       float* dx);
};

/// Kernels over the tiles from..to, or over one panel of channels or filters. `plane` is the distance between
/// two of the 36 planes of values, in floats.
struct WinogradKernels {
  /// V[36][tiles][C]: B^T x B of each 6x6 window, which begins one pixel above and left of its 4x4 tile.
  void (*transform_windows)(const winograd::Images& x, int from, int to, float* v, long plane);
  /// One panel [36][tiles][PANEL] of A dy A^T: the channels from `channel` on.
  void (*transform_gradients)(const winograd::Images& dy, int from, int to, int channel, float* m,
                              long plane);
  /// Writes the 4x4 tiles A^T m A, one panel of channels, from M[36][tiles][PANEL].
  void (*transform_products)(const float* m, long plane, int from, int to, int channel,
                             const winograd::Images& y, float* out);
  /// One tap [K][C] of the filters from [C][K].
  void (*exchange_channels)(const float* w, int channels, int filters, float* exchanged);
  /// The panel [36][C][PANEL] of G w G^T, for the filters from `filter` on; w is [3][3][C][K], or turned by
  /// 180 degrees.
  void (*transform_filters)(const float* w, int channels, int filters, bool turned, int filter, float* u);
  /// dw[3][3][C][K] = G^T dU G for the filters from `filter` on; dU is the sum of `parts` panels
  /// [36][C][PANEL], each `apart` floats after the one before.
  void (*filters_from_products)(const float* du, int parts, long apart, int channels, int filters, int filter,
                                float* dw);
  /// M[36][tiles][PANEL] = V[36][tiles][C] U[36][C][PANEL].
  void (*products_of_tiles)(int tiles, int channels, const float* v, const float* u, float* m);
  /// dU[36][C][PANEL] = (dU +) V^T dM, summed over tiles.
  void (*products_of_channels)(int tiles, int channels, const float* v, const float* dm, float* du, bool add);
};

struct Kernels {
  /// The name of the instruction set.
  const char* instructions;
  BatchNormKernels batch_norm;
  LargestProductsKernels largest_products;
  MaxPoolKernels max_pool;
  WinogradKernels winograd;
};

extern const Kernels avx512_kernels, avx2_kernels, neon_kernels;

/// The kernels in the widest instruction set that this processor has and may use (processor.h); null where
/// there are none for it.
const Kernels* widest_kernels();
