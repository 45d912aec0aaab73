#include "winograd.h"

#include <algorithm>

#include "kernels.h"
#include "parallel.h"
#include "scratch.h"
#include "winograd_tiles.h"

namespace winograd {
namespace {

/// Tiles that one thread takes at a time: few enough for its cache, many enough to make use of each filter
/// that it loads.
constexpr int BLOCK = 48;

int tile_count(const Shape& shape) {
  return shape.images * ((shape.height + 3) / 4) * ((shape.width + 3) / 4);
}

/// How many parts to cut `count` things into: of about `size`, and as many for each thread.
int part_count(int count, int size) {
  const int rounds = std::max(1, count / (size * thread_count()));
  return std::min(count, rounds * thread_count());
}

/// Where one of `parts` nearly equal parts of `count` things begins.
int part_from(int count, int parts, int part) {
  return static_cast<int>(static_cast<long>(count) * part / parts);
}

const WinogradKernels& kernels_here() { return widest_kernels()->winograd; }

/// v from all tiles of the images, each thread its share.
void transform_all_windows(const WinogradKernels& kernels, const Images& from, int tiles, int channels,
                           float* v) {
  const int parts = part_count(tiles, BLOCK);
  parallel(parts, [&](int part) {
    const int first = part_from(tiles, parts, part), last = part_from(tiles, parts, part + 1);
    kernels.transform_windows(from, first, last, v + static_cast<long>(first) * channels,
                              static_cast<long>(tiles) * channels);
  });
}

/// y from x and w, which is turned by 180 degrees or not.
void run(const Shape& shape, int channels, int filters, const float* x, const float* w, bool turned,
         float* y) {
  const WinogradKernels& kernels = kernels_here();
  const Images from{shape.height, shape.width, channels, x}, to{shape.height, shape.width, filters, y};
  const int tiles = tile_count(shape), panels = filters / PANEL;
  const long u_panel = 36L * channels * PANEL;

  if (tiles <= filters) {
    const Scratch v(36L * tiles * channels);
    transform_all_windows(kernels, from, tiles, channels, v.get());
    parallel(panels, [&](int panel) {
      const Scratch u(u_panel), m(36L * tiles * PANEL);
      kernels.transform_filters(w, channels, filters, turned, panel * PANEL, u.get());
      kernels.products_of_tiles(tiles, channels, v.get(), u.get(), m.get());
      kernels.transform_products(m.get(), static_cast<long>(tiles) * PANEL, 0, tiles, panel * PANEL, to, y);
    });
    return;
  }

  const Scratch u(panels * u_panel);
  parallel(panels, [&](int panel) {
    kernels.transform_filters(w, channels, filters, turned, panel * PANEL, u.get() + panel * u_panel);
  });
  const int parts = part_count(tiles, BLOCK);
  parallel(parts, [&](int part) {
    const int first = part_from(tiles, parts, part), last = part_from(tiles, parts, part + 1),
              count = last - first;
    const Scratch v(36L * count * channels), m(36L * count * PANEL);
    kernels.transform_windows(from, first, last, v.get(), static_cast<long>(count) * channels);
    for (int panel = 0; panel < panels; panel++) {
      kernels.products_of_tiles(count, channels, v.get(), u.get() + panel * u_panel, m.get());
      kernels.transform_products(m.get(), static_cast<long>(count) * PANEL, first, last, panel * PANEL, to,
                                 y);
    }
  });
}

}  // namespace

bool available() { return widest_kernels() != nullptr; }

void convolve(const Shape& shape, int channels, int filters, const float* x, const float* w, float* y) {
  run(shape, channels, filters, x, w, false, y);
}

void input_gradient(const Shape& shape, int channels, int filters, const float* w, const float* dy,
                    float* dx) {
  // The convolution of dy with the filters turned by 180 degrees, inputs and outputs exchanged.
  const WinogradKernels& kernels = kernels_here();
  const long tap = static_cast<long>(channels) * filters;
  const Scratch exchanged(9 * tap);
  parallel(9, [&](int i) {
    kernels.exchange_channels(w + i * tap, channels, filters, exchanged.get() + i * tap);
  });
  run(shape, filters, channels, dy, exchanged.get(), true, dx);
}

void filter_gradient(const Shape& shape, int channels, int filters, const float* x, const float* dy,
                     float* dw) {
  const WinogradKernels& kernels = kernels_here();
  const Images from{shape.height, shape.width, channels, x}, to{shape.height, shape.width, filters, dy};
  const int tiles = tile_count(shape), panels = filters / PANEL;
  const long u_panel = 36L * channels * PANEL;

  if (tiles <= filters) {
    const Scratch v(36L * tiles * channels);
    transform_all_windows(kernels, from, tiles, channels, v.get());
    parallel(panels, [&](int panel) {
      const Scratch dm(36L * tiles * PANEL), du(u_panel);
      kernels.transform_gradients(to, 0, tiles, panel * PANEL, dm.get(), static_cast<long>(tiles) * PANEL);
      kernels.products_of_channels(tiles, channels, v.get(), dm.get(), du.get(), false);
      kernels.filters_from_products(du.get(), 1, 0, channels, filters, panel * PANEL, dw);
    });
    return;
  }

  // Each thread sums over tiles of its own, always the same ones, so that the result does not depend on who
  // was faster.
  const int slots = std::min(thread_count(), tiles);
  const Scratch du(static_cast<long>(slots) * panels * u_panel);
  parallel(slots, [&](int slot) {
    const int begin = part_from(tiles, slots, slot), end = part_from(tiles, slots, slot + 1);
    const Scratch v(36L * BLOCK * channels), dm(36L * BLOCK * PANEL);
    for (int first = begin; first < end; first += BLOCK) {
      const int last = std::min(first + BLOCK, end), count = last - first;
      kernels.transform_windows(from, first, last, v.get(), static_cast<long>(count) * channels);
      for (int panel = 0; panel < panels; panel++) {
        kernels.transform_gradients(to, first, last, panel * PANEL, dm.get(),
                                    static_cast<long>(count) * PANEL);
        kernels.products_of_channels(count, channels, v.get(), dm.get(),
                                     du.get() + (static_cast<long>(slot) * panels + panel) * u_panel,
                                     first > begin);
      }
    }
  });
  parallel(panels, [&](int panel) {
    kernels.filters_from_products(du.get() + panel * u_panel, slots, panels * u_panel, channels, filters,
                                  panel * PANEL, dw);
  });
}

}  // namespace winograd
