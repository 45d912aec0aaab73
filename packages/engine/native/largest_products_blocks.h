#pragma once
// How the work on largest products is cut.

#include "panel.h"

namespace largest_products {

/// Rows that a thread takes at a time: enough to make use of each panel of b that it loads, and a multiple of
/// the rows that fit the registers of each instruction set.
constexpr int ROWS = 48;

/// Columns whose products are computed before the largest are taken: fewer, and what is known of each row
/// would move between memory and registers more often.
constexpr int GROUP = 4 * products::PANEL;

}  // namespace largest_products
