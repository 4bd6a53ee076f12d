#include "ray-init-agent/log_source.h"

#include <algorithm>
#include <cstdlib>

namespace ray_init_agent {
namespace {

bool IsDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool IsHex(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
}

// Returns the part after the last `separator`, or nothing if there is none.
std::string_view AfterLast(std::string_view text, char separator) {
  const std::size_t at = text.rfind(separator);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
}

// Removes the part after the last point, and the point, from *text; returns that part.
std::string_view TakeSuffix(std::string_view* text) {
  const std::string_view suffix = AfterLast(*text, '.');
  text->remove_suffix(suffix.size() + 1);
  return suffix;
}

int TakeNumber(std::string_view* text) {
  const std::string_view number = AfterLast(*text, '.');
  if (!IsDigits(number) || number.size() > 4) return 0;
  return std::atoi(std::string(TakeSuffix(text)).c_str());
}

bool TakeExtension(std::string_view* text) {
  const std::string_view extension = AfterLast(*text, '.');
  if (extension != "out" && extension != "err" && extension != "log" && extension != "txt") return false;
  TakeSuffix(text);
  return true;
}

// worker-<worker>-<job>-<pid>
bool ParseWorker(std::string_view name, LogSource* source) {
  if (!name.starts_with("worker-")) return false;
  name.remove_prefix(7);
  const std::string_view pid = AfterLast(name, '-');
  if (!IsDigits(pid)) return false;
  name.remove_suffix(pid.size() + 1);
  const std::string_view job = AfterLast(name, '-');
  if (!IsHex(job)) return false;
  name.remove_suffix(job.size() + 1);
  if (!IsHex(name)) return false;
  *source = {"worker", std::string(name), std::string(job), std::string(pid), source->rotation};
  return true;
}

// python-core-worker-<worker>_<pid>, python-core-driver-<worker>_<pid>
bool ParseCoreWorker(std::string_view name, LogSource* source) {
  for (std::string_view component : {"python-core-worker", "python-core-driver"}) {
    if (!name.starts_with(component) || name.size() <= component.size()) continue;
    std::string_view rest = name.substr(component.size() + 1);
    const std::string_view pid = AfterLast(rest, '_');
    if (!IsDigits(pid)) return false;
    rest.remove_suffix(pid.size() + 1);
    if (!IsHex(rest)) return false;
    *source = {std::string(component), std::string(rest), "", std::string(pid), source->rotation};
    return true;
  }
  return false;
}

// agent-<number>: the output of the dashboard agent in Ray 2.9 and 2.40 (both were run)
bool ParseAgent(std::string_view name, LogSource* source) {
  if (!name.starts_with("agent-") || !IsDigits(name.substr(6))) return false;
  source->component = "dashboard_agent";
  return true;
}

// job-driver-<submission id>, runtime_env_setup-<job>
bool ParseJob(std::string_view name, LogSource* source) {
  for (std::string_view component : {"job-driver", "runtime_env_setup"}) {
    if (!name.starts_with(component) || name.size() <= component.size() + 1 || name[component.size()] != '-')
      continue;
    source->component = component;
    source->job = name.substr(component.size() + 1);
    return true;
  }
  return false;
}

// Removes the rotation from `path`, and the extension into *extension. Returns the rotation, or 0.
int TakeRotation(std::string_view* path, std::string_view* extension) {
  int rotation = TakeNumber(path);  // name.log.3
  std::string_view stem = *path;
  if (!TakeExtension(&stem)) return rotation;
  *extension = path->substr(stem.size());
  *path = stem;
  // name.3.log; but proxy_10.0.0.3.log is the log of an address
  const int number = TakeNumber(&stem);
  if (number > 0 && !IsDigits(AfterLast(stem, '.'))) {
    rotation = number;
    *path = stem;
  }
  return rotation;
}

}  // namespace

LogSource ParseLogPath(std::string_view path) {
  LogSource source;
  std::string_view extension;
  source.rotation = TakeRotation(&path, &extension);
  std::string_view name = path;
  if (name.starts_with("old/")) name.remove_prefix(4);  // Ray moves the files of dead workers there
  if (ParseWorker(name, &source) || ParseCoreWorker(name, &source) || ParseJob(name, &source) ||
      ParseAgent(name, &source))
    return source;
  source.component = name;
  return source;
}

std::string UnrotatedPath(std::string_view path) {
  std::string_view extension;
  TakeRotation(&path, &extension);
  return std::string(path) + std::string(extension);
}

std::string WithRotation(std::string_view path, int rotation) {
  const std::string number = "." + std::to_string(rotation);
  const std::string last(AfterLast(path, '.'));
  if (IsDigits(last)) return std::string(path.substr(0, path.size() - last.size() - 1)) + number;
  const std::string_view stem = path.substr(0, path.size() - last.size() - 1);
  return std::string(stem.substr(0, stem.rfind('.'))) + number + "." + last;
}

}  // namespace ray_init_agent
