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
TF_Tensor* TF_ForwardInputOrAllocateOutput(TF_OpKernelContext*, const int* candidates, int count, int index, const int64_t* dims, int rank, int* forwarded,
                                           TF_Status*);
int TF_NumInputs(TF_OpKernelContext*);
int TF_NumOutputs(TF_OpKernelContext*);
void TF_OpKernelContext_Failure(TF_OpKernelContext*, TF_Status*);
void TF_OpKernelConstruction_GetAttrFloat(TF_OpKernelConstruction*, const char* name, float* value, TF_Status*);
void TF_OpKernelConstruction_GetAttrInt32(TF_OpKernelConstruction*, const char* name, int32_t* value, TF_Status*);
void TF_OpKernelConstruction_GetAttrBool(TF_OpKernelConstruction*, const char* name, unsigned char* value, TF_Status*);
}

namespace op_kernel {

struct Status {
  TF_Status* status = TF_NewStatus();
  Status() = default;
  Status(const Status&) = delete;
  ~Status() { TF_DeleteStatus(status); }
  bool failed() const { return TF_GetCode(status) != TF_OK; }
};

/// A tensor that the op has in its hands, float32 unless something else is said; let go of when it ends.
class Tensor {
 public:
  static Tensor input(TF_OpKernelContext* context, int index) {
    Status status;
    Tensor tensor;
    TF_GetInput(context, index, &tensor.tensor_, status.status);
    return tensor;
  }
  /// Not there, with the op failed, where memory has run out.
  static Tensor output(TF_OpKernelContext* context, int index, const std::vector<int64_t>& dims, TF_DataType type = TF_FLOAT) {
    Status status;
    Tensor tensor;
    size_t bytes = TF_DataTypeSize(type);
    for (const int64_t dim : dims) bytes *= dim;
    tensor.tensor_ = TF_AllocateOutput(context, index, type, dims.data(), static_cast<int>(dims.size()), bytes, status.status);
    if (status.failed()) TF_OpKernelContext_Failure(context, status.status);
    return tensor;
  }
  /// An output in the memory of an input that nobody else needs, if there is such a one among `inputs` and nothing has taken hold of it yet:
  /// fresh memory costs page faults.
  static Tensor output_over(TF_OpKernelContext* context, const std::vector<int>& inputs, int index, const std::vector<int64_t>& dims) {
    Status status;
    Tensor tensor;
    tensor.tensor_ = TF_ForwardInputOrAllocateOutput(context, inputs.data(), static_cast<int>(inputs.size()), index, dims.data(),
                                                     static_cast<int>(dims.size()), nullptr, status.status);
    if (status.failed()) TF_OpKernelContext_Failure(context, status.status);
    return tensor;
  }
  Tensor(Tensor&& other) noexcept : tensor_(other.tensor_) { other.tensor_ = nullptr; }
  ~Tensor() {
    if (tensor_ != nullptr) TF_DeleteTensor(tensor_);
  }
  bool is_there() const { return tensor_ != nullptr; }
  int64_t dim(int axis) const { return TF_Dim(tensor_, axis); }
  std::vector<int64_t> dims() const {
    std::vector<int64_t> all(TF_NumDims(tensor_));
    for (size_t axis = 0; axis < all.size(); axis++) all[axis] = dim(static_cast<int>(axis));
    return all;
  }
  float* data() const { return static_cast<float*>(TF_TensorData(tensor_)); }
  uint8_t* bytes() const { return static_cast<uint8_t*>(TF_TensorData(tensor_)); }

 private:
  Tensor() = default;
  TF_Tensor* tensor_ = nullptr;
};

/// What TensorFlow is told of an op. Inputs, outputs and attributes as in its own registrations: "x: float", "relu: bool".
struct Op {
  const char* name;
  std::vector<const char*> inputs, outputs, attributes;
  void* (*create)(TF_OpKernelConstruction*);
  void (*compute)(void*, TF_OpKernelContext*);
  void (*remove)(void*);
};

/// Makes an op known to TensorFlow, with its kernel for the CPU.
inline void add(const Op& op) {
  Status status;
  TF_OpDefinitionBuilder* builder = TF_NewOpDefinitionBuilder(op.name);
  for (const char* input : op.inputs) TF_OpDefinitionBuilderAddInput(builder, input);
  for (const char* output : op.outputs) TF_OpDefinitionBuilderAddOutput(builder, output);
  for (const char* attribute : op.attributes) TF_OpDefinitionBuilderAddAttr(builder, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(builder, &TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(builder, status.status);
  if (status.failed()) return;  // the addon was loaded twice
  TF_RegisterKernelBuilder(op.name, TF_NewKernelBuilder(op.name, "CPU", op.create, op.compute, op.remove), status.status);
}

/// An attribute of the op that is being made, which it has by its definition.
inline float float_attribute(TF_OpKernelConstruction* made, const char* name) {
  Status status;
  float value = 0;
  TF_OpKernelConstruction_GetAttrFloat(made, name, &value, status.status);
  return value;
}
inline int int_attribute(TF_OpKernelConstruction* made, const char* name) {
  Status status;
  int32_t value = 0;
  TF_OpKernelConstruction_GetAttrInt32(made, name, &value, status.status);
  return value;
}
inline bool bool_attribute(TF_OpKernelConstruction* made, const char* name) {
  Status status;
  unsigned char value = 0;
  TF_OpKernelConstruction_GetAttrBool(made, name, &value, status.status);
  return value != 0;
}

}  // namespace op_kernel
