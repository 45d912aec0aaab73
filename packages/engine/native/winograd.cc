#include "winograd.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <vector>

#include "parallel.h"
#include "processor.h"

namespace winograd {
namespace {

/// Floats that products take from a filter's rows at a time: two vectors of AVX-512, four of AVX2.
constexpr int PANEL = channel_step;

struct Place {
  int image, row, column;
};

/// Images as tiles of 4x4 pixels; those at the right and lower edge reach beyond it where the side is no multiple of 4.
struct Images {
  int height, width, channels;
  const float* data;

  int across() const { return (width + 3) / 4; }
  int down() const { return (height + 3) / 4; }
  Place place(int tile) const {
    const int in_image = tile % (across() * down());
    return {tile / (across() * down()), in_image / across() * 4, in_image % across() * 4};
  }
  long offset(int image, int row, int column) const {
    return ((static_cast<long>(image) * height + row) * width + column) * channels;
  }
};

/// Memory that stays with the process: fresh pages cost as much as the arithmetic that is done in them.
class Scratch {
 public:
  explicit Scratch(long floats) : buffer_(take(floats)) {}
  ~Scratch() {
    std::lock_guard<std::mutex> lock(mutex());
    spare().push_back(buffer_);
  }
  Scratch(const Scratch&) = delete;
  float* get() const { return buffer_.data; }

 private:
  struct Buffer {
    float* data;
    long floats;
  };
  static std::mutex& mutex() {
    static std::mutex* const one = new std::mutex;
    return *one;
  }
  static std::vector<Buffer>& spare() {
    static auto* const all = new std::vector<Buffer>;
    return *all;
  }
  /// The smallest spare buffer that is large enough, or a new one in place of the largest.
  static Buffer take(long floats) {
    std::lock_guard<std::mutex> lock(mutex());
    auto& buffers = spare();
    auto best = buffers.end();
    for (auto it = buffers.begin(); it != buffers.end(); ++it) {
      if (best == buffers.end()) best = it;
      const bool fits = it->floats >= floats, best_fits = best->floats >= floats;
      if (fits ? !best_fits || it->floats < best->floats : !best_fits && it->floats > best->floats) best = it;
    }
    Buffer found{nullptr, 0};
    if (best != buffers.end()) {
      found = *best;
      buffers.erase(best);
    }
    if (found.floats >= floats) return found;
    std::free(found.data);
    void* memory = nullptr;
    if (posix_memalign(&memory, 64, floats * sizeof(float)) != 0) throw std::bad_alloc();
    return {static_cast<float*>(memory), floats};
  }
  Buffer buffer_;
};

/// Tiles that one thread takes at a time: few enough for its cache, many enough to make use of each filter that it loads.
constexpr int BLOCK = 48;

int tile_count(const Shape& shape) { return shape.images * ((shape.height + 3) / 4) * ((shape.width + 3) / 4); }

/// How many parts to cut `count` things into: of about `size`, and as many for each thread.
int part_count(int count, int size) {
  const int rounds = std::max(1, count / (size * thread_count()));
  return std::min(count, rounds * thread_count());
}

/// Where one of `parts` nearly equal parts of `count` things begins.
int part_from(int count, int parts, int part) { return static_cast<int>(static_cast<long>(count) * part / parts); }

}  // namespace

#ifdef __x86_64__

#define KERNELS "winograd_kernels.h"
#include "both_widths.h"

namespace {

const bool wide = processor::has_avx512();

}  // namespace

bool available() { return processor::has_avx2(); }

void convolve(const Shape& shape, int channels, int filters, const float* x, const float* w, float* y) {
  (wide ? avx512::convolve : avx2::convolve)(shape, channels, filters, x, w, y);
}
void input_gradient(const Shape& shape, int channels, int filters, const float* w, const float* dy, float* dx) {
  (wide ? avx512::input_gradient : avx2::input_gradient)(shape, channels, filters, w, dy, dx);
}
void filter_gradient(const Shape& shape, int channels, int filters, const float* x, const float* dy, float* dw) {
  (wide ? avx512::filter_gradient : avx2::filter_gradient)(shape, channels, filters, x, dy, dw);
}

#else

bool available() { return false; }
void convolve(const Shape&, int, int, const float*, const float*, float*) { std::abort(); }
void input_gradient(const Shape&, int, int, const float*, const float*, float*) { std::abort(); }
void filter_gradient(const Shape&, int, int, const float*, const float*, float*) { std::abort(); }

#endif

}  // namespace winograd
