#include "ray-init-agent/metrics_text.h"

#include <cstdint>
#include <cstdio>
#include <initializer_list>
#include <utility>

#include "shared/text.h"

namespace ray_init_agent {
namespace {

using std::chrono::milliseconds;

struct Label {
  const char* name;
  std::string_view value;
};

std::string Seconds(milliseconds time) {
  char text[40];
  std::snprintf(text, sizeof text, "%lld.%03lld", static_cast<long long>(time.count() / 1000),
                static_cast<long long>(time.count() % 1000));
  return text;
}

std::string Epoch(std::chrono::system_clock::time_point at) {
  return Seconds(std::chrono::duration_cast<milliseconds>(at.time_since_epoch()));
}

// Appends families of samples; each family has its samples after its head.
class MetricsWriter {
 public:
  void Family(const char* type, const char* name, const char* help) {
    name_ = std::string("ray_init_agent_") + name;
    text_ += "# HELP " + name_ + " " + help + "\n# TYPE " + name_ + " " + type + "\n";
  }

  void Sample(std::initializer_list<Label> labels, std::string_view value) {
    text_ += name_;
    char before = '{';
    for (const Label& label : labels) {
      text_ += std::exchange(before, ',');
      text_ += std::string(label.name) + "=\"" + EscapeLabel(label.value) + "\"";
    }
    if (labels.size() > 0) text_ += '}';
    text_ += " ";
    text_ += value;
    text_ += "\n";
  }
  void Sample(std::initializer_list<Label> labels, const Counter& counter) {
    Sample(labels, std::to_string(counter.value()));
  }

  // A family of one sample without labels.
  void Count(const char* name, const char* help, const Counter& counter) {
    Family("counter", name, help);
    Sample({}, counter);
  }
  void Gauge(const char* name, const char* help, std::string_view value) {
    Family("gauge", name, help);
    Sample({}, value);
  }
  void Gauge(const char* name, const char* help, const Counter& counter) {
    Gauge(name, help, std::to_string(counter.value()));
  }

  std::string Take() { return std::move(text_); }

 private:
  std::string name_;
  std::string text_;
};

// The names are those of the README's tables, as one word each.
std::string LabelWord(std::string name) {
  for (char& c : name)
    if (c == ' ') c = '_';
  return name;
}

void WriteProcess(const Counters& counters, const MetricsFacts& facts, milliseconds uptime,
                  MetricsWriter* out) {
  out->Family("gauge", "build_info", "The version of ray-init-agent, and the release of the image's Ray.");
  out->Sample({{"version", facts.version}, {"ray_release", facts.ray_release}}, "1");
  out->Family("gauge", "node_info", "What this node is in its cluster.");
  out->Sample({{"node_type", facts.node_type}, {"cluster", facts.cluster}}, "1");
  out->Gauge("start_time_seconds", "When this container's agent was started, in seconds since the epoch.",
             Epoch(counters.started_at));
  out->Gauge("uptime_seconds", "How long the agent has run.", Seconds(uptime));
  out->Gauge("child_start_time_seconds", "When Ray was started, in seconds since the epoch.",
             Epoch(facts.child_started_at));
}

void WriteWait(const Counters& counters, milliseconds waited, MetricsWriter* out) {
  const Counters::Wait& wait = counters.wait;
  out->Count("gcs_wait_tries_total",
             "Tries of the wait before Ray was started: for the GCS, or on a head for the pod's certificate.",
             wait.tries);
  out->Family("counter", "gcs_wait_failures_total",
              "Failed tries of the wait before Ray was started, by their reason.");
  for (std::size_t i = 0; i + 1 < wait.failures.kValues; ++i) {  // an interrupted wait starts no Ray
    const auto failure = static_cast<GcsFailure>(i);
    out->Sample({{"reason", LabelWord(GcsFailureName(failure))}}, wait.failures[failure]);
  }
  out->Count("gcs_wait_failed_lookups_total",
             "Look-ups of the GCS's name before Ray was started that found no address.", wait.failed_lookups);
  out->Gauge("gcs_wait_seconds", "How long the wait before Ray was started took.", Seconds(waited));
  out->Family("counter", "watchdog_checks_total",
              "Questions of a worker's watchdog to the GCS, answered or failed.");
  out->Sample({{"result", "answered"}}, counters.watchdog.answers);
  out->Sample({{"result", "failed"}}, counters.watchdog.failures);
}

void WriteDrain(const Counters& counters, milliseconds took, MetricsWriter* out) {
  const Counters::Drain& drain = counters.drain;
  out->Count("drains_asked_total", "Drains of this node that were begun because the pod is to end.",
             drain.asked);
  out->Count("drains_accepted_total", "Drains that the GCS has accepted.", drain.accepted);
  out->Family("counter", "drains_ended_total",
              "Drains that are over: idle is a success, not_registered means nothing to move, and the "
              "others are failures.");
  for (std::size_t i = 0; i < drain.ends.kValues; ++i) {
    const auto end = static_cast<DrainEnd>(i);
    out->Sample({{"result", LabelWord(DrainEndName(end))}}, drain.ends[end]);
  }
  out->Gauge("drain_seconds", "How long the drain has taken until now, or took.", Seconds(took));
}

void WriteLogs(const Counters& counters, MetricsWriter* out) {
  const Counters::Logs& logs = counters.logs;
  out->Family("counter", "log_lines_total",
              "Lines copied to stdout, from Ray's log files (file) and from what ray start prints (child).");
  out->Sample({{"source", "file"}}, logs.file_lines);
  out->Sample({{"source", "child"}}, logs.child_lines);
  out->Count("log_pieces_total", "Lines copied to stdout that are a piece of 1 MiB of a longer line.",
             logs.pieces);
  out->Count("log_dropped_lines_total",
             "Lines of ray start's own output that were dropped because the reader of stdout had stopped.",
             logs.dropped_lines);
  out->Count("log_skipped_bytes_total",
             "Bytes of log files that Ray removed before the reader of stdout had taken them.",
             logs.skipped_bytes);
  out->Count("log_written_bytes_total", "Bytes written to stdout, with what is put before each line.",
             logs.written_bytes);
  out->Gauge("log_waiting_bytes", "Bytes that the reader of stdout has not taken yet.", logs.waiting_bytes);
  out->Gauge("log_files", "Log files that are followed.", logs.files);
  out->Gauge("log_files_open",
             "Log files that are open now: the others were read whole, or wait for a descriptor.",
             logs.open_files);
}

void WriteQuota(const Counters& counters, MetricsWriter* out) {
  const Counters::Quota& quota = counters.quota;
  out->Family("counter", "quota_removed_files_total",
              "Old log files removed, for the size of all (--logs-quota) or for their age (--logs-max-age).");
  out->Sample({{"reason", "size"}}, quota.removed_by_size);
  out->Sample({{"reason", "age"}}, quota.removed_by_age);
  out->Count("quota_removed_bytes_total", "Bytes of the old log files removed.", quota.removed_bytes);
  out->Count("quota_failures_total", "Old log files that could not be removed.", quota.failures);
}

void WriteRequests(const Counters& counters, MetricsWriter* out) {
  const Counters::Requests& requests = counters.requests;
  out->Family("counter", "probes_total", "Probes answered, with 200 (ok) or 503 (failed).");
  out->Sample({{"path", "/healthz"}, {"result", "ok"}}, requests.live);
  out->Sample({{"path", "/healthz"}, {"result", "failed"}}, requests.not_live);
  out->Sample({{"path", "/readyz"}, {"result", "ok"}}, requests.ready);
  out->Sample({{"path", "/readyz"}, {"result", "failed"}}, requests.not_ready);
  out->Count("scrapes_total", "Requests for these metrics, without the one that reads this.",
             requests.scrapes);
  out->Count("requests_refused_total", "Requests answered with 400, 404, 405 or 431.", requests.refused);
}

}  // namespace

std::string EscapeLabel(std::string_view text) {
  std::string escaped;
  for (const char c : shared::EscapeControl(text)) {
    if (c == '\n') {
      escaped += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string MetricsText(const Counters& counters, const MetricsFacts& facts,
                        CountedTime::Clock::time_point now) {
  MetricsWriter out;
  WriteProcess(counters, facts, counters.uptime.Elapsed(now), &out);
  WriteWait(counters, counters.wait.time.Elapsed(now), &out);
  WriteDrain(counters, counters.drain.time.Elapsed(now), &out);
  WriteLogs(counters, &out);
  WriteQuota(counters, &out);
  WriteRequests(counters, &out);
  return out.Take();
}

}  // namespace ray_init_agent
