// Follows a job to its end: its output exactly once, its status until it is over.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "kubectl-ray/ray/jobs_client.h"
#include "shared/deadline.h"
#include "shared/interrupt.h"

namespace kubectl_ray {

struct FollowEvents {
  // The job's output, in order, each byte once. False: the reader is gone, end the following.
  std::function<bool(std::string_view)> on_output;
  std::function<void(const Job&)> on_job;             // each answer about the job's status
  std::function<void(const shared::Error&)> on_lost;  // the dashboard cannot be reached; told once an outage
  std::function<void()> on_back;                      // and can be again
  // Plain requests are answered, and twice in a row no WebSocket went through: the output comes by the
  // former, at longer and longer intervals. Called once. May be empty.
  std::function<void(const shared::Error&)> on_polling;
  // Asked before each further try while nothing answers. An error: trying is in vain, and the following ends
  // with it. May be empty.
  std::function<shared::Status()> on_silence;
  std::function<void(const shared::Error&)> on_incomplete;  // the rest of the output cannot be had from here
};

// How long nothing may answer before the following gives up.
struct FollowPatience {
  std::chrono::milliseconds first;   // until the first answer: perhaps nothing is there at all
  std::chrono::milliseconds outage;  // between two answers
};

// Blocks until the job is over and its output is told to the last byte; answers its final state. The end is
// what the dashboard says of the job, never a stream that closed.
//
// Output comes over the WebSocket, which starts at the first byte each time: what was told before is skipped
// by its place. What it has not told yet once the job is over is read from the log file itself.
//
// Errors: kNotFound (the job was deleted), kTimeout (`deadline`), kInterrupted, kUnavailable (nothing
// answered for as long as `patience` says), kAuth, and those of on_silence.
shared::Result<Job> FollowJob(const JobsClient& client, std::string_view id, const FollowEvents& events,
                              shared::Deadline deadline, const shared::Interrupt& interrupt,
                              const FollowPatience& patience);

// How long to wait between two questions about a job: a third of a second at first, since many jobs are
// short, and from the tenth question on longer and longer, up to five seconds. Whoever follows a job for
// hours is no burden then.
class QuestionPace {
 public:
  std::chrono::milliseconds Next();

 private:
  int asked_ = 0;
  std::chrono::milliseconds interval_{300};
};

// Text with universal newlines, as Python's text mode reads a file and Ray's WebSocket tells it: "\r\n" and
// "\r" become "\n". Keeps what it needs to know between two pieces.
class UniversalNewlines {
 public:
  std::string Translate(std::string_view bytes);

 private:
  bool after_carriage_return_ = false;
};

// A place in a job's output, told as text. The WebSocket tells a "\r\n" whose halves Ray read one after the
// other as two newlines, and the file has one: so a place is no number of bytes, but of those that are no
// newlines, and of the newlines behind the last of them.
class OutputPlace {
 public:
  auto operator<=>(const OutputPlace&) const = default;

  // Moves behind `bytes`, which stand here; answers those of them that lie behind `told`.
  std::string_view PassBehind(const OutputPlace& told, std::string_view bytes);

  // How many bytes before it are no newlines.
  std::uint64_t text() const { return text_; }

 private:
  void Pass(std::string_view bytes);

  std::uint64_t text_ = 0;
  std::uint64_t newlines_ = 0;
};

}  // namespace kubectl_ray
