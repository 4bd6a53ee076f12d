#include "shared/web_socket.h"

#include <curl/curl.h>
#include <poll.h>

#include <deque>

#include "shared/curl_connection.h"
#include "shared/curl_options.h"

namespace shared {

struct WebSocket::State : CurlConnection {
  using CurlConnection::CurlConnection;

  std::size_t max_message_bytes = 0;
  std::string subprotocol;
  std::vector<char> buffer = std::vector<char>(64 * 1024);  // what one curl_ws_recv() may give
  std::string partial;                                      // the message that is being received
  std::string ping;                                         // the ping that is being received
  int close_code = 1006;
  std::chrono::milliseconds ping_interval{0};
  Deadline next_ping = Deadline::Never();

  struct Outgoing {
    unsigned flags;
    std::string payload;
    std::size_t sent = 0;
  };
  std::deque<Outgoing> outgoing;  // the first one may be half sent
  std::size_t unsent = 0;         // payload bytes, and one for each frame's header

  void Push(const std::deque<Outgoing>::const_iterator& at, unsigned flags, std::string payload) {
    unsent += payload.size() + 1;
    outgoing.insert(at, {flags, std::move(payload)});
  }
};

namespace {

std::size_t OnUpgradeHeader(char* data, std::size_t, std::size_t size, void* user) {
  static constexpr std::string_view kName = "sec-websocket-protocol:";
  std::string_view line(data, size);
  if (line.size() > kName.size() && curl_strnequal(line.data(), kName.data(), kName.size())) {
    line.remove_prefix(kName.size());
    const std::size_t begin = line.find_first_not_of(" \t");
    const std::size_t end = line.find_last_not_of(" \t\r\n");
    if (begin != std::string_view::npos)
      *static_cast<std::string*>(user) = line.substr(begin, end - begin + 1);
  }
  return size;
}

}  // namespace

WebSocket::WebSocket(std::unique_ptr<State> state) : state_(std::move(state)) {}
WebSocket::~WebSocket() = default;
WebSocket::WebSocket(WebSocket&&) noexcept = default;
WebSocket& WebSocket::operator=(WebSocket&&) noexcept = default;

Result<WebSocket, UpgradeRefusal> WebSocket::Connect(const HttpOptions& options,
                                                     const WebSocketRequest& request) {
  auto state = std::make_unique<State>(options, request.url);
  State& s = *state;
  s.max_message_bytes = request.max_message_bytes;
  s.ping_interval = request.ping_interval;
  curl_easy_setopt(s.easy, CURLOPT_PROTOCOLS_STR, "ws,wss");
  curl_easy_setopt(s.easy, CURLOPT_CONNECT_ONLY, 2L);  // upgrade, then hand the connection over
  // libcurl would put its pongs in the middle of a frame of ours that is half sent.
  curl_easy_setopt(s.easy, CURLOPT_WS_OPTIONS, static_cast<long>(CURLWS_NOAUTOPONG));
  curl_easy_setopt(s.easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(s.easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
  curl_easy_setopt(s.easy, CURLOPT_HEADERFUNCTION, OnUpgradeHeader);
  curl_easy_setopt(s.easy, CURLOPT_HEADERDATA, &s.subprotocol);
  if (const std::string host = HostHeader(options, request.url); !host.empty())
    s.headers = AppendHeader(s.headers, host);
  for (const auto& [name, value] : request.headers) s.headers = AppendHeader(s.headers, name + ": " + value);
  if (!request.subprotocols.empty())
    s.headers = AppendHeader(s.headers, "Sec-WebSocket-Protocol: " + request.subprotocols);
  curl_easy_setopt(s.easy, CURLOPT_HTTPHEADER, s.headers);

  if (auto error = s.Perform()) {
    long status = 0;
    curl_easy_getinfo(s.easy, CURLINFO_RESPONSE_CODE, &status);
    return Unexpected(UpgradeRefusal{static_cast<int>(status), *std::move(error)});
  }
  long status = 0;
  curl_easy_getinfo(s.easy, CURLINFO_RESPONSE_CODE, &status);
  if (status != 101)  // libcurl reports a success if the server hung up without an answer
    return Unexpected(UpgradeRefusal{static_cast<int>(status),
                                     {HttpFailure::kClosed, "the connection was closed before the upgrade"}});
  curl_easy_setopt(s.easy, CURLOPT_TIMEOUT_MS, 0L);
  s.next_ping = Deadline::After(s.ping_interval);
  return WebSocket(std::move(state));
}

const std::string& WebSocket::subprotocol() const { return state_->subprotocol; }
std::size_t WebSocket::unsent_bytes() const { return state_->unsent; }
int WebSocket::close_code() const { return state_->close_code; }

int WebSocket::fd() const { return state_->fd(); }

Result<WebSocket::ReceiveState, HttpError> WebSocket::TryReceive(WebSocketMessage* message) {
  std::vector<char>& buffer = state_->buffer;
  while (true) {
    std::size_t size = 0;
    const curl_ws_frame* frame = nullptr;
    const CURLcode code = curl_ws_recv(state_->easy, buffer.data(), buffer.size(), &size, &frame);
    if (code == CURLE_AGAIN) return ReceiveState::kWouldBlock;
    if (code == CURLE_GOT_NOTHING) return ReceiveState::kClosed;
    if (code != CURLE_OK) return Unexpected(state_->ErrorOf(code));
    if ((frame->flags & CURLWS_CLOSE) != 0) {
      if (size >= 2)
        state_->close_code =
            static_cast<unsigned char>(buffer[0]) << 8 | static_cast<unsigned char>(buffer[1]);
      return ReceiveState::kClosed;
    }
    if ((frame->flags & CURLWS_PONG) != 0) continue;
    if ((frame->flags & CURLWS_PING) != 0) {
      state_->ping.append(buffer.data(), size);
      if (frame->bytesleft > 0) continue;
      AnswerPing();
      continue;
    }
    if (state_->partial.size() + size > state_->max_message_bytes)
      return Unexpected(HttpError{HttpFailure::kTooLarge, "a WebSocket message is too large"});
    state_->partial.append(buffer.data(), size);
    if (frame->bytesleft > 0 || (frame->flags & CURLWS_CONT) != 0) continue;
    message->kind =
        (frame->flags & CURLWS_TEXT) != 0 ? WebSocketMessage::Kind::kText : WebSocketMessage::Kind::kBinary;
    message->payload.swap(state_->partial);  // its memory is used for the next one
    state_->partial.clear();
    return ReceiveState::kMessage;
  }
}

// Puts the pong after the frame that is half sent, before all others. A server that pings without reading
// gets one pong.
void WebSocket::AnswerPing() {
  auto& outgoing = state_->outgoing;
  const auto next = outgoing.empty() ? outgoing.begin() : std::next(outgoing.begin());
  std::string payload = std::exchange(state_->ping, {});
  if (next != outgoing.end() && next->flags == CURLWS_PONG) return;
  state_->Push(next, CURLWS_PONG, std::move(payload));
  (void)!Flush();  // a side that takes no more may still have sent something worth reading
}

std::chrono::milliseconds WebSocket::KeepAlive() {
  // What still waits to be sent is a sign of life itself, and a dead connection needs no second ping.
  if (state_->next_ping.passed() && state_->outgoing.empty()) {
    state_->Push(state_->outgoing.end(), CURLWS_PING, "");
    (void)!Flush();  // the next call of any kind returns the error
  }
  if (state_->next_ping.passed()) state_->next_ping = Deadline::After(state_->ping_interval);
  return state_->next_ping.Remaining();
}

Result<WebSocket::ReceiveState, HttpError> WebSocket::Receive(WebSocketMessage* message, Deadline deadline) {
  while (true) {
    auto received = TryReceive(message);
    if (!received || *received != ReceiveState::kWouldBlock) return received;
    const Deadline next = deadline.Min(Deadline::After(KeepAlive()));
    auto error = state_->Wait(POLLIN, next);
    if (error && (error->failure != HttpFailure::kNoAnswer || deadline.passed()))
      return Unexpected(*std::move(error));
  }
}

Result<std::monostate, HttpError> WebSocket::Queue(WebSocketMessage::Kind kind, std::string_view payload) {
  const unsigned flags = kind == WebSocketMessage::Kind::kText ? CURLWS_TEXT : CURLWS_BINARY;
  state_->Push(state_->outgoing.end(), flags, std::string(payload));
  return Flush();
}

Result<std::monostate, HttpError> WebSocket::Flush() {
  while (!state_->outgoing.empty()) {
    State::Outgoing& front = state_->outgoing.front();
    std::size_t sent = 0;
    // If it is called again with the rest of the same message, libcurl continues inside the same frame.
    const CURLcode code = curl_ws_send(state_->easy, front.payload.data() + front.sent,
                                       front.payload.size() - front.sent, &sent, 0, front.flags);
    front.sent += sent;
    state_->unsent -= sent;
    if (sent > 0) state_->next_ping = Deadline::After(state_->ping_interval);
    if (code == CURLE_AGAIN) return std::monostate{};
    if (code != CURLE_OK) {
      state_->outgoing.clear();
      state_->unsent = 0;
      return Unexpected(state_->ErrorOf(code));
    }
    if (front.sent < front.payload.size()) continue;
    state_->outgoing.pop_front();
    state_->unsent -= 1;
  }
  return std::monostate{};
}

Result<std::monostate, HttpError> WebSocket::FlushAll(Deadline deadline) {
  while (true) {
    if (auto flushed = Flush(); !flushed || state_->outgoing.empty()) return flushed;
    if (auto error = state_->Wait(POLLOUT, deadline)) return Unexpected(*std::move(error));
  }
}

}  // namespace shared
