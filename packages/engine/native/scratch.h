#pragma once

/// Memory that stays with the process: fresh pages cost as much as the arithmetic that is done in them.
class Scratch {
 public:
  /// Throws std::bad_alloc where there is no more memory.
  explicit Scratch(long floats);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  float* get() const { return data_; }

 private:
  float* data_;
  long floats_;
};
