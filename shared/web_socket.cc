#include "shared/web_socket.h"

#include <curl/curl.h>
#include <poll.h>

#include <array>
#include <deque>

#include "shared/curl_options.h"

namespace shared {

struct WebSocket::State {
  HttpOptions options;
  std::size_t max_message_bytes = 0;
  CURL* easy = nullptr;
  CURLM* multi = nullptr;
  curl_slist* headers = nullptr;
  curl_slist* connect_to = nullptr;
  char detail[CURL_ERROR_SIZE] = "";
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

  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (multi != nullptr) curl_multi_remove_handle(multi, easy);
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
    curl_slist_free_all(headers);
    curl_slist_free_all(connect_to);
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

// curl_easy_perform() cannot be interrupted from outside; a multi handle can.
std::optional<HttpError> Upgrade(CURLM* multi, CURL* easy, const Interrupt* interrupt, const char* detail) {
  int running = 1;
  while (true) {
    curl_multi_perform(multi, &running);
    if (running == 0) break;
    if (interrupt != nullptr && interrupt->raised())
      return HttpError{HttpFailure::kInterrupted, "interrupted"};
    const int interrupt_fd = interrupt != nullptr ? interrupt->fd() : -1;
    curl_waitfd extra = {static_cast<curl_socket_t>(interrupt_fd), CURL_WAIT_POLLIN, 0};
    curl_multi_poll(multi, &extra, interrupt_fd >= 0 ? 1 : 0, 1000, nullptr);
  }
  int left = 0;
  CURLcode code = CURLE_FAILED_INIT;
  while (CURLMsg* message = curl_multi_info_read(multi, &left))
    if (message->msg == CURLMSG_DONE) code = message->data.result;
  if (code == CURLE_OK) return std::nullopt;
  return ToHttpError(easy, code, detail);
}

// Waits until `fd` has `events`, the interrupt is raised or the deadline has passed.
std::optional<HttpError> PollFor(int fd, short events, const Interrupt* interrupt, Deadline deadline) {
  std::array<pollfd, 2> fds = {pollfd{fd, events, 0},
                               pollfd{interrupt != nullptr ? interrupt->fd() : -1, POLLIN, 0}};
  poll(fds.data(), fds.size(), static_cast<int>(deadline.Remaining().count()));
  if (interrupt != nullptr && interrupt->raised()) return HttpError{HttpFailure::kInterrupted, "interrupted"};
  if (fds[0].revents == 0 && deadline.passed())
    return HttpError{HttpFailure::kNoAnswer, "no answer within the time allowed"};
  return std::nullopt;
}

}  // namespace

WebSocket::WebSocket(std::unique_ptr<State> state) : state_(std::move(state)) {}
WebSocket::~WebSocket() = default;
WebSocket::WebSocket(WebSocket&&) noexcept = default;
WebSocket& WebSocket::operator=(WebSocket&&) noexcept = default;

Result<WebSocket, WebSocketRefusal> WebSocket::Connect(const HttpOptions& options,
                                                       const WebSocketRequest& request) {
  InitializeCurl();
  auto state = std::make_unique<State>();
  State& s = *state;
  s.options = options;
  s.max_message_bytes = request.max_message_bytes;
  s.ping_interval = request.ping_interval;
  s.easy = curl_easy_init();
  s.multi = curl_multi_init();
  curl_easy_setopt(s.easy, CURLOPT_ERRORBUFFER, s.detail);
  ApplyHttpOptions(s.easy, s.options, request.url, &s.connect_to);
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
  curl_multi_add_handle(s.multi, s.easy);

  if (auto error = Upgrade(s.multi, s.easy, options.interrupt, s.detail)) {
    long status = 0;
    curl_easy_getinfo(s.easy, CURLINFO_RESPONSE_CODE, &status);
    return Unexpected(WebSocketRefusal{static_cast<int>(status), *std::move(error)});
  }
  long status = 0;
  curl_easy_getinfo(s.easy, CURLINFO_RESPONSE_CODE, &status);
  if (status != 101)  // libcurl reports a success if the server hung up without an answer
    return Unexpected(WebSocketRefusal{
        static_cast<int>(status), {HttpFailure::kClosed, "the connection was closed before the upgrade"}});
  curl_easy_setopt(s.easy, CURLOPT_TIMEOUT_MS, 0L);
  s.next_ping = Deadline::After(s.ping_interval);
  return WebSocket(std::move(state));
}

const std::string& WebSocket::subprotocol() const { return state_->subprotocol; }
std::size_t WebSocket::unsent_bytes() const { return state_->unsent; }
int WebSocket::close_code() const { return state_->close_code; }

int WebSocket::fd() const {
  curl_socket_t socket = CURL_SOCKET_BAD;
  curl_easy_getinfo(state_->easy, CURLINFO_ACTIVESOCKET, &socket);
  return static_cast<int>(socket);
}

Result<WebSocket::ReceiveState, HttpError> WebSocket::TryReceive(WebSocketMessage* message) {
  std::vector<char>& buffer = state_->buffer;
  while (true) {
    std::size_t size = 0;
    const curl_ws_frame* frame = nullptr;
    const CURLcode code = curl_ws_recv(state_->easy, buffer.data(), buffer.size(), &size, &frame);
    if (code == CURLE_AGAIN) return ReceiveState::kWouldBlock;
    if (code == CURLE_GOT_NOTHING) return ReceiveState::kClosed;
    if (code != CURLE_OK) return Unexpected(ToHttpError(state_->easy, code, state_->detail));
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
    auto error = PollFor(fd(), POLLIN, state_->options.interrupt, next);
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
      return Unexpected(ToHttpError(state_->easy, code, state_->detail));
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
    if (auto error = PollFor(fd(), POLLOUT, state_->options.interrupt, deadline))
      return Unexpected(*std::move(error));
  }
}

}  // namespace shared
