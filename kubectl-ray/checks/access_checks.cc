#include "kubectl-ray/checks/access_checks.h"

#include <charconv>

#include "kubectl-ray/checks/unknown.h"
#include "kubectl-ray/kinds/ray_resources.h"
#include "shared/duration.h"
#include "shared/web_socket.h"

namespace kubectl_ray {
namespace {

std::string Named(const AskedRight& right) {
  return right.verb + " " + right.resource + (right.group.empty() ? "" : "." + right.group);
}

// A user of one kind of cluster needs no rights on the other's resources.
bool ManagesOneKind(const Facts& facts) {
  bool ray = true, plain = true;
  for (const AskedRight& right : facts.rights) {
    if (!right.allowed || *right.allowed) continue;
    if (right.group == kRayClusters.group) ray = false;
    if (right.group == kDeployments.group) plain = false;
  }
  return ray || plain;
}

}  // namespace

Findings CheckRights(const Facts& facts) {
  Findings findings;
  const bool one_kind = ManagesOneKind(facts);
  for (const AskedRight& right : facts.rights) {
    if (!right.allowed) {
      findings.push_back(Unknown(right.allowed.error()));
      break;  // the server answers none of these reviews
    }
    if (*right.allowed) continue;
    const bool of_a_kind = right.group == kRayClusters.group || right.group == kDeployments.group;
    findings.push_back(
        {of_a_kind && one_kind ? Level::kWarn : Level::kFail,
         "you may not " + Named(right) + " in namespace \"" + facts.ns + "\", which is needed " +
             right.needed_for,
         "Ask for a Role with it: `kubectl auth can-i --list -n " + facts.ns + "` shows what you have."});
  }
  return findings;
}

Findings CheckServerVersion(const Facts& facts) {
  if (!facts.server_version) return {Unknown(facts.server_version.error())};
  const std::string minor_text = shared::StringAt(*facts.server_version, {"minor"});
  int minor = 0;
  std::from_chars(minor_text.data(), minor_text.data() + minor_text.size(), minor);
  const std::string version = shared::StringAt(*facts.server_version, {"gitVersion"}, "unknown");
  if (shared::StringAt(*facts.server_version, {"major"}) != "1" || minor >= 25) return {};
  return {{Level::kWarn, "the API server is " + version + ", which drops fields it does not know in silence",
           "Kubernetes 1.25 and later refuse them."}};
}

Findings CheckSilence(const Facts& facts) {
  if (!*facts.silent_stream) return {Unknown(facts.silent_stream->error())};
  const SilentStream& stream = **facts.silent_stream;
  if (stream.cut.empty()) return {};
  const bool beats_pings = stream.lasted < shared::WebSocketRequest().ping_interval;
  return {{beats_pings ? Level::kFail : Level::kWarn,
           "a stream to the head was cut after " + shared::FormatDuration(stream.lasted) +
               " of silence: " + stream.cut,
           "exec, attach, session and jobs send a ping every " +
               shared::FormatDuration(shared::WebSocketRequest().ping_interval) +
               (beats_pings ? ", which is too late: " : ", and live on; for clients that send none ") +
               "raise the idle timeout of the proxy or load balancer before the API server."}};
}

Findings CheckWebSocket(const Facts& facts) {
  if (!*facts.web_socket) {
    const shared::Error& error = facts.web_socket->error();
    if (error.code == shared::ErrorCode::kAuth) return {Unknown(error)};
    return {{Level::kFail, "no command runs in the head over a WebSocket, nor over SPDY: " + error.message,
             "exec, attach, session and jobs need one of them: have every proxy between you and the API "
             "server pass `Upgrade: websocket`."}};
  }
  if (**facts.web_socket == kBySpdy)
    return {
        {Level::kWarn, "a WebSocket to the head was refused, and SPDY/3.1 is used instead",
         "exec, attach, session and jobs work so, as kubectl does; they need the verb \"create\" on "
         "\"pods/exec\" and \"pods/portforward\". WebSockets need \"get\" as well, and a proxy that passes "
         "`Upgrade: websocket`."}};
  return {};
}

}  // namespace kubectl_ray
