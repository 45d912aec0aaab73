#pragma once
// All kernels in the instruction set of the unit that includes this.

#include "batch_norm_kernels.h"
#include "kernels.h"
#include "largest_products_kernels.h"
#include "max_pool_kernels.h"
#include "vector.h"
#include "winograd_kernels.h"

namespace {

constexpr Kernels kernels_of_unit(const char* instructions) {
  return {
      instructions,
      {batch_norm::add_distances, batch_norm::normalize_rows, batch_norm::add_gradients,
       batch_norm::input_gradient_rows},
      {largest_products::pack_panel, largest_products::pack_rows, largest_products::find_in_panels},
      {max_pool::pool_row, max_pool::gradient_row},
      {winograd::transform_windows, winograd::transform_gradients, winograd::transform_products,
       winograd::exchange_channels, winograd::transform_filters, winograd::filters_from_products,
       winograd::products_of_tiles, winograd::products_of_channels},
  };
}

}  // namespace
