#include "scratch.h"

#include <cstdlib>
#include <mutex>
#include <new>
#include <vector>

namespace {

struct Buffer {
  float* data;
  long floats;
};

/// Buffers that nobody uses now. Never freed: threads may still run when the process ends.
struct Spare {
  std::mutex mutex;
  std::vector<Buffer> buffers;
};

Spare& spare() {
  static auto* const one = new Spare;
  return *one;
}

/// The smallest spare buffer that is large enough, or else the largest; without data where there is none.
Buffer take_spare(long floats) {
  std::lock_guard<std::mutex> lock(spare().mutex);
  auto& buffers = spare().buffers;
  auto best = buffers.end();
  for (auto it = buffers.begin(); it != buffers.end(); ++it) {
    if (best == buffers.end()) best = it;
    const bool fits = it->floats >= floats, best_fits = best->floats >= floats;
    if (fits ? !best_fits || it->floats < best->floats : !best_fits && it->floats > best->floats) best = it;
  }
  if (best == buffers.end()) return {nullptr, 0};
  const Buffer found = *best;
  buffers.erase(best);
  return found;
}

}  // namespace

Scratch::Scratch(long floats) {
  const Buffer found = take_spare(floats);
  data_ = found.data;
  floats_ = found.floats;
  if (data_ != nullptr && floats_ >= floats) return;
  std::free(data_);
  void* memory = nullptr;
  if (posix_memalign(&memory, 64, static_cast<size_t>(floats) * sizeof(float)) != 0) throw std::bad_alloc();
  data_ = static_cast<float*>(memory);
  floats_ = floats;
}

Scratch::~Scratch() {
  try {
    std::lock_guard<std::mutex> lock(spare().mutex);
    spare().buffers.push_back({data_, floats_});
  } catch (...) {
    std::free(data_);  // no memory to remember it
  }
}
