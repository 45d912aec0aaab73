#pragma once
// How images are cut into tiles, and filters into panels.

#include "inlined.h"
#include "panel.h"
#include "winograd.h"

namespace winograd {

using products::PANEL;
static_assert(PANEL == channel_step, "Filters are cut into whole panels.");

struct Place {
  int image, row, column;
};

/// Images as tiles of 4x4 pixels; those at the right and lower edge reach beyond it where the side is no
/// multiple of 4.
struct Images {
  int height, width, channels;
  const float* data;

  INLINED int across() const { return (width + 3) / 4; }
  INLINED int down() const { return (height + 3) / 4; }
  INLINED Place place(int tile) const {
    const int in_image = tile % (across() * down());
    return {tile / (across() * down()), in_image / across() * 4, in_image % across() * 4};
  }
  INLINED long offset(int image, int row, int column) const {
    return ((static_cast<long>(image) * height + row) * width + column) * channels;
  }
};

}  // namespace winograd
