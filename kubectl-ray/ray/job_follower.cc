#include "kubectl-ray/ray/job_follower.h"

#include <algorithm>
#include <optional>

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::Error;
using shared::ErrorCode;
using shared::Fail;
using shared::Result;
using shared::Status;
using shared::Unexpected;
using std::chrono::milliseconds;

constexpr int kQuickQuestions = 10;
constexpr milliseconds kMaxPause(5000);
constexpr std::chrono::seconds kAgentPatience(60);
constexpr int kRefusedTails = 2;  // a single one may come from a dashboard that is restarting
// Until the WebSocket delivers something, the whole log file is read again and again, but only while it is
// this small.
constexpr std::uint64_t kMaxPolledBytes = 256 << 10;

class Follower {
 public:
  Follower(const JobsClient& client, std::string_view id, const FollowEvents& events, Deadline deadline,
           const shared::Interrupt& interrupt, const FollowPatience& patience)
      : client_(client),
        id_(id),
        events_(events),
        deadline_(deadline),
        interrupt_(interrupt),
        patience_(patience) {}

  Result<Job> Run() {
    while (true) {
      ASSIGN_OR_RETURN(Job job, AskUntilAnswered());
      if (IsOver(job.status)) return Finish(std::move(job));
      if (job.driver_node_id.empty()) {
        TRY(Pause(pending_pace_.Next()));
        continue;
      }
      TRY(Tail(job));
    }
  }

 private:
  // Asks for the job's status once and reports the answer. An error is returned, not reported.
  Result<Job> Ask() {
    if (deadline_.passed())
      return Fail(ErrorCode::kTimeout,
                  "cannot wait any longer for job \"" + id_ + "\": the time allowed is over");
    Result<Job> job = client_.Get(id_);
    if (!job) return job;
    if (std::exchange(lost_, false)) events_.on_back();
    answered_ = true;
    pause_ = milliseconds(250);
    events_.on_job(*job);
    return job;
  }

  // Returns whether this error may pass: the dashboard restarts, the laptop slept, the connection broke.
  static bool MayPass(const Error& error) {
    return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTimeout ||
           error.code == ErrorCode::kInternal;
  }

  Result<Job> AskUntilAnswered() {
    const Deadline give_up = Deadline::After(answered_ ? patience_.outage : patience_.first);
    while (true) {
      Result<Job> job = Ask();
      if (job || !MayPass(job.error()) || deadline_.passed()) return job;
      if (!std::exchange(lost_, true)) events_.on_lost(job.error());
      TRY(WorthTrying());
      if (give_up.passed()) return Fail(ErrorCode::kUnavailable, job.error().message);
      TRY(Pause(pause_));
      pause_ = std::min(pause_ * 2, kMaxPause);
    }
  }

  Status WorthTrying() const { return events_.on_silence ? events_.on_silence() : shared::Ok(); }

  Status Pause(milliseconds duration) {
    if (interrupt_.WaitFor(std::min(duration, deadline_.Remaining())))
      return Fail(ErrorCode::kInterrupted, "interrupted while following job \"" + id_ + "\"");
    return shared::Ok();
  }

  // Delivers the part of `bytes`, which start at *position of the output, that was not delivered before.
  // Advances *position past them.
  bool Merge(OutputPosition* position, std::string_view bytes) {
    const std::string_view fresh = position->AdvancePast(delivered_, bytes);
    if (fresh.empty()) return true;
    delivered_ = *position;
    return events_.on_output(fresh);
  }

  Status ReaderIsGone() {
    reader_is_gone_ = true;
    return Fail(ErrorCode::kInternal, "cannot write the output of job \"" + id_ + "\": the reader is gone");
  }

  // Delivers what the log file has that was not delivered yet.
  Status CatchUp(const Job& job) {
    UniversalNewlines newlines;
    OutputPosition position;
    bool read_on = true;
    TRY(client_.ReadLog(job, std::nullopt, [&](std::string_view bytes) {
      read_on = Merge(&position, newlines.Translate(bytes));
      return read_on;
    }));
    return read_on ? shared::Ok() : ReaderIsGone();
  }

  // Delivers the rest of the output. Tries again as long as a try gets further than the one before.
  Result<Job> Finish(Job job) {
    if (job.driver_node_id.empty()) return job;  // it never ran
    milliseconds pause(100);
    Deadline give_up = Deadline::After(patience_.outage);
    const Deadline agent_patience = Deadline::After(std::min<milliseconds>(patience_.outage, kAgentPatience));
    while (true) {
      const OutputPosition delivered_before = delivered_;
      Status read = CatchUp(job);
      if (read) return job;
      const Error& error = read.error();
      if (reader_is_gone_ || error.code == ErrorCode::kInterrupted) return Unexpected(error);
      if (delivered_ > delivered_before) give_up = Deadline::After(patience_.outage);
      const bool no_answer = error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTimeout;
      if (no_answer && (give_up.passed() || deadline_.passed()))
        return Fail(error.code, "cannot read the rest of the output of job \"" + id_ + "\", which is " +
                                    job.status_text + ": " + error.message);
      if (const Status worth = no_answer ? WorthTrying() : shared::Ok(); !worth) {
        events_.on_incomplete(worth.error());
        return job;
      }
      // The agent that reads the log may come up long after the job ended, or be gone with its node.
      if (!no_answer && (agent_patience.passed() || client_.IsNodeGone(job.driver_node_id))) {
        events_.on_incomplete(error);
        return job;
      }
      TRY(Pause(pause));
      pause = std::min(pause * 2, kMaxPause);
    }
  }

  // Follows the WebSocket until it ends or the job is over. Returns Ok in both cases, because the caller asks
  // for the status.
  Status Tail(const Job& job) {
    Status caught_up = CatchUp(job);
    if (!caught_up && (reader_is_gone_ || !MayPass(caught_up.error()))) return caught_up;
    Result<shared::WebSocket> socket = client_.OpenLogTail(id_);
    if (!socket) {
      // Whatever a gateway answers instead of a WebSocket: plain requests have just read the log, and
      // continue to.
      if (socket.error().code == ErrorCode::kInterrupted) return Unexpected(std::move(socket).error());
      if (caught_up) ReportPolling(socket.error());
      return Pause(std::exchange(tail_pause_, std::min(tail_pause_ * 2, kMaxPause)));
    }
    refused_tails_ = 0;
    OutputPosition position;
    QuestionPace pace;  // a job's end closes the WebSocket: we ask in case it is dead
    Deadline next_question = Deadline::After(pace.Next()).Min(deadline_);
    while (true) {
      shared::WebSocketMessage message;
      auto received = socket->Receive(&message, next_question);
      if (received && *received == shared::WebSocket::ReceiveState::kMessage) {
        if (!Merge(&position, message.payload)) return ReaderIsGone();
        tail_pause_ = milliseconds(250);
      } else if (received || received.error().failure != shared::HttpFailure::kNoAnswer) {
        // Also if Ray always closes the tail, because a driver's output is not UTF-8.
        return Pause(std::exchange(tail_pause_, std::min(tail_pause_ * 2, kMaxPause)));
      }
      if (!next_question.passed()) continue;
      ASSIGN_OR_RETURN(const bool over, IsOverNow());
      if (over) return shared::Ok();
      if (position == OutputPosition() && delivered_.text() < kMaxPolledBytes) {
        Status read = CatchUp(job);
        if (!read && reader_is_gone_) return read;
      }
      next_question = Deadline::After(pace.Next()).Min(deadline_);
    }
  }

  void ReportPolling(const Error& refusal) {
    if (++refused_tails_ < kRefusedTails || std::exchange(polling_is_reported_, true)) return;
    if (events_.on_polling) events_.on_polling(refusal);
  }

  // Returns true also if nothing answers, because Run() then waits for the dashboard.
  Result<bool> IsOverNow() {
    Result<Job> job = Ask();
    if (job) return IsOver(job->status);
    if (MayPass(job.error()) && !deadline_.passed()) return true;
    return Unexpected(std::move(job).error());
  }

  const JobsClient& client_;
  const std::string id_;
  const FollowEvents& events_;
  const Deadline deadline_;
  const shared::Interrupt& interrupt_;
  const FollowPatience patience_;
  OutputPosition delivered_;
  bool answered_ = false;
  bool lost_ = false;
  QuestionPace pending_pace_;
  milliseconds pause_{250};
  milliseconds tail_pause_{250};
  int refused_tails_ = 0;  // in a row
  bool polling_is_reported_ = false;
  bool reader_is_gone_ = false;
};

}  // namespace

milliseconds QuestionPace::Next() {
  if (asked_ < kQuickQuestions)
    ++asked_;
  else
    interval_ = std::min(interval_ * 2, kMaxPause);
  return interval_;
}

std::string_view OutputPosition::AdvancePast(const OutputPosition& delivered, std::string_view bytes) {
  OutputPosition end = *this;
  end.Pass(bytes);
  if (end <= delivered) bytes = {};
  // Byte by byte only near the position that was delivered.
  while (!bytes.empty() && *this < delivered) {
    OutputPosition next = *this;
    next.Pass(bytes.substr(0, 1));
    if (delivered < next) break;
    *this = next;
    bytes.remove_prefix(1);
  }
  *this = end;
  return bytes;
}

void OutputPosition::Pass(std::string_view bytes) {
  const std::size_t last = bytes.find_last_not_of('\n');
  if (last == std::string_view::npos) {
    newlines_ += bytes.size();
    return;
  }
  text_ += bytes.size() - static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
  newlines_ = bytes.size() - last - 1;
}

std::string UniversalNewlines::Translate(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (char c : bytes) {
    if (c == '\n' && after_carriage_return_) {
      after_carriage_return_ = false;
      continue;
    }
    after_carriage_return_ = c == '\r';
    text += c == '\r' ? '\n' : c;
  }
  return text;
}

Result<Job> FollowJob(const JobsClient& client, std::string_view id, const FollowEvents& events,
                      Deadline deadline, const shared::Interrupt& interrupt, const FollowPatience& patience) {
  return Follower(client, id, events, deadline, interrupt, patience).Run();
}

}  // namespace kubectl_ray
