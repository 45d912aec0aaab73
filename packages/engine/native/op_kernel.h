#pragma once
// The part of TensorFlow's C interface that ops of our own need, and their tensors as values.

#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"

#include <cstdint>
#include <vector>

// Of tensorflow/c/kernels.h, which includes headers that TensorFlow's package has and the set-up leaves out.
extern "C" {
typedef struct TF_KernelBuilder TF_KernelBuilder;
typedef struct TF_OpKernelConstruction TF_OpKernelConstruction;
typedef struct TF_OpKernelContext TF_OpKernelContext;
TF_KernelBuilder* TF_NewKernelBuilder(const char* op, const char* device, void* (*create)(TF_OpKernelConstruction*),
                                      void (*compute)(void*, TF_OpKernelContext*), void (*remove)(void*));
void TF_RegisterKernelBuilder(const char* name, TF_KernelBuilder*, TF_Status*);
void TF_GetInput(TF_OpKernelContext*, int index, TF_Tensor**, TF_Status*);
TF_Tensor* TF_AllocateOutput(TF_OpKernelContext*, int index, TF_DataType, const int64_t* dims, int rank, size_t bytes, TF_Status*);
void TF_OpKernelContext_Failure(TF_OpKernelContext*, TF_Status*);
}

namespace op_kernel {

struct Status {
  TF_Status* status = TF_NewStatus();
  Status() = default;
  Status(const Status&) = delete;
  ~Status() { TF_DeleteStatus(status); }
  bool failed() const { return TF_GetCode(status) != TF_OK; }
};

/// A float32 tensor that the op has in its hands; let go of when it ends.
class Tensor {
 public:
  static Tensor input(TF_OpKernelContext* context, int index) {
    Status status;
    Tensor tensor;
    TF_GetInput(context, index, &tensor.tensor_, status.status);
    return tensor;
  }
  /// Not there, with the op failed, where memory has run out.
  static Tensor output(TF_OpKernelContext* context, int index, const std::vector<int64_t>& dims) {
    Status status;
    Tensor tensor;
    size_t bytes = sizeof(float);
    for (const int64_t dim : dims) bytes *= dim;
    tensor.tensor_ = TF_AllocateOutput(context, index, TF_FLOAT, dims.data(), static_cast<int>(dims.size()), bytes, status.status);
    if (status.failed()) TF_OpKernelContext_Failure(context, status.status);
    return tensor;
  }
  Tensor(Tensor&& other) noexcept : tensor_(other.tensor_) { other.tensor_ = nullptr; }
  ~Tensor() {
    if (tensor_ != nullptr) TF_DeleteTensor(tensor_);
  }
  bool is_there() const { return tensor_ != nullptr; }
  int64_t dim(int axis) const { return TF_Dim(tensor_, axis); }
  float* data() const { return static_cast<float*>(TF_TensorData(tensor_)); }

 private:
  Tensor() = default;
  TF_Tensor* tensor_ = nullptr;
};

/// Makes an op of two tensors known to TensorFlow, with its kernel for the CPU.
inline void add(const char* name, const char* first, const char* second, const char* result, void (*compute)(void*, TF_OpKernelContext*)) {
  Status status;
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  TF_OpDefinitionBuilderAddInput(op, first);
  TF_OpDefinitionBuilderAddInput(op, second);
  TF_OpDefinitionBuilderAddOutput(op, result);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, &TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(op, status.status);
  if (status.failed()) return;  // the addon was loaded twice
  TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", nullptr, compute, nullptr), status.status);
}

}  // namespace op_kernel
