// Winograd's convolutions as ops of TensorFlow, registered where the processor can run them. A compiled step takes them in place of its own
// (src/compile/winograd.ts).

#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_tensor.h"

#include <cstdint>

#include "winograd.h"

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

namespace {

struct Tensor {
  TF_Tensor* tensor;
  explicit Tensor(TF_Tensor* owned) : tensor(owned) {}
  ~Tensor() { TF_DeleteTensor(tensor); }
  Tensor(const Tensor&) = delete;
  int64_t dim(int axis) const { return TF_Dim(tensor, axis); }
  float* data() const { return static_cast<float*>(TF_TensorData(tensor)); }
};

struct Status {
  TF_Status* status = TF_NewStatus();
  ~Status() { TF_DeleteStatus(status); }
  bool failed() const { return TF_GetCode(status) != TF_OK; }
};

TF_Tensor* input(TF_OpKernelContext* context, int index) {
  Status status;
  TF_Tensor* tensor = nullptr;
  TF_GetInput(context, index, &tensor, status.status);
  return tensor;
}

/// The op's result; null, with the op failed, where there is no memory for it.
TF_Tensor* output(TF_OpKernelContext* context, const int64_t (&dims)[4]) {
  Status status;
  const size_t bytes = dims[0] * dims[1] * dims[2] * dims[3] * sizeof(float);
  TF_Tensor* tensor = TF_AllocateOutput(context, 0, TF_FLOAT, dims, 4, bytes, status.status);
  if (status.failed()) TF_OpKernelContext_Failure(context, status.status);
  return tensor;
}

winograd::Shape shape_of(const Tensor& images) {
  return {static_cast<int>(images.dim(0)), static_cast<int>(images.dim(1)), static_cast<int>(images.dim(2))};
}

void convolve(void*, TF_OpKernelContext* context) {
  const Tensor x(input(context, 0)), w(input(context, 1));
  const int64_t dims[4] = {x.dim(0), x.dim(1), x.dim(2), w.dim(3)};
  const Tensor y(output(context, dims));
  if (y.tensor == nullptr) return;
  winograd::convolve(shape_of(x), x.dim(3), w.dim(3), x.data(), w.data(), y.data());
}

void input_gradient(void*, TF_OpKernelContext* context) {
  const Tensor w(input(context, 0)), dy(input(context, 1));
  const int64_t dims[4] = {dy.dim(0), dy.dim(1), dy.dim(2), w.dim(2)};
  const Tensor dx(output(context, dims));
  if (dx.tensor == nullptr) return;
  winograd::input_gradient(shape_of(dy), w.dim(2), w.dim(3), w.data(), dy.data(), dx.data());
}

void filter_gradient(void*, TF_OpKernelContext* context) {
  const Tensor x(input(context, 0)), dy(input(context, 1));
  const int64_t dims[4] = {3, 3, x.dim(3), dy.dim(3)};
  const Tensor dw(output(context, dims));
  if (dw.tensor == nullptr) return;
  winograd::filter_gradient(shape_of(x), x.dim(3), dy.dim(3), x.data(), dy.data(), dw.data());
}

void no_shape(TF_ShapeInferenceContext* context, TF_Status* status) {
  TF_ShapeInferenceContextSetUnknownShape(context, status);
}

void register_op(const char* name, const char* first, const char* second, const char* result,
                 void (*compute)(void*, TF_OpKernelContext*)) {
  Status status;
  TF_OpDefinitionBuilder* op = TF_NewOpDefinitionBuilder(name);
  TF_OpDefinitionBuilderAddInput(op, first);
  TF_OpDefinitionBuilderAddInput(op, second);
  TF_OpDefinitionBuilderAddOutput(op, result);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(op, no_shape);
  TF_RegisterOpDefinition(op, status.status);
  if (status.failed()) return;  // the addon was loaded twice
  TF_RegisterKernelBuilder(name, TF_NewKernelBuilder(name, "CPU", nullptr, compute, nullptr), status.status);
}

const bool registered = [] {
  if (!winograd::available()) return false;
  register_op("TsslConv3x3", "x: float", "filter: float", "y: float", convolve);
  register_op("TsslConv3x3InputGradient", "filter: float", "dy: float", "dx: float", input_gradient);
  register_op("TsslConv3x3FilterGradient", "x: float", "dy: float", "dfilter: float", filter_gradient);
  return true;
}();

}  // namespace
