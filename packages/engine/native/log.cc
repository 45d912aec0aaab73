// Compiled into the addon, so that TensorFlow's log lines below a level stay away from the user's terminal.
//
// The library logs while it loads, before it reads TF_CPP_MIN_LOG_LEVEL, and everything it logs at that time
// comes with a warning about its own log. A symbol of the addon stands before the same symbol of the
// libraries the addon is linked to, so this function takes the place of the one through which the library
// writes each line. Should a later library name it differently, its lines simply come back.

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace absl::lts_20250814 {

enum class LogSeverity : int { kInfo = 0, kWarning = 1, kError = 2, kFatal = 3 };

namespace log_internal {

__attribute__((visibility("default"))) void WriteToStderr(std::string_view line, LogSeverity severity) {
  const char* level = std::getenv("TF_CPP_MIN_LOG_LEVEL");
  const int lowest = level == nullptr ? static_cast<int>(LogSeverity::kError) : std::atoi(level);
  if (static_cast<int>(severity) < lowest) return;
  // A machine without a GPU is no error: startEngine says in words which device it took.
  if (lowest > 0 && line.find("failed call to cuInit") != std::string_view::npos) return;
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace log_internal
}  // namespace absl::lts_20250814
