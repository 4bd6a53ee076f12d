// Follows a job to its end: delivers its output exactly once, and its status until it is over.
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
  // Gets the job's output, in order, each byte once. Returns false to end the following, because the reader
  // is gone.
  std::function<bool(std::string_view)> on_output;
  std::function<void(const Job&)> on_job;             // gets each report of the job's status
  std::function<void(const shared::Error&)> on_lost;  // the dashboard cannot be reached; once an outage
  std::function<void()> on_back;                      // it can be reached again
  // Called once, if plain requests are answered but two WebSockets in a row were not: the output then comes
  // by plain requests, at longer and longer intervals. May be empty.
  std::function<void(const shared::Error&)> on_polling;
  // Called before each further try while nothing answers. If it returns an error, trying again is useless,
  // and the following ends with that error. May be empty.
  std::function<shared::Status()> on_silence;
  std::function<void(const shared::Error&)> on_incomplete;  // the rest of the output cannot be read
};

// How long nothing may answer before the following gives up.
struct FollowPatience {
  std::chrono::milliseconds first;   // until the first answer, because perhaps nothing is there at all
  std::chrono::milliseconds outage;  // between two answers
};

// Blocks until the job is over and the last byte of its output was delivered; returns its final state. A job
// is over when the dashboard says so, never because a stream closed.
//
// Output comes over the WebSocket, which starts at the first byte each time; what was delivered before is
// skipped by its position. What the WebSocket has not delivered when the job is over is read from the log
// file.
//
// Errors: kNotFound (the job was deleted), kTimeout (`deadline`), kInterrupted, kUnavailable (nothing
// answered for as long as `patience` says), kAuth, and those of on_silence.
shared::Result<Job> FollowJob(const JobsClient& client, std::string_view id, const FollowEvents& events,
                              shared::Deadline deadline, const shared::Interrupt& interrupt,
                              const FollowPatience& patience);

// How long to wait between two requests for a job's status: a third of a second at first, since many jobs are
// short; from the tenth request on longer and longer, up to five seconds, so that following a job for hours
// is no burden.
class QuestionPace {
 public:
  std::chrono::milliseconds Next();

 private:
  int asked_ = 0;
  std::chrono::milliseconds interval_{300};
};

// Converts text to universal newlines, as Python's text mode reads a file and Ray's WebSocket sends it:
// "\r\n" and "\r" become "\n". It remembers a "\r" at the end of one piece until the next.
class UniversalNewlines {
 public:
  std::string Translate(std::string_view bytes);

 private:
  bool after_carriage_return_ = false;
};

// A position in a job's output, counted as (bytes other than newlines, newlines after the last of those). A
// number of bytes would not do: if Ray reads the two halves of a "\r\n" one after the other, its WebSocket
// sends two newlines, and the file has one.
class OutputPosition {
 public:
  auto operator<=>(const OutputPosition&) const = default;

  // Advances past `bytes`, which start at this position. Returns the part of them that comes after
  // `delivered`.
  std::string_view AdvancePast(const OutputPosition& delivered, std::string_view bytes);

  // Returns how many bytes before it are not newlines.
  std::uint64_t text() const { return text_; }

 private:
  void Pass(std::string_view bytes);

  std::uint64_t text_ = 0;
  std::uint64_t newlines_ = 0;
};

}  // namespace kubectl_ray
