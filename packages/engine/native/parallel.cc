// Threads of our own: TensorFlow's C interface for ops lends none of its threads.

#include "parallel.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace {

class Job {
 public:
  Job(int count, const std::function<void(int)>& work) : count_(count), work_(work) {}

  bool is_handed_out() const { return next_.load() >= count_; }

  /// Takes parts until none is left.
  void help() {
    for (int part; (part = next_.fetch_add(1)) < count_;) {
      if (!has_failed_.load()) run(part);
      if (ended_.fetch_add(1) + 1 == count_) {
        std::lock_guard<std::mutex> lock(mutex_);
        all_ended_.notify_all();
      }
    }
  }

  /// Waits until all parts have ended; throws what the first that failed has thrown.
  void wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    all_ended_.wait(lock, [this] { return ended_.load() == count_; });
    // Moved: the exception is the caller's alone, though a worker may keep the job a little longer.
    const std::exception_ptr failure = std::move(failure_);
    lock.unlock();
    if (failure != nullptr) std::rethrow_exception(failure);
  }

 private:
  void run(int part) {
    try {
      work_(part);
    } catch (...) {
      std::lock_guard<std::mutex> lock(mutex_);
      if (failure_ == nullptr) failure_ = std::current_exception();
      has_failed_.store(true);
    }
  }

  const int count_;
  /// Belongs to the caller, who waits until all parts have ended; nobody looks at it after that.
  const std::function<void(int)>& work_;
  std::atomic<int> next_{0}, ended_{0};
  std::atomic<bool> has_failed_{false};
  std::mutex mutex_;
  std::condition_variable all_ended_;
  std::exception_ptr failure_;
};

class Pool {
 public:
  Pool() {
    // Where the system gives no more threads, those that there are do the work, and the caller with them.
    try {
      for (int i = 1; i < thread_count(); i++) std::thread([this] { serve(); }).detach();
    } catch (const std::system_error&) {
    }
  }

  void add(const std::shared_ptr<Job>& job) {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      jobs_.push_back(job);
    }
    arrived_.notify_all();
  }

  void remove(const std::shared_ptr<Job>& job) {
    std::lock_guard<std::mutex> lock(mutex_);
    const auto found = std::find(jobs_.begin(), jobs_.end(), job);
    if (found != jobs_.end()) jobs_.erase(found);
  }

 private:
  void serve() {
    for (;;) next()->help();
  }

  std::shared_ptr<Job> next() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      arrived_.wait(lock, [this] { return !jobs_.empty(); });
      if (!jobs_.front()->is_handed_out()) return jobs_.front();
      jobs_.pop_front();
    }
  }

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::shared_ptr<Job>> jobs_;
};

Pool& pool() {
  // Never freed: its threads run until the process ends.
  static Pool* const started = new Pool;
  return *started;
}

}  // namespace

int thread_count() {
  static const int count = [] {
    const char* set = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int wanted = set == nullptr ? 0 : std::atoi(set);
    const int processors = static_cast<int>(std::thread::hardware_concurrency());
    return wanted > 0 ? wanted : std::max(processors, 1);
  }();
  return count;
}

void parallel(int count, const std::function<void(int)>& work) {
  if (count <= 1 || thread_count() == 1) {
    for (int part = 0; part < count; part++) work(part);
    return;
  }
  const auto job = std::make_shared<Job>(count, work);
  pool().add(job);
  job->help();
  pool().remove(job);
  job->wait();
}
