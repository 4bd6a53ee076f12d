#include "kubectl-ray/logs/log_options.h"

#include <regex.h>

#include "shared/url.h"

namespace kubectl_ray {

struct LogPattern::Compiled {
  regex_t regex = {};
  bool valid = false;
  Compiled() = default;
  Compiled(const Compiled&) = delete;
  Compiled& operator=(const Compiled&) = delete;
  ~Compiled() {
    if (valid) regfree(&regex);
  }
};

shared::Result<LogPattern> LogPattern::Compile(const std::string& expression) {
  auto compiled = std::make_shared<Compiled>();
  if (const int code = regcomp(&compiled->regex, expression.c_str(), REG_EXTENDED | REG_NOSUB); code != 0) {
    char reason[256];
    regerror(code, &compiled->regex, reason, sizeof reason);
    return shared::Fail(shared::ErrorCode::kUsage,
                        "--grep \"" + expression + "\" is not an extended regular expression: " + reason);
  }
  compiled->valid = true;
  LogPattern pattern;
  pattern.compiled_ = std::move(compiled);
  return pattern;
}

bool LogPattern::Matches(const std::string& line) const {
  return regexec(&compiled_->regex, line.c_str(), 0, nullptr, 0) == 0;
}

std::string LogPath(const RayPod& pod, const LogOptions& options, const std::string& since_time,
                    bool previous) {
  std::string path = PodLogPath(pod.ns, pod.name, pod.container) + "&timestamps=true";
  if (options.follow && !previous) path += "&follow=true";
  if (previous) path += "&previous=true";
  if (!since_time.empty()) return path + "&sinceTime=" + shared::UrlEncode(since_time);
  if (options.since) path += "&sinceSeconds=" + std::to_string(options.since->count());
  if (options.tail) path += "&tailLines=" + std::to_string(*options.tail);
  return path;
}

bool IsOfComponent(std::string_view line, std::string_view component) {
  if (!line.starts_with('[') || !line.substr(1).starts_with(component)) return false;
  const std::string_view rest = line.substr(1 + component.size());
  return rest.starts_with(']') || rest.starts_with('.') || rest.starts_with('-');
}

}  // namespace kubectl_ray
