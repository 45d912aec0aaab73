#pragma once

namespace products {

/// Columns that a product takes at a time: two vectors of AVX-512, four of AVX2, eight of NEON. A panel of a
/// matrix [K][N] is [K][PANEL], dense.
constexpr int PANEL = 32;

}  // namespace products
