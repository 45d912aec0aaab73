// The two largest products of each row as an op of TensorFlow, known where the processor can run it. A
// compiled step takes it in place of its own (src/compile/largest-products.ts).

#include <string>

#include "largest_products.h"
#include "op_kernel.h"

namespace {

using op_kernel::guarded;
using op_kernel::Tensor;

constexpr const char* OP = "TsslLargestProducts";

/// The places of rows of a, all of which must be there.
Tensor places_of(TF_OpKernelContext* context, int rows) {
  Tensor places = Tensor::input(context, 2, "places", TF_INT32);
  places.require_rank(1);
  for (int i = 0; i < places.dim(0); i++) {
    const int32_t place = places.ints()[i];
    if (place >= 0 && place < rows) continue;
    op_kernel::refuse("places must be from 0 to below the " + std::to_string(rows) +
                      " rows of a, but places[" + std::to_string(i) + "] is " + std::to_string(place));
  }
  return places;
}

void find(void*, TF_OpKernelContext* context) {
  guarded(context, OP, [context] {
    const Tensor a = Tensor::input(context, 0, "a"), b = Tensor::input(context, 1, "b");
    a.require_rank(2);
    b.require_rank(2);
    b.require_shape({b.dim(0), a.dim(1)}, "with rows as long as those of a");
    if (b.dim(0) < 2)
      op_kernel::refuse("b must have 2 rows or more, but has shape " + op_kernel::text(b.dims()));
    const auto find_in = [&](int rows, const int32_t* places) {
      const Tensor values = Tensor::output(context, 0, {rows, 2}),
                   columns = Tensor::output(context, 1, {rows, 2}, TF_INT32);
      if (rows == 0) return;
      largest_products::find({rows, b.dim(0), a.dim(1)}, a.data(), b.data(), places, values.data(),
                             columns.ints());
    };
    switch (TF_NumInputs(context)) {
      case 2:
        return find_in(a.dim(0), nullptr);
      case 3: {
        const Tensor places = places_of(context, a.dim(0));
        return find_in(places.dim(0), places.ints());
      }
      default:
        op_kernel::refuse("gathered must be 0 or 1, but is " + std::to_string(TF_NumInputs(context) - 2));
    }
  });
}

const bool known = [] {
  if (!largest_products::available()) return false;
  op_kernel::add({{OP,
                   {"a: float", "b: float", "places: gathered * int32"},
                   {"values: float", "columns: int32"},
                   {"gathered: int >= 0"},
                   nullptr,
                   find,
                   nullptr}});
  return true;
}();

}  // namespace
