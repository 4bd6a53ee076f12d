#include "ray-init-agent/resolver.h"

#include <ares.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstring>
#include <map>
#include <optional>

#include "ray-init-agent/files.h"
#include "ray-init-agent/retry_pause.h"
#include "shared/split.h"
#include "shared/text.h"

namespace ray_init_agent {
namespace {

using shared::Deadline;
using shared::Interrupt;
using shared::Result;
using shared::Unexpected;
using std::chrono::milliseconds;

constexpr int kTriesOfFailure = 3;  // how often c-ares asks
constexpr const char* kResolvConf = "/etc/resolv.conf";

std::optional<IpAddress> ParseAddress(const std::string& text) {
  IpAddress address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  if (inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    address.size = sizeof *v4;
    return address;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  const std::size_t scope = std::min(text.find('%'), text.size());
  if (inet_pton(AF_INET6, text.substr(0, scope).c_str(), &v6->sin6_addr) != 1) return std::nullopt;
  v6->sin6_family = AF_INET6;
  if (scope < text.size()) v6->sin6_scope_id = if_nametoindex(text.c_str() + scope + 1);
  address.size = sizeof *v6;
  return address;
}

bool IsBelow(const std::string& host, const std::string& domain) {
  const std::size_t size = domain.size();
  return size > 0 && host.size() > size + 1 && host[host.size() - size - 1] == '.' &&
         std::equal(domain.begin(), domain.end(), host.end() - static_cast<std::ptrdiff_t>(size),
                    [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

std::string ServersOf(const ares_channel_t* channel) {
  char* csv = ares_get_servers_csv(channel);
  const std::string servers = csv == nullptr ? "" : csv;
  ares_free_string(csv);
  return servers;
}

}  // namespace

SearchRules ParseSearchRules(std::string_view resolv_conf) {
  SearchRules rules;
  for (std::string_view line : shared::Split(resolv_conf, '\n')) {
    std::string text(shared::Trim(line));
    std::replace(text.begin(), text.end(), '\t', ' ');
    const auto words = shared::Split(text, ' ');
    const bool has_domains = words[0] == "search" || words[0] == "domain";
    if (has_domains) rules.domains.clear();
    for (std::size_t i = 1; i < words.size(); ++i) {
      const std::string_view word = words[i];
      if (has_domains && !word.empty()) rules.domains.emplace_back(word);
      if (words[0] == "options" && word.starts_with("ndots:"))
        std::from_chars(word.data() + 6, word.data() + word.size(), rules.ndots);
    }
  }
  return rules;
}

std::vector<std::string> NamesToAsk(const std::string& host, const SearchRules& rules) {
  const bool is_whole = host.ends_with('.') || std::any_of(rules.domains.begin(), rules.domains.end(),
                                                           [&](const auto& d) { return IsBelow(host, d); });
  std::vector<std::string> names;
  if (!is_whole)
    for (const std::string& domain : rules.domains)
      if (domain != ".") names.push_back(host + "." + domain);
  const bool first = std::count(host.begin(), host.end(), '.') >= rules.ndots;
  names.insert(first ? names.begin() : names.end(), host);
  return names;
}

// One walk through the names, until one of them has addresses. A name that `was_missing` is asked for its
// IPv4 addresses alone, until it is there: a name that has a record of any type is never answered with
// NXDOMAIN (RFC 8020), and thousands of pods ask half as much.
class Resolver::Lookup {
 public:
  Lookup(const std::string& host, bool was_missing) : host_(host), was_missing_(was_missing) {
    ares_options options = {};
    options.flags = ARES_FLAG_NOSEARCH;
    options.sock_state_cb = [](void* self, ares_socket_t fd, int readable, int writable) {
      static_cast<Lookup*>(self)->OnSocketState(fd, readable != 0, writable != 0);
    };
    options.sock_state_cb_data = this;
    const int status = ares_init_options(&channel_, &options, ARES_OPT_FLAGS | ARES_OPT_SOCK_STATE_CB);
    if (status != ARES_SUCCESS) {
      Fail(status);
      Finish();
      return;
    }
    names_ = NamesToAsk(host, ParseSearchRules(ReadSmallFile(kResolvConf).value_or("")));
    AskNext();
  }
  Lookup(const Lookup&) = delete;
  Lookup& operator=(const Lookup&) = delete;
  ~Lookup() { ares_destroy(channel_); }

  bool done() const { return done_; }
  Clock::time_point began() const { return began_; }
  // Whether the name servers have answered that there is none of the names.
  bool is_missing() const { return bad_status_ == ARES_SUCCESS && !has_no_address_ && addresses_.empty(); }
  // How many questions the next look-up takes if nothing changes.
  int next_queries() const { return is_missing() ? static_cast<int>(names_.size()) : queries_; }
  const std::vector<IpAddress>& addresses() const { return addresses_; }

  // Why there are no addresses; if the look-up has not ended, what it waits for.
  GcsError Failure() const {
    if (!done_)
      return {GcsFailure::kDns,
              "no answer yet about \"" + host_ + "\" from the name server " + ServersOf(channel_)};
    if (bad_status_ == ARES_SUCCESS)
      return {GcsFailure::kName, has_no_address_ ? "\"" + host_ + "\" has no address (yet)"
                                                 : "there is no host \"" + host_ + "\" (yet)"};
    const std::string servers = channel_ == nullptr ? "" : ServersOf(channel_);
    return {GcsFailure::kDns, "cannot look up \"" + bad_name_ + "\"" +
                                  (servers.empty() ? "" : " at the name server " + servers) + ": " +
                                  shared::Uncapitalized(ares_strerror(bad_status_))};
  }

  // Waits for at most `time`, and continues with what has come.
  void Step(milliseconds time, const Interrupt* interrupt) {
    timeval timeout = {};
    if (const timeval* next = ares_timeout(channel_, nullptr, &timeout))
      time = std::min(time, milliseconds(next->tv_sec * 1000 + (next->tv_usec + 999) / 1000));
    std::vector<pollfd> polls = {{interrupt != nullptr ? interrupt->fd() : -1, POLLIN, 0}};
    for (const auto& [fd, events] : sockets_) polls.push_back({fd, events, 0});
    poll(polls.data(), polls.size(), static_cast<int>(time.count()));
    std::vector<ares_fd_events_t> ready;
    for (std::size_t i = 1; i < polls.size(); ++i) {
      const unsigned read = (polls[i].revents & (POLLIN | POLLHUP | POLLERR)) != 0 ? ARES_FD_EVENT_READ : 0;
      const unsigned write = (polls[i].revents & POLLOUT) != 0 ? ARES_FD_EVENT_WRITE : 0;
      if ((read | write) != 0) ready.push_back({polls[i].fd, read | write});
    }
    ares_process_fds(channel_, ready.data(), ready.size(), ARES_PROCESS_FLAG_NONE);
    if (has_answer_ && !done_) AskNext();
  }

 private:
  void OnSocketState(int fd, bool readable, bool writable) {
    sockets_.erase(fd);
    if (readable || writable)
      sockets_[fd] = static_cast<short>((readable ? POLLIN : 0) | (writable ? POLLOUT : 0));
  }

  // c-ares may answer inside of the call, for instance from /etc/hosts.
  void AskNext() {
    do {
      has_answer_ = false;
      if (!is_there_ && next_ == names_.size()) return Finish();
      if (!is_there_) ++next_;
      only_ipv4_ = was_missing_ && !std::exchange(is_there_, false);
      ares_addrinfo_hints hints = {};
      hints.ai_socktype = SOCK_STREAM;
      hints.ai_family = only_ipv4_ ? AF_INET : AF_UNSPEC;
      queries_ += QueriesAtOnce();
      ares_getaddrinfo(
          channel_, names_[next_ - 1].c_str(), nullptr, &hints,
          [](void* self, int status, int, ares_addrinfo* answer) {
            if (status != ARES_EDESTRUCTION) static_cast<Lookup*>(self)->OnAnswer(status, answer);
            ares_freeaddrinfo(answer);
          },
          this);
    } while (has_answer_ && !done_);
  }

  // A search domain whose servers fail does not keep the others from having the name, as in glibc. Silence
  // does, because the next name would meet it too.
  void OnAnswer(int status, const ares_addrinfo* answer) {
    has_answer_ = true;
    is_there_ = only_ipv4_ && (status == ARES_SUCCESS || status == ARES_ENODATA);
    if (is_there_) return;  // AskNext() asks for all of its addresses
    for (const ares_addrinfo_node* node = answer != nullptr ? answer->nodes : nullptr; node != nullptr;
         node = node->ai_next) {
      IpAddress address;
      address.size = std::min(static_cast<socklen_t>(sizeof address.storage), node->ai_addrlen);
      std::memcpy(&address.storage, node->ai_addr, address.size);
      addresses_.push_back(address);
    }
    if (!addresses_.empty()) return Finish();
    has_no_address_ = has_no_address_ || status == ARES_SUCCESS || status == ARES_ENODATA;
    if (status == ARES_SUCCESS || status == ARES_ENOTFOUND || status == ARES_ENODATA) return;
    queries_ += QueriesAtOnce() * (kTriesOfFailure - 1);
    Fail(status);
    if (status == ARES_ETIMEOUT) return Finish();
  }

  void Fail(int status) {
    bad_status_ = status;
    bad_name_ = next_ > 0 ? names_[next_ - 1] : host_;
  }

  void Finish() { done_ = true; }

  int QueriesAtOnce() const { return only_ipv4_ ? 1 : 2; }

  const std::string host_;
  const bool was_missing_;
  const Clock::time_point began_ = Clock::now();
  ares_channel_t* channel_ = nullptr;
  std::vector<std::string> names_;
  std::size_t next_ = 0;
  std::map<int, short> sockets_;  // the sockets and events that c-ares waits for
  bool has_answer_ = false;
  bool only_ipv4_ = false;       // the question that is open
  bool is_there_ = false;        // the name that was asked for exists, and is asked for once more
  bool has_no_address_ = false;  // one of the names exists, but has no address
  bool done_ = false;
  int queries_ = 0;
  int bad_status_ = ARES_SUCCESS;  // the last status that says nothing about the name itself
  std::string bad_name_;
  std::vector<IpAddress> addresses_;
};

Resolver::Resolver(std::string host) : host_(std::move(host)) {
  if (const auto address = ParseAddress(host_)) {
    is_address_ = true;
    addresses_ = {*address};
  }
}

Resolver::~Resolver() = default;

void Resolver::TakeAnswer() {
  const auto now = Clock::now();
  const auto waited_since = [now](Clock::time_point* since, Clock::time_point first) {
    if (*since == Clock::time_point{}) *since = first;
    return std::chrono::duration_cast<milliseconds>(now - *since);
  };
  addresses_ = lookup_->addresses();
  is_missing_ = lookup_->is_missing();
  if (addresses_.empty()) {
    failure_ = lookup_->Failure();
    ++failed_lookups_;
    const milliseconds waited = waited_since(&failing_since_, lookup_->began());
    next_lookup_ = lookup_->began() + WithJitter(LookupPause(lookup_->next_queries(), waited));
    found_since_ = {};
  } else {
    fresh_until_ = now + WithJitter(AnswerIsFreshFor(waited_since(&found_since_, now)));
    failing_since_ = next_lookup_ = {};
  }
  lookup_.reset();
}

Result<std::vector<IpAddress>, GcsError> Resolver::Resolve(const Deadline& deadline,
                                                           const Interrupt* interrupt) {
  const bool is_fresh = is_address_ || (!addresses_.empty() && Clock::now() < fresh_until_);
  if (is_fresh) return addresses_;
  while (!lookup_ && Clock::now() < next_lookup_) {
    if (interrupt != nullptr && interrupt->raised())
      return Unexpected(GcsError{GcsFailure::kInterrupted, "interrupted"});
    if (deadline.passed()) return Unexpected(failure_);
    const milliseconds pause = Deadline::At(next_lookup_).Remaining(deadline.Remaining());
    pollfd wait = {interrupt != nullptr ? interrupt->fd() : -1, POLLIN, 0};
    poll(&wait, 1, static_cast<int>(pause.count()));
  }
  if (!lookup_) lookup_ = std::make_unique<Lookup>(host_, is_missing_);
  while (!lookup_->done()) {
    if (interrupt != nullptr && interrupt->raised())
      return Unexpected(GcsError{GcsFailure::kInterrupted, "interrupted"});
    if (deadline.passed()) return Unexpected(lookup_->Failure());
    lookup_->Step(deadline.Remaining(), interrupt);
  }
  TakeAnswer();
  if (addresses_.empty()) return Unexpected(failure_);
  return addresses_;
}

}  // namespace ray_init_agent
