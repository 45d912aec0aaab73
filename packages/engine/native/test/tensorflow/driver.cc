// Holds the edge between ops and TensorFlow (op_kernel.h) to what it promises, inside TensorFlow's own
// library: an op that throws in each way there is, on TensorFlow's thread and on one of ours, and one that is
// registered twice. Ends with 1 unless all checks hold.

#include <cstdio>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>

#include "../../op_kernel.h"
#include "../../parallel.h"
#include "../check.h"
#include "tensorflow/c/c_api.h"

namespace {

constexpr const char* THROWS = "TsslTestThrows";

enum Way {
  NOTHING,
  REFUSES,
  NO_MEMORY,
  NO_MEMORY_IN_A_WORKER,
  ERROR_IN_A_WORKER,
  NO_EXCEPTION_TYPE,
  CANNOT_BE_MADE
};

void* create(TF_OpKernelConstruction* made) {
  return op_kernel::guarded(made, THROWS, [made] {
    const int way = op_kernel::int_attribute(made, "way");
    if (way == CANNOT_BE_MADE) op_kernel::refuse("way must be another");
    return way;
  });
}

void compute(void* op, TF_OpKernelContext* context) {
  op_kernel::guarded(context, THROWS, [op, context] {
    const op_kernel::Tensor y = op_kernel::Tensor::output(context, 0, {1});
    y.data()[0] = 7;
    switch (*static_cast<int*>(op)) {
      case REFUSES:
        op_kernel::refuse("x must have 4 axes, but has shape " + op_kernel::text({2, 3}));
      case NO_MEMORY:
        throw std::bad_alloc();
      case NO_MEMORY_IN_A_WORKER:
        return parallel(64, [](int) { throw std::bad_alloc(); });
      case ERROR_IN_A_WORKER:
        return parallel(64, [](int part) {
          if (part == 40) throw std::runtime_error("part " + std::to_string(part) + " fails");
        });
      case NO_EXCEPTION_TYPE:
        throw 5;
    }
  });
}

void remove(void* op) { delete static_cast<int*>(op); }

struct Outcome {
  TF_Code code;
  std::string message;
  float value;
};

/// Runs the op in a graph of its own.
Outcome run(Way way) {
  op_kernel::Status status;
  TF_Graph* const graph = TF_NewGraph();
  TF_OperationDescription* const description = TF_NewOperation(graph, THROWS, "node");
  TF_SetAttrInt(description, "way", way);
  TF_Operation* const operation = TF_FinishOperation(description, status);
  status.check();
  TF_SessionOptions* const options = TF_NewSessionOptions();
  TF_Session* const session = TF_NewSession(graph, options, status);
  status.check();
  const TF_Output output{operation, 0};
  TF_Tensor* value = nullptr;
  TF_SessionRun(session, nullptr, nullptr, nullptr, 0, &output, &value, 1, nullptr, 0, nullptr, status);
  const Outcome outcome{TF_GetCode(status), TF_Message(status),
                        value == nullptr ? 0 : *static_cast<float*>(TF_TensorData(value))};
  if (value != nullptr) TF_DeleteTensor(value);
  op_kernel::Status closed;
  TF_DeleteSession(session, closed);
  TF_DeleteSessionOptions(options);
  TF_DeleteGraph(graph);
  return outcome;
}

bool fails(Way way, TF_Code code, const char* words) {
  const Outcome outcome = run(way);
  if (outcome.code == code && outcome.message.find(words) != std::string::npos) return true;
  std::printf("code %d: %s\n", outcome.code, outcome.message.c_str());
  return false;
}

void add_test_op() { op_kernel::add({{THROWS, {}, {"y: float"}, {"way: int"}, create, compute, remove}}); }

}  // namespace

int main() {
  add_test_op();
  add_test_op();  // as a second copy of the addon does
  CHECK(run(NOTHING).code == TF_OK);
  CHECK(run(NOTHING).value == 7);
  CHECK(fails(REFUSES, TF_INVALID_ARGUMENT, "TsslTestThrows: x must have 4 axes, but has shape [2,3]"));
  CHECK(fails(NO_MEMORY, TF_RESOURCE_EXHAUSTED, "TsslTestThrows: out of memory"));
  CHECK(fails(NO_MEMORY_IN_A_WORKER, TF_RESOURCE_EXHAUSTED, "TsslTestThrows: out of memory"));
  CHECK(fails(ERROR_IN_A_WORKER, TF_INTERNAL, "TsslTestThrows: part 40 fails"));
  CHECK(fails(NO_EXCEPTION_TYPE, TF_INTERNAL, "TsslTestThrows: an exception without a text"));
  CHECK(fails(CANNOT_BE_MADE, TF_INVALID_ARGUMENT, "TsslTestThrows: way must be another"));
  CHECK(run(NOTHING).value == 7);
  std::printf("%d of %d checks failed\n", checks.failed, checks.made);
  return checks.failed == 0 ? 0 : 1;
}
