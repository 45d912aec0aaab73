// Threads of our own: TensorFlow's C interface for ops lends none of its threads.

#include "parallel.h"

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

namespace {

struct Job {
  const std::function<void(int)>* work;
  int count;
  std::atomic<int> next{0};
  std::atomic<int> ended{0};
};

/// Takes parts of the job until none is left; returns whether it ended the last one.
void help(Job& job) {
  for (int part; (part = job.next.fetch_add(1)) < job.count;) {
    (*job.work)(part);
    job.ended.fetch_add(1, std::memory_order_release);
  }
}

struct Pool {
  std::mutex mutex;
  std::condition_variable arrived;
  std::deque<std::shared_ptr<Job>> jobs;

  void serve() {
    for (;;) {
      std::shared_ptr<Job> job;
      {
        std::unique_lock<std::mutex> lock(mutex);
        arrived.wait(lock, [this] { return !jobs.empty(); });
        job = jobs.front();
        if (job->next.load() >= job->count) {
          jobs.pop_front();
          continue;
        }
      }
      help(*job);
    }
  }
};

Pool& pool() {
  // Never freed: its threads run until the process ends.
  static Pool* const started = [] {
    auto* made = new Pool;
    for (int i = 1; i < thread_count(); i++) std::thread([made] { made->serve(); }).detach();
    return made;
  }();
  return *started;
}

}  // namespace

int thread_count() {
  static const int count = [] {
    const char* set = std::getenv("TF_NUM_INTRAOP_THREADS");
    const int wanted = set == nullptr ? 0 : std::atoi(set);
    const int processors = static_cast<int>(std::thread::hardware_concurrency());
    return wanted > 0 ? wanted : processors > 0 ? processors : 1;
  }();
  return count;
}

void parallel(int count, const std::function<void(int)>& work) {
  if (count <= 1 || thread_count() == 1) {
    for (int part = 0; part < count; part++) work(part);
    return;
  }
  auto job = std::make_shared<Job>();
  job->work = &work;
  job->count = count;
  {
    std::lock_guard<std::mutex> lock(pool().mutex);
    pool().jobs.push_back(job);
  }
  pool().arrived.notify_all();
  help(*job);
  while (job->ended.load(std::memory_order_acquire) < count) std::this_thread::yield();
  std::lock_guard<std::mutex> lock(pool().mutex);
  auto& jobs = pool().jobs;
  for (auto it = jobs.begin(); it != jobs.end(); ++it) {
    if (*it == job) {
      jobs.erase(it);
      break;
    }
  }
}
