// Reads Prometheus' text format, as exporters serve it at /metrics. Pure.
// Source: prometheus.io/docs/instrumenting/exposition_formats (text format 0.0.4).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shared {

struct PrometheusSample {
  std::string name;
  std::vector<std::pair<std::string, std::string>> labels;  // in their order, unescaped
  double value = 0;                                         // may be infinite or no number

  // Returns the value of the first label of that name; empty if there is none, as Prometheus has it.
  std::string_view Label(std::string_view label) const;

  bool operator==(const PrometheusSample&) const = default;
};

// Reads a line without its line feed: NAME{LABEL="VALUE",...} VALUE TIMESTAMP, of which the labels and the
// timestamp may be missing. Nothing: it is empty, a comment, or no such line.
std::optional<PrometheusSample> ReadPrometheusLine(std::string_view line);

// Reads a text that comes in pieces, and keeps no more of it than one line. A line that is longer than
// `kMaxLine` bytes, or is no sample, is left out, and so is a last line without a line feed: it may be cut
// off.
class PrometheusReader {
 public:
  static constexpr std::size_t kMaxLine = 16384;

  // Calls on_sample for each sample that is named by `is_wanted`; other lines are not parsed.
  PrometheusReader(std::function<bool(std::string_view name)> is_wanted,
                   std::function<void(const PrometheusSample&)> on_sample)
      : is_wanted_(std::move(is_wanted)), on_sample_(std::move(on_sample)) {}

  void Feed(std::string_view piece);

 private:
  void ReadLine(std::string_view line) const;

  std::function<bool(std::string_view)> is_wanted_;
  std::function<void(const PrometheusSample&)> on_sample_;
  std::string begun_;  // of the line whose end has not come yet
  bool too_long_ = false;
};

}  // namespace shared
