#include "kubectl-ray/kube/pod_channels.h"

#include <algorithm>

namespace kubectl_ray {
namespace {

using shared::HttpError;
using shared::Result;
using shared::SpdyConnection;
using shared::WebSocket;
using shared::WebSocketMessage;

constexpr char kClose = static_cast<char>(255);  // v5.channel.k8s.io: the channel after it has ended

}  // namespace

PodChannels::PodChannels(WebSocket socket) : way_(std::move(socket)) {}

PodChannels::PodChannels(SpdyConnection connection, const PodProtocol& protocol)
    : way_(Spdy{std::move(connection), {}}) {
  Spdy& spdy = std::get<Spdy>(way_);
  for (const PodProtocol::Stream& stream : protocol.streams)
    spdy.channels.push_back({stream.channel, spdy.connection.Open(stream.headers), stream.receives});
}

bool PodChannels::greets() const { return std::holds_alternative<WebSocket>(way_); }

Result<PodChannels::ReceiveState, HttpError> PodChannels::TryReceive(std::string* message) {
  if (Spdy* spdy = std::get_if<Spdy>(&way_)) return spdy->TryReceive(message);
  message_.payload.swap(*message);
  auto state = std::get<WebSocket>(way_).TryReceive(&message_);
  message_.payload.swap(*message);
  return state;
}

Result<PodChannels::ReceiveState, HttpError> PodChannels::Spdy::TryReceive(std::string* message) {
  while (std::any_of(channels.begin(), channels.end(), [](const Channel& c) { return c.awaited; })) {
    const auto state = connection.TryReceive(&event);
    if (!state) return shared::Unexpected(state.error());
    if (*state == SpdyConnection::ReceiveState::kClosed) break;
    if (*state == SpdyConnection::ReceiveState::kWouldBlock) return ReceiveState::kWouldBlock;
    const auto from = std::find_if(channels.begin(), channels.end(),
                                   [&](const Channel& c) { return c.stream == event.stream; });
    if (event.ended) from->awaited = false;
    if (event.data.empty()) continue;
    message->assign(1, from->channel);
    *message += event.data;
    return ReceiveState::kMessage;
  }
  return ReceiveState::kClosed;
}

const PodChannels::Spdy::Channel* PodChannels::Spdy::Find(char channel) const {
  const auto found =
      std::find_if(channels.begin(), channels.end(), [&](const Channel& c) { return c.channel == channel; });
  return found == channels.end() ? nullptr : &*found;
}

Result<std::monostate, HttpError> PodChannels::Queue(std::string_view message) {
  Spdy* spdy = std::get_if<Spdy>(&way_);
  if (spdy == nullptr) return std::get<WebSocket>(way_).Queue(WebSocketMessage::Kind::kBinary, message);
  const Spdy::Channel* channel = message.empty() ? nullptr : spdy->Find(message[0]);
  if (channel == nullptr) return std::monostate{};
  return spdy->connection.Queue(channel->stream, message.substr(1));
}

Result<std::monostate, HttpError> PodChannels::Flush() {
  if (Spdy* spdy = std::get_if<Spdy>(&way_)) return spdy->connection.Flush();
  return std::get<WebSocket>(way_).Flush();
}

bool PodChannels::End(char channel) {
  if (Spdy* spdy = std::get_if<Spdy>(&way_)) {
    const Spdy::Channel* found = spdy->Find(channel);
    return found != nullptr && spdy->connection.End(found->stream).has_value();
  }
  if (std::get<WebSocket>(way_).subprotocol() != "v5.channel.k8s.io") return false;
  return Queue(std::string{kClose, channel}).has_value();
}

std::size_t PodChannels::unsent_bytes() const {
  const Spdy* spdy = std::get_if<Spdy>(&way_);
  return spdy != nullptr ? spdy->connection.unsent_bytes() : std::get<WebSocket>(way_).unsent_bytes();
}

bool PodChannels::waits_to_send() const {
  const Spdy* spdy = std::get_if<Spdy>(&way_);
  return spdy != nullptr ? spdy->connection.waits_to_send() : std::get<WebSocket>(way_).unsent_bytes() > 0;
}

int PodChannels::fd() const {
  const Spdy* spdy = std::get_if<Spdy>(&way_);
  return spdy != nullptr ? spdy->connection.fd() : std::get<WebSocket>(way_).fd();
}

std::chrono::milliseconds PodChannels::KeepAlive() {
  if (Spdy* spdy = std::get_if<Spdy>(&way_)) return spdy->connection.KeepAlive();
  return std::get<WebSocket>(way_).KeepAlive();
}

}  // namespace kubectl_ray
