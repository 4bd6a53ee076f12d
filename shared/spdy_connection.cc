#include "shared/spdy_connection.h"

#include <curl/curl.h>
#include <poll.h>

#include <map>

#include "shared/curl_connection.h"
#include "shared/curl_options.h"
#include "shared/spdy_frames.h"
#include "shared/url.h"

namespace shared {
namespace {

using Kind = SpdyFrame::Kind;

constexpr std::size_t kChunkBytes = 64 * 1024;
constexpr std::size_t kMaxAnswerBytes = 64 * 1024;  // of the upgrade: status line and headers
constexpr std::size_t kMaxUnsentPongs = 64 * 1024;  // above it, a side that pings without reading gets none
constexpr std::uint32_t kRefusedStream = 3;

UpgradeRefusal Refusal(HttpFailure failure, std::string message, int status = 0) {
  return {status, {failure, std::move(message)}};
}

// Returns "/path?query" of "scheme://host/path?query".
std::string_view Target(std::string_view url) {
  const std::size_t host = url.find("://");
  const std::size_t path = url.find('/', host == std::string_view::npos ? 0 : host + 3);
  return path == std::string_view::npos ? "/" : url.substr(path);
}

// Returns the POST that asks for the upgrade; nothing if a header would end its line early.
std::optional<std::string> UpgradeRequest(const HttpOptions& options, const SpdyRequest& request) {
  HttpHeaders headers = {{"Host", std::string(HostAndPort(request.url))}};
  if (!options.user_agent.empty()) headers.emplace_back("User-Agent", options.user_agent);
  headers.insert(headers.end(), request.headers.begin(), request.headers.end());
  headers.emplace_back("Connection", "Upgrade");
  headers.emplace_back("Upgrade", "SPDY/3.1");
  headers.emplace_back("X-Stream-Protocol-Version", request.protocol);
  headers.emplace_back("Content-Length", "0");
  std::string text = "POST " + std::string(Target(request.url)) + " HTTP/1.1\r\n";
  for (const auto& [name, value] : headers) {
    if ((name + value).find_first_of("\r\n") != std::string::npos) return std::nullopt;
    text += name + ": " + value + "\r\n";
  }
  return text + "\r\n";
}

}  // namespace

struct SpdyConnection::State : CurlConnection {
  using CurlConnection::CurlConnection;

  struct Stream {
    bool replied = false;
    bool over = false;   // nothing more comes
    bool reset = false;  // nothing more is taken either
    Deadline reply_by = Deadline::Never();
    std::string held;  // whole frames that wait for the reply
  };

  // Reads what has come into `chunk`; empty with CURLE_OK: the other side has closed the connection.
  CURLcode Read(std::string_view* bytes) {
    std::size_t size = 0;
    const CURLcode code = curl_easy_recv(easy, chunk.data(), chunk.size(), &size);
    *bytes = std::string_view(chunk.data(), size);
    if (code == CURLE_GOT_NOTHING || code == CURLE_UNSUPPORTED_PROTOCOL) return CURLE_OK;
    return code;
  }

  std::optional<HttpError> SendAll(std::string_view text, Deadline deadline) {
    while (!text.empty()) {
      std::size_t size = 0;
      const CURLcode code = curl_easy_send(easy, text.data(), text.size(), &size);
      if (code != CURLE_OK && code != CURLE_AGAIN) return ErrorOf(code);
      text.remove_prefix(size);
      if (code != CURLE_AGAIN) continue;
      if (auto error = Wait(POLLOUT, deadline)) return error;
    }
    return std::nullopt;
  }

  // Reads the answer to the upgrade; what has come after it is the first frames.
  Result<SpdyUpgradeAnswer, HttpError> ReceiveAnswer(Deadline deadline) {
    std::string head;
    while (true) {
      std::string_view bytes;
      const CURLcode code = Read(&bytes);
      if (code != CURLE_OK && code != CURLE_AGAIN) return Unexpected(ErrorOf(code));
      if (code == CURLE_OK && bytes.empty())
        return Unexpected(HttpError{HttpFailure::kClosed, "the connection was closed before the upgrade"});
      head += bytes;
      if (const std::size_t end = head.find("\r\n\r\n"); end != std::string::npos) {
        reader.Append(std::string_view(head).substr(end + 4));
        head.resize(end + 2);
        break;
      }
      if (head.size() > kMaxAnswerBytes)
        return Unexpected(HttpError{HttpFailure::kTooLarge, "the answer to the upgrade is too large"});
      if (code != CURLE_AGAIN) continue;
      if (auto error = Wait(POLLIN, deadline)) return Unexpected(*std::move(error));
    }
    auto answer = ReadSpdyUpgradeAnswer(head);
    if (!answer)
      return Unexpected(HttpError{HttpFailure::kProtocol, "the answer to the upgrade is not HTTP/1"});
    return *std::move(answer);
  }

  // Puts a frame of a stream where it waits for its turn.
  void Push(std::uint32_t id, std::string_view bytes, bool fin) {
    Stream& stream = streams.at(id);
    if (!stream.reset) SpdyFrameWriter::Data(id, bytes, fin, stream.replied ? &outgoing : &stream.held);
  }

  // Returns whether *event is set.
  bool Take(SpdyFrame frame, SpdyEvent* event) {
    if (frame.kind == Kind::kPing) {
      // Those of the server have even numbers; odd ones are answers to ours.
      if (frame.id % 2 == 0 && outgoing.size() < kMaxUnsentPongs) SpdyFrameWriter::Ping(frame.id, &outgoing);
      return false;
    }
    if (frame.kind == Kind::kSynStream) {
      if (outgoing.size() < kMaxUnsentPongs) SpdyFrameWriter::RstStream(frame.id, kRefusedStream, &outgoing);
      return false;
    }
    const auto found = streams.find(frame.id);
    if (frame.kind == Kind::kGoAway || found == streams.end()) return false;
    Stream& stream = found->second;
    if (frame.kind == Kind::kSynReply && !stream.replied) {
      stream.replied = true;
      outgoing += std::exchange(stream.held, {});
    }
    if (frame.kind == Kind::kRstStream) {
      stream.reset = true;
      stream.held.clear();
    }
    if (stream.over) return false;
    stream.over = frame.fin || frame.kind == Kind::kRstStream;
    if (frame.data.empty() && !stream.over) return false;
    *event = {frame.id, std::move(frame.data), stream.over};
    return true;
  }

  bool LacksReply() const {
    for (const auto& [id, stream] : streams)
      if (!stream.replied && !stream.over && stream.reply_by.passed()) return true;
    return false;
  }

  std::vector<char> chunk = std::vector<char>(kChunkBytes);
  SpdyFrameReader reader;
  SpdyFrameWriter writer;
  std::map<std::uint32_t, Stream> streams;
  std::uint32_t next_stream = 1;  // a client's are odd
  std::uint32_t next_ping_id = 1;
  std::string outgoing;
  std::size_t sent = 0;  // of outgoing
  bool gone = false;     // the other side goes away
  std::chrono::milliseconds reply_timeout{0};
  std::chrono::milliseconds ping_interval{0};
  Deadline next_ping = Deadline::Never();
};

SpdyConnection::SpdyConnection(std::unique_ptr<State> state) : state_(std::move(state)) {}
SpdyConnection::~SpdyConnection() = default;
SpdyConnection::SpdyConnection(SpdyConnection&&) noexcept = default;
SpdyConnection& SpdyConnection::operator=(SpdyConnection&&) noexcept = default;

Result<SpdyConnection, UpgradeRefusal> SpdyConnection::Connect(const HttpOptions& options,
                                                               const SpdyRequest& request) {
  const Deadline deadline = Deadline::After(request.connect_timeout);
  const auto upgrade = UpgradeRequest(options, request);
  if (!upgrade) return Unexpected(Refusal(HttpFailure::kInternal, "a header has a line break"));
  auto state = std::make_unique<State>(options, request.url);
  State& s = *state;
  s.reply_timeout = request.reply_timeout;
  s.ping_interval = request.ping_interval;
  curl_easy_setopt(s.easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(s.easy, CURLOPT_CONNECT_ONLY, 1L);
  curl_easy_setopt(s.easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
  curl_easy_setopt(s.easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));  // for ALPN
  curl_easy_setopt(s.easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
  if (auto error = s.Perform()) return Unexpected(UpgradeRefusal{0, *std::move(error)});
  curl_easy_setopt(s.easy, CURLOPT_TIMEOUT_MS, 0L);
  if (auto error = s.SendAll(*upgrade, deadline)) return Unexpected(UpgradeRefusal{0, *std::move(error)});
  auto answer = s.ReceiveAnswer(deadline);
  if (!answer) return Unexpected(UpgradeRefusal{0, std::move(answer).error()});
  if (answer->status != 101)
    return Unexpected(Refusal(HttpFailure::kProtocol, "the upgrade to SPDY was refused", answer->status));
  if (!answer->spdy || answer->protocol != request.protocol)
    return Unexpected(
        Refusal(HttpFailure::kProtocol, "the upgrade was to something else than SPDY/3.1", answer->status));
  s.next_ping = Deadline::After(s.ping_interval);
  return SpdyConnection(std::move(state));
}

std::uint32_t SpdyConnection::Open(const HttpHeaders& headers) {
  State& s = *state_;
  const std::uint32_t id = s.next_stream;
  s.next_stream += 2;
  s.streams[id].reply_by = Deadline::After(s.reply_timeout);
  s.writer.SynStream(id, headers, &s.outgoing);
  (void)!Flush();  // the next call of any kind returns the error
  return id;
}

Result<std::monostate, HttpError> SpdyConnection::Queue(std::uint32_t stream, std::string_view bytes) {
  state_->Push(stream, bytes, false);
  return Flush();
}

Result<std::monostate, HttpError> SpdyConnection::End(std::uint32_t stream) {
  state_->Push(stream, "", true);
  return Flush();
}

std::size_t SpdyConnection::unsent_bytes() const {
  std::size_t size = state_->outgoing.size() - state_->sent;
  for (const auto& [id, stream] : state_->streams) size += stream.held.size();
  return size;
}

bool SpdyConnection::waits_to_send() const { return !state_->outgoing.empty(); }

Result<std::monostate, HttpError> SpdyConnection::Flush() {
  State& s = *state_;
  while (s.sent < s.outgoing.size()) {
    std::size_t sent = 0;
    const CURLcode code =
        curl_easy_send(s.easy, s.outgoing.data() + s.sent, s.outgoing.size() - s.sent, &sent);
    s.sent += sent;
    if (sent > 0) s.next_ping = Deadline::After(s.ping_interval);
    if (code == CURLE_AGAIN) break;
    if (code == CURLE_OK) continue;
    s.outgoing.clear();
    s.sent = 0;
    return Unexpected(s.ErrorOf(code));
  }
  s.outgoing.erase(0, s.sent);
  s.sent = 0;
  return std::monostate{};
}

Result<SpdyConnection::ReceiveState, HttpError> SpdyConnection::TryReceive(SpdyEvent* event) {
  State& s = *state_;
  while (!s.gone) {
    auto frame = s.reader.Next();
    if (!frame) return Unexpected(HttpError{HttpFailure::kProtocol, std::move(frame).error()});
    if (*frame) {
      s.gone = (*frame)->kind == Kind::kGoAway;
      const bool has_event = s.Take(**std::move(frame), event);
      (void)!Flush();  // a side that takes no more may still have sent something worth reading
      if (has_event) return ReceiveState::kEvent;
      continue;
    }
    std::string_view bytes;
    const CURLcode code = s.Read(&bytes);
    if (code == CURLE_AGAIN) {
      if (s.LacksReply()) return Unexpected(HttpError{HttpFailure::kNoAnswer, "a stream got no reply"});
      return ReceiveState::kWouldBlock;
    }
    if (code != CURLE_OK) return Unexpected(s.ErrorOf(code));
    if (bytes.empty()) s.gone = true;
    s.reader.Append(bytes);
  }
  return ReceiveState::kClosed;
}

int SpdyConnection::fd() const { return state_->fd(); }

std::chrono::milliseconds SpdyConnection::KeepAlive() {
  State& s = *state_;
  // What still waits to be sent is a sign of life itself, and a dead connection needs no second ping.
  if (s.next_ping.passed() && s.outgoing.empty()) {
    SpdyFrameWriter::Ping(s.next_ping_id, &s.outgoing);
    s.next_ping_id = (s.next_ping_id + 2) & 0x7fffffff;
    (void)!Flush();  // the next call of any kind returns the error
  }
  if (s.next_ping.passed()) s.next_ping = Deadline::After(s.ping_interval);
  return s.next_ping.Remaining();
}

}  // namespace shared
