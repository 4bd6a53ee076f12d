// KubeClient::Watch: makes a list and then watches, each of which begins where the last one ended.
#include <algorithm>
#include <map>

#include "kubectl-ray/kube/api_error.h"
#include "kubectl-ray/kube/client.h"
#include "kubectl-ray/kube/pause.h"
#include "shared/url.h"

namespace kubectl_ray {
namespace {

using shared::Deadline;
using shared::Error;
using shared::ErrorCode;
using shared::Fail;
using shared::Status;
using shared::StringAt;

constexpr std::size_t kMaxEventBytes = 16u << 20;
constexpr std::chrono::milliseconds kFirstDelay(200);
constexpr std::chrono::milliseconds kLongestDelay(10'000);
// If a watch brings nothing for this long, not even a bookmark (the server sends one a minute), it is dead.
constexpr std::chrono::minutes kLongestSilence(5);
// How often the first list is retried. A connection that breaks between two requests must not end a wait that
// has just begun, but a server that is not there must be reported soon.
constexpr int kFirstRetries = 3;
// Right after its start an API server may not have loaded the roles yet.
constexpr std::chrono::seconds kRefusalGrace(15);

class Watcher {
 public:
  Watcher(const KubeClient& client, const Resource& resource, std::string_view ns, const ListOptions& options,
          Deadline deadline, const std::function<bool(const WatchEvent&)>& on_event)
      : client_(client),
        resource_(resource),
        ns_(ns),
        options_(options),
        deadline_(deadline),
        on_event_(on_event) {}

  Status Run() {
    std::chrono::milliseconds delay = kFirstDelay;
    while (!done_) {
      progress_ = false;
      const Status outcome = resource_version_.empty() ? ListOnce() : WatchOnce();
      if (done_) return shared::Ok();
      if (!outcome && !IsMendable(outcome.error())) return outcome;
      if (deadline_.passed()) return Fail(ErrorCode::kTimeout, "the time allowed is over");
      if (outcome && progress_) {
        delay = kFirstDelay;
        continue;
      }
      TRY(Sleep(delay));
      delay = std::min(delay * 2, kLongestDelay);
    }
    return shared::Ok();
  }

 private:
  struct Known {
    std::string resource_version;
    Json identity;  // metadata's name, namespace and uid: to report a deletion that no watch saw
    bool listed = false;
  };

  // Before the first list is complete most errors are returned; later only those that stay.
  bool IsMendable(const Error& error) {
    if (!synced_) return error.code == ErrorCode::kUnavailable && ++first_failures_ <= kFirstRetries;
    if (error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kTimeout) {
      refused_since_.reset();
      return true;
    }
    if (error.code != ErrorCode::kAuth && error.code != ErrorCode::kInternal) return false;
    const auto now = Deadline::Clock::now();
    if (!refused_since_) refused_since_ = now;
    return now - *refused_since_ < kRefusalGrace;
  }

  Status Sleep(std::chrono::milliseconds time) const {
    if (Pause(client_.access().http.interrupt, deadline_.Remaining(time)))
      return Fail(ErrorCode::kInterrupted, "interrupted");
    if (deadline_.passed()) return Fail(ErrorCode::kTimeout, "the time allowed is over");
    return shared::Ok();
  }

  void Report(WatchEventType type, const Json& object) {
    if (!done_ && !on_event_({type, object})) done_ = true;
  }

  void ReportObject(const Json& object) {
    const std::string version = StringAt(object, {"metadata", "resourceVersion"});
    const std::string uid = StringAt(object, {"metadata", "uid"});
    auto [known, added] = known_.try_emplace(uid);
    known->second.listed = true;
    if (!added && known->second.resource_version == version) return;
    known->second.resource_version = version;
    if (added)
      known->second.identity = {{"metadata",
                                 {{"name", StringAt(object, {"metadata", "name"})},
                                  {"namespace", StringAt(object, {"metadata", "namespace"})},
                                  {"uid", uid}}}};
    Report(added ? WatchEventType::kAdded : WatchEventType::kModified, object);
  }

  Status ListOnce() {
    for (auto& [uid, known] : known_) known.listed = false;
    ASSIGN_OR_RETURN(std::string version, client_.List(resource_, ns_, options_, [&](const Json& item) {
      ReportObject(item);
      return !done_;
    }));
    if (done_) return shared::Ok();
    for (auto it = known_.begin(); it != known_.end();) {
      if (!it->second.listed) Report(WatchEventType::kDeleted, it->second.identity);
      it = it->second.listed ? std::next(it) : known_.erase(it);
    }
    if (!synced_ && !done_) Report(WatchEventType::kSynced, Json());
    synced_ = true;
    progress_ = true;
    resource_version_ = std::move(version);
    return shared::Ok();
  }

  std::string WatchPath() const {
    std::string path = ResourcePath(resource_, ns_, "") +
                       "?watch=true&allowWatchBookmarks=true&timeoutSeconds=240&resourceVersion=" +
                       shared::UrlEncode(resource_version_);
    if (!options_.label_selector.empty())
      path += "&labelSelector=" + shared::UrlEncode(options_.label_selector);
    if (!options_.field_selector.empty())
      path += "&fieldSelector=" + shared::UrlEncode(options_.field_selector);
    return path;
  }

  Status WatchOnce() {
    const std::string path = WatchPath();
    std::string line;
    std::optional<Error> failure;
    shared::HttpRequest request;
    request.deadline = deadline_;
    request.idle_timeout = kLongestSilence;
    request.on_body = [&](std::string_view piece) {
      while (!piece.empty() && !done_ && !failure) {
        const std::size_t end = piece.find('\n');
        line += piece.substr(0, end);
        if (line.size() > kMaxEventBytes) failure = Error{ErrorCode::kInternal, "a watch event is too large"};
        if (end == std::string_view::npos) break;
        if (!failure) failure = TakeLine(path, line);
        line.clear();
        piece.remove_prefix(end + 1);
      }
      return !done_ && !failure;
    };
    auto response = client_.Send(std::move(request), path);
    if (done_ || gone_) {
      if (std::exchange(gone_, false)) resource_version_.clear();
      return shared::Ok();
    }
    if (failure) return shared::Unexpected(*std::move(failure));
    if (response) return shared::Ok();
    // The answer itself is a 410. If the resource is no longer served, the next list fails.
    if (response.error().code == ErrorCode::kNotFound) {
      resource_version_.clear();
      return shared::Ok();
    }
    return shared::Unexpected(std::move(response).error());
  }

  std::optional<Error> TakeLine(const std::string& path, const std::string& line) {
    const auto event = shared::ParseJson(line);
    if (!event) return Error{ErrorCode::kUnavailable, "a watch event is cut: " + event.error().message};
    const std::string type = StringAt(*event, {"type"});
    const Json& object = shared::At(*event, {"object"});
    if (type == "ERROR") {
      const int code = static_cast<int>(shared::IntAt(object, {"code"}));
      if (code != 410) return ErrorFromStatus(DescribeRequest("GET", path), code, object);
      gone_ = true;
      return Error{ErrorCode::kNotFound, "the watch's version is gone"};
    }
    progress_ = true;
    refused_since_.reset();
    if (std::string version = StringAt(object, {"metadata", "resourceVersion"}); !version.empty())
      resource_version_ = std::move(version);
    if (type == "ADDED" || type == "MODIFIED") {
      ReportObject(object);
    } else if (type == "DELETED") {
      known_.erase(StringAt(object, {"metadata", "uid"}));
      Report(WatchEventType::kDeleted, object);
    } else if (type == "BOOKMARK") {
      Report(WatchEventType::kBookmark, object);
    }
    return std::nullopt;
  }

  const KubeClient& client_;
  const Resource& resource_;
  const std::string ns_;
  const ListOptions& options_;
  const Deadline deadline_;
  const std::function<bool(const WatchEvent&)>& on_event_;
  std::map<std::string, Known> known_;  // by uid
  std::string resource_version_;        // if it is empty, a list is next
  bool synced_ = false;
  int first_failures_ = 0;
  bool done_ = false;      // on_event returned false
  bool gone_ = false;      // a 410 came as an event of the watch
  bool progress_ = false;  // this round brought an event
  std::optional<Deadline::Clock::time_point> refused_since_;
};

}  // namespace

Status KubeClient::Watch(const Resource& resource, std::string_view ns, const ListOptions& options,
                         Deadline deadline, const std::function<bool(const WatchEvent&)>& on_event) const {
  return Watcher(*this, resource, ns, options, deadline, on_event).Run();
}

}  // namespace kubectl_ray
