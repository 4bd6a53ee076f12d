// A log file as the dashboards of Ray up to 2.44 send it: in blocks of 64 KiB, with a mark before each.
// Source: formatter_leading_1 in ray/dashboard/modules/state/state_head.py and BLOCK_SIZE in
// ray/dashboard/modules/log/log_agent.py (2.9.3, 2.40): the size of the file is taken once, so that every
// block but the last one is full.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace kubectl_ray {

class MarkedLog {
 public:
  // Takes the next piece of the answer and passes the file's own bytes in it to on_bytes. Returns false if
  // on_bytes did.
  bool Take(std::string_view bytes, const std::function<bool(std::string_view)>& on_bytes);

  // The text that the dashboard wrote as an error in place of a block, as far as it came, at most 4 KiB;
  // nothing if it wrote none. Untrusted.
  const std::optional<std::string>& failure() const { return failure_; }

 private:
  std::size_t left_in_block_ = 0;
  std::optional<std::string> failure_;
};

}  // namespace kubectl_ray
