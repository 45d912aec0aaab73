#pragma once
// The part of TensorFlow's C interface that ops of our own need: tensors as values, and an edge that no
// exception crosses.

#include <cstdint>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"

namespace op_kernel {

/// Why an op cannot be made or computed, with TensorFlow's code for it.
class Failure : public std::runtime_error {
 public:
  Failure(TF_Code code, const std::string& text) : std::runtime_error(text), code(code) {}
  const TF_Code code;
};

/// Throws that an input or an attribute is not what the kernels compute.
[[noreturn]] void refuse(const std::string& text);

/// Where a function of TensorFlow's C interface says whether it succeeded.
class Status {
 public:
  Status() = default;
  Status(const Status&) = delete;
  Status& operator=(const Status&) = delete;
  ~Status() { TF_DeleteStatus(status_); }
  operator TF_Status*() { return status_; }
  /// Throws what TensorFlow says, unless all went well.
  void check() const;

 private:
  TF_Status* const status_ = TF_NewStatus();
};

/// A tensor that the op has in its hands; let go of when it ends.
class Tensor {
 public:
  /// @param name the input's, for messages.
  static Tensor input(TF_OpKernelContext* context, int index, const char* name, TF_DataType type = TF_FLOAT);
  static Tensor output(TF_OpKernelContext* context, int index, const std::vector<int64_t>& dims,
                       TF_DataType type = TF_FLOAT);
  /// A float32 output in the memory of an input that nobody else needs, if there is such a one among `inputs`
  /// and nothing has taken hold of it yet: fresh memory costs page faults.
  static Tensor output_over(TF_OpKernelContext* context, const std::vector<int>& inputs, int index,
                            const std::vector<int64_t>& dims);
  Tensor(Tensor&& other) noexcept : tensor_(other.tensor_), name_(other.name_) { other.tensor_ = nullptr; }
  Tensor& operator=(Tensor&&) = delete;
  ~Tensor() {
    if (tensor_ != nullptr) TF_DeleteTensor(tensor_);
  }

  const char* name() const { return name_; }
  std::vector<int64_t> dims() const;
  /// The length of an axis. `require_rank` comes first: it makes sure of the axis, and that an int is enough.
  int dim(int axis) const;
  float* data() const { return static_cast<float*>(TF_TensorData(tensor_)); }
  int32_t* ints() const { return static_cast<int32_t*>(TF_TensorData(tensor_)); }
  uint8_t* bytes() const { return static_cast<uint8_t*>(TF_TensorData(tensor_)); }

  /// Throws unless the tensor has `rank` axes, the last of them channels, and fewer than 2^31 pixels and
  /// channels.
  void require_rank(int rank) const;
  /// Throws unless the tensor has this shape. `why` says in the message where the shape comes from.
  void require_shape(const std::vector<int64_t>& shape, const char* why) const;

 private:
  Tensor(TF_Tensor* tensor, const char* name) : tensor_(tensor), name_(name) {}
  TF_Tensor* tensor_;
  const char* name_;
};

/// A shape in words: "[2,16,16,64]".
std::string text(const std::vector<int64_t>& dims);

/// An attribute of the op that is being made.
float float_attribute(TF_OpKernelConstruction* made, const char* name);
int int_attribute(TF_OpKernelConstruction* made, const char* name);
bool bool_attribute(TF_OpKernelConstruction* made, const char* name);

/// Tells TensorFlow of the exception that is being handled: out of memory as RESOURCE_EXHAUSTED, a Failure by
/// its code, others as INTERNAL, each with its text.
void fail(TF_OpKernelContext* context, const char* op) noexcept;
void fail(TF_OpKernelConstruction* made, const char* op) noexcept;

/// Computes an op. An exception ends here, and is the op's failure.
template <typename Compute>
void guarded(TF_OpKernelContext* context, const char* op, const Compute& compute) noexcept {
  try {
    compute();
  } catch (...) {
    fail(context, op);
  }
}

/// What `make` makes of an op's attributes, on the heap; null, and the op's failure, where it throws.
template <typename Make>
void* guarded(TF_OpKernelConstruction* made, const char* op, const Make& make) noexcept {
  try {
    return new auto(make());
  } catch (...) {
    fail(made, op);
    return nullptr;
  }
}

/// What TensorFlow is told of an op. Inputs, outputs and attributes as in its own registrations: "x: float",
/// "relu: bool".
struct Op {
  const char* name;
  std::initializer_list<const char*> inputs, outputs, attributes;
  void* (*create)(TF_OpKernelConstruction*);
  void (*compute)(void*, TF_OpKernelContext*);
  void (*remove)(void*);
};

/// Makes ops known to TensorFlow, with their kernels for the CPU. Those that another copy of the addon has
/// made known in this process stay as they are. One that TensorFlow does not take is reported on stderr:
/// compiled steps then do without it.
///
/// A wrong definition ends the process, with TensorFlow's words, as soon as TensorFlow reads it.
void add(std::initializer_list<Op> ops) noexcept;

}  // namespace op_kernel
