#pragma once
#include <functional>

/// Calls work(0) … work(count - 1) on as many threads as TensorFlow has for one op. Returns when all calls
/// have ended; the caller sleeps while it waits for those of other threads.
///
/// Where calls throw, the first exception is thrown here, also once all calls have ended. Calls that had not
/// begun before it are left out.
void parallel(int count, const std::function<void(int)>& work);

/// The number of threads that TensorFlow has for one op: TF_NUM_INTRAOP_THREADS, else one per processor.
int thread_count();
