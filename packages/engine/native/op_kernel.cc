#include "op_kernel.h"

#include <climits>
#include <cstdio>
#include <new>

#include "tensorflow/c/c_api.h"

namespace op_kernel {

void refuse(const std::string& text) { throw Failure(TF_INVALID_ARGUMENT, text); }

void Status::check() const {
  if (TF_GetCode(status_) != TF_OK) throw Failure(TF_GetCode(status_), TF_Message(status_));
}

// ---- tensors

Tensor Tensor::input(TF_OpKernelContext* context, int index, const char* name, TF_DataType type) {
  Status status;
  TF_Tensor* tensor = nullptr;
  TF_GetInput(context, index, &tensor, status);
  status.check();
  Tensor input(tensor, name);
  if (TF_TensorType(tensor) != type) {
    refuse(std::string(name) + " must be of TensorFlow's data type " + std::to_string(type) + ", but is of " +
           std::to_string(TF_TensorType(tensor)));
  }
  return input;
}

Tensor Tensor::output(TF_OpKernelContext* context, int index, const std::vector<int64_t>& dims,
                      TF_DataType type) {
  Status status;
  size_t bytes = TF_DataTypeSize(type);
  for (const int64_t dim : dims) bytes *= static_cast<size_t>(dim);
  Tensor output(
      TF_AllocateOutput(context, index, type, dims.data(), static_cast<int>(dims.size()), bytes, status),
      "output");
  status.check();
  return output;
}

Tensor Tensor::output_over(TF_OpKernelContext* context, const std::vector<int>& inputs, int index,
                           const std::vector<int64_t>& dims) {
  Status status;
  Tensor output(
      TF_ForwardInputOrAllocateOutput(context, inputs.data(), static_cast<int>(inputs.size()), index,
                                      dims.data(), static_cast<int>(dims.size()), nullptr, status),
      "output");
  status.check();
  return output;
}

std::vector<int64_t> Tensor::dims() const {
  std::vector<int64_t> all(static_cast<size_t>(TF_NumDims(tensor_)));
  for (size_t axis = 0; axis < all.size(); axis++) all[axis] = TF_Dim(tensor_, static_cast<int>(axis));
  return all;
}

int Tensor::dim(int axis) const { return static_cast<int>(TF_Dim(tensor_, axis)); }

void Tensor::require_rank(int rank) const {
  const std::vector<int64_t> found = dims();
  if (found.size() != static_cast<size_t>(rank)) {
    refuse(std::string(name_) + " must have " + std::to_string(rank) + " axes, but has shape " + text(found));
  }
  int64_t pixels = 1;
  for (size_t axis = 0; axis < found.size(); axis++) {
    const bool is_channels = axis + 1 == found.size();
    if (!is_channels) pixels *= found[axis];
    if (found[axis] > INT_MAX || pixels > INT_MAX) {
      refuse(std::string(name_) + " must have fewer than 2^31 pixels and channels, but has shape " +
             text(found));
    }
  }
}

void Tensor::require_shape(const std::vector<int64_t>& shape, const char* why) const {
  const std::vector<int64_t> found = dims();
  if (found == shape) return;
  refuse(std::string(name_) + " must have shape " + text(shape) + ", " + why + ", but has " + text(found));
}

std::string text(const std::vector<int64_t>& dims) {
  std::string words = "[";
  for (const int64_t dim : dims) words += (words.size() > 1 ? "," : "") + std::to_string(dim);
  return words + "]";
}

// ---- attributes

namespace {

template <typename Value, typename Get>
Value attribute(TF_OpKernelConstruction* made, const char* name, const Get& get) {
  Status status;
  Value value{};
  get(made, name, &value, status);
  status.check();
  return value;
}

}  // namespace

float float_attribute(TF_OpKernelConstruction* made, const char* name) {
  return attribute<float>(made, name, TF_OpKernelConstruction_GetAttrFloat);
}

int int_attribute(TF_OpKernelConstruction* made, const char* name) {
  return attribute<int32_t>(made, name, TF_OpKernelConstruction_GetAttrInt32);
}

bool bool_attribute(TF_OpKernelConstruction* made, const char* name) {
  return attribute<unsigned char>(made, name, TF_OpKernelConstruction_GetAttrBool) != 0;
}

// ---- failures

namespace {

/// Calls tell(code, text) about the exception that is being handled. Takes no memory: there may be none.
template <typename Tell>
void tell_exception(const char* op, const Tell& tell) noexcept {
  char words[2048];
  const auto with_op = [&](const char* what) {
    std::snprintf(words, sizeof words, "%s: %s", op, what);
    return words;
  };
  try {
    throw;
  } catch (const Failure& failure) {
    tell(failure.code, with_op(failure.what()));
  } catch (const std::bad_alloc&) {
    tell(TF_RESOURCE_EXHAUSTED, with_op("out of memory"));
  } catch (const std::exception& exception) {
    tell(TF_INTERNAL, with_op(exception.what()));
  } catch (...) {
    tell(TF_INTERNAL, with_op("an exception without a text"));
  }
}

}  // namespace

void fail(TF_OpKernelContext* context, const char* op) noexcept {
  tell_exception(op, [context](TF_Code code, const char* text) {
    Status status;
    TF_SetStatus(status, code, text);
    TF_OpKernelContext_Failure(context, status);
  });
}

void fail(TF_OpKernelConstruction* made, const char* op) noexcept {
  tell_exception(op, [made](TF_Code code, const char* text) {
    Status status;
    TF_SetStatus(status, code, text);
    TF_OpKernelConstruction_Failure(made, status);
  });
}

// ---- registration

namespace {

bool is_known(const char* op) {
  Status status;
  TF_Buffer* const kernels = TF_GetRegisteredKernelsForOp(op, status);
  const bool known = kernels != nullptr && kernels->length > 0;
  if (kernels != nullptr) TF_DeleteBuffer(kernels);
  status.check();
  return known;
}

void add_one(const Op& op) {
  if (is_known(op.name)) return;
  Status status;
  TF_OpDefinitionBuilder* const definition = TF_NewOpDefinitionBuilder(op.name);
  for (const char* input : op.inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char* output : op.outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  for (const char* attribute : op.attributes) TF_OpDefinitionBuilderAddAttr(definition, attribute);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition, &TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(definition, status);
  status.check();
  TF_KernelBuilder* const kernel = TF_NewKernelBuilder(op.name, "CPU", op.create, op.compute, op.remove);
  TF_RegisterKernelBuilder(op.name, kernel, status);
  status.check();
}

}  // namespace

void add(std::initializer_list<Op> ops) noexcept {
  for (const Op& op : ops) {
    try {
      add_one(op);
    } catch (const std::exception& exception) {
      std::fprintf(stderr, "TensorFlow does not take the op %s, so steps do without it: %s\n", op.name,
                   exception.what());
    }
  }
}

}  // namespace op_kernel
