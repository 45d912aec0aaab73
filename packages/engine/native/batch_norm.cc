#include "batch_norm.h"

#include <algorithm>
#include <vector>

#include "kernels.h"
#include "parallel.h"

namespace batch_norm {
namespace {

const BatchNormKernels& kernels_here() { return widest_kernels()->batch_norm; }

/// Floats of a tensor that a thread takes at a time: they fit its cache, and are few enough to be summed in
/// float32.
constexpr long BLOCK = 32768;
constexpr long FEWEST_ROWS = 32, MOST_ROWS = 512;

/// The rows cut into blocks of one size.
struct Blocks {
  explicit Blocks(const Shape& shape)
      : shape(shape), size(std::clamp(BLOCK / shape.channels, FEWEST_ROWS, MOST_ROWS)) {}
  int count() const { return static_cast<int>((shape.rows + size - 1) / size); }
  long rows(int block) const { return std::min(size, shape.rows - block * size); }
  /// Where a block begins, in floats.
  long first(int block) const { return block * size * shape.channels; }
  Shape shape;
  long size;
};

/// Two sums for each block and channel.
struct Sums {
  Sums(int blocks, int channels) : channels(channels), values(2L * blocks * channels) {}
  float* first(int block) { return values.data() + 2L * block * channels; }
  float* second(int block) { return first(block) + channels; }
  int channels;
  std::vector<float> values;
};

}  // namespace

bool available() { return widest_kernels() != nullptr; }

void statistics(const Shape& shape, const float* x, float* mean, float* variance) {
  const BatchNormKernels& kernels = kernels_here();
  const Blocks blocks(shape);
  const int channels = shape.channels;
  Sums sums(blocks.count(), channels);
  parallel(blocks.count(), [&](int block) {
    kernels.add_distances(x + blocks.first(block), blocks.rows(block), channels, sums.first(block),
                          sums.second(block));
  });

  // A block's sums are of distances from its own first row. Chan et al. 1983: its part of the total is its
  // own sum of squares about its own mean, and its number of rows times the square of that mean's distance
  // from the mean of all.
  std::vector<double> total(channels), squares(channels);
  for (int block = 0; block < blocks.count(); block++) {
    const float *origin = x + blocks.first(block), *sum = sums.first(block);
    for (int c = 0; c < channels; c++)
      total[c] += sum[c] + static_cast<double>(origin[c]) * blocks.rows(block);
  }
  for (int c = 0; c < channels; c++) total[c] /= shape.rows;
  for (int block = 0; block < blocks.count(); block++) {
    const float *origin = x + blocks.first(block), *sum = sums.first(block), *square = sums.second(block);
    const double rows = blocks.rows(block);
    for (int c = 0; c < channels; c++) {
      const double own = sum[c] / rows, apart = origin[c] + own - total[c];
      squares[c] += square[c] - sum[c] * own + rows * apart * apart;
    }
  }
  for (int c = 0; c < channels; c++) {
    mean[c] = static_cast<float>(total[c]);
    variance[c] = static_cast<float>(std::max(0.0, squares[c] / shape.rows));
  }
}

void normalize(const Shape& shape, const Normalization& norm, const float* x, const float* shortcut,
               bool relu, float* y) {
  const BatchNormKernels& kernels = kernels_here();
  const Blocks blocks(shape);
  parallel(blocks.count(), [&](int part) {
    // From the end: what was read last may still be in a cache.
    const int block = blocks.count() - 1 - part;
    const long first = blocks.first(block);
    kernels.normalize(blocks.rows(block), shape.channels, norm, x + first,
                      shortcut == nullptr ? nullptr : shortcut + first, relu, y + first);
  });
}

void gradient_sums(const Shape& shape, const Normalization& norm, const Incoming& incoming, const float* x,
                   float* sum, float* product) {
  const BatchNormKernels& kernels = kernels_here();
  const Blocks blocks(shape);
  const int channels = shape.channels;
  Sums sums(blocks.count(), channels);
  parallel(blocks.count(), [&](int block) {
    kernels.add_gradients(blocks.rows(block), channels, norm, incoming, x, blocks.first(block),
                          sums.first(block), sums.second(block));
  });
  std::vector<double> first(channels), second(channels);
  for (int block = 0; block < blocks.count(); block++) {
    const float *a = sums.first(block), *b = sums.second(block);
    for (int c = 0; c < channels; c++) {
      first[c] += a[c];
      second[c] += b[c];
    }
  }
  for (int c = 0; c < channels; c++) {
    sum[c] = static_cast<float>(first[c]);
    product[c] = static_cast<float>(second[c]);
  }
}

void input_gradient(const Shape& shape, const Normalization& norm, const Incoming& incoming, const float* x,
                    const float* slope, const float* offset, float* dx) {
  const BatchNormKernels& kernels = kernels_here();
  const Blocks blocks(shape);
  parallel(blocks.count(), [&](int part) {
    const int block = blocks.count() - 1 - part;
    kernels.input_gradient(blocks.rows(block), shape.channels, norm, incoming, x, slope, offset,
                           blocks.first(block), dx);
  });
}

}  // namespace batch_norm
