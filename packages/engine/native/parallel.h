#pragma once
#include <functional>

/// Calls work(0) … work(count - 1), on as many threads as TensorFlow has for one op; returns when all have
/// ended.
///
/// Throws the first exception that one of them ends with, once all that had begun have ended; the others are
/// not begun.
void parallel(int count, const std::function<void(int)>& work);

/// As many as TensorFlow has for one op.
int thread_count();
