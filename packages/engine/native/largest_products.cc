#include "largest_products.h"

#include <algorithm>

#include "kernels.h"
#include "largest_products_blocks.h"
#include "parallel.h"
#include "scratch.h"

namespace largest_products {

using products::PANEL;

bool available() { return widest_kernels() != nullptr; }

void find(const Shape& shape, const float* a, const float* b, const int32_t* places, float* values,
          int32_t* columns) {
  const LargestProductsKernels& kernels = widest_kernels()->largest_products;
  const int depth = shape.depth, panels = (shape.columns - 1) / PANEL + 1;
  const Scratch packed_b(static_cast<long>(panels) * depth * PANEL);
  parallel(panels, [&](int panel) {
    const int first = panel * PANEL;
    kernels.pack_panel(b + static_cast<long>(first) * depth, std::min(PANEL, shape.columns - first), depth,
                       packed_b.get() + static_cast<long>(first) * depth);
  });
  parallel((shape.rows - 1) / ROWS + 1, [&](int part) {
    const long first = static_cast<long>(part) * ROWS;
    const int rows = static_cast<int>(std::min<long>(ROWS, shape.rows - first));
    const Scratch packed_a(static_cast<long>(rows) * depth), products(rows * GROUP);
    if (places == nullptr) {
      kernels.pack_rows(a + first * depth, depth, nullptr, rows, packed_a.get());
    } else {
      kernels.pack_rows(a, depth, places + first, rows, packed_a.get());
    }
    kernels.find_in_panels(rows, shape.columns, depth, packed_a.get(), packed_b.get(), products.get(),
                           values + 2 * first, columns + 2 * first);
  });
}

}  // namespace largest_products
