#include "ray-init-agent/gcs_messages.h"

#include <protozero/pbf_writer.hpp>

namespace ray_init_agent {
namespace {

using protozero::pbf_reader;
using shared::DecodeMessage;
using shared::DecodeStatusAndBytes;
using shared::IsBytes;
using shared::IsVarint;
using shared::Result;

enum class NodeState : std::int32_t { kAlive = 0 };  // ray.rpc.GcsNodeInfo.GcsNodeState
enum class DeathReason : std::int32_t {
  kDrainPreempted = 3,
  kDrainIdle = 4
};  // ray.rpc.NodeDeathInfo.Reason
enum class DrainReason : std::int32_t { kPreemption = 2 };

void ReadDeath(pbf_reader death, GcsNode* node) {
  while (death.next()) {
    if (IsVarint(death, 1)) {
      const std::int32_t reason = death.get_enum();
      node->drained = reason == static_cast<std::int32_t>(DeathReason::kDrainPreempted) ||
                      reason == static_cast<std::int32_t>(DeathReason::kDrainIdle);
    } else if (IsBytes(death, 2)) {
      node->death = death.get_string();
    } else {
      death.skip();
    }
  }
}

GcsNode ReadNode(pbf_reader reader) {
  GcsNode node;
  node.alive = true;  // ALIVE is 0, which protobuf leaves out
  while (reader.next()) {
    if (IsBytes(reader, 1)) {
      node.node_id = reader.get_string();
    } else if (IsBytes(reader, 2)) {
      node.address = reader.get_string();
    } else if (IsVarint(reader, 7)) {
      node.alive = reader.get_enum() == static_cast<std::int32_t>(NodeState::kAlive);
    } else if (IsBytes(reader, 13)) {
      node.instance_id = reader.get_string();
    } else if (IsVarint(reader, 25)) {
      node.is_head = reader.get_bool();
    } else if (IsBytes(reader, 29)) {
      ReadDeath(reader.get_message(), &node);
    } else if (IsBytes(reader, 32)) {
      node.temp_dir = reader.get_string();
    } else {
      reader.skip();
    }
  }
  return node;
}

}  // namespace

std::string EncodeDrainNodeRequest(const DrainNodeRequest& request) {
  std::string message;
  protozero::pbf_writer writer(message);
  writer.add_bytes(1, request.node_id);
  writer.add_enum(2, static_cast<std::int32_t>(DrainReason::kPreemption));
  writer.add_string(3, request.reason_message);
  writer.add_int64(4, request.deadline_timestamp_ms);
  return message;
}

std::string EncodeGetAliveNodesRequest() {
  std::string message;
  protozero::pbf_writer(message).add_enum(3, static_cast<std::int32_t>(NodeState::kAlive));
  return message;
}

std::string EncodeGetNodesAtRequest(std::string_view address) {
  std::string selector, message;
  protozero::pbf_writer(selector).add_string(3, address.data(), address.size());
  protozero::pbf_writer writer(message);
  writer.add_message(2, selector);
  writer.add_enum(3, static_cast<std::int32_t>(NodeState::kAlive));
  return message;
}

std::string EncodeGetNodeRequest(std::string_view node_id) {
  std::string selector, message;
  protozero::pbf_writer(selector).add_bytes(1, node_id.data(), node_id.size());
  protozero::pbf_writer(message).add_message(2, selector);
  return message;
}

std::string EncodeGetHeadNodeRequest() {
  std::string selector, message;
  protozero::pbf_writer(selector).add_bool(4, true);
  protozero::pbf_writer(message).add_message(2, selector);
  return message;
}

Result<CheckAliveReply> DecodeCheckAliveReply(std::string_view message) {
  return DecodeStatusAndBytes(message, "CheckAliveReply", &CheckAliveReply::ray_version);
}

Result<GetAllNodeInfoReply> DecodeGetAllNodeInfoReply(std::string_view message) {
  return DecodeMessage<GetAllNodeInfoReply>(
      message, "GetAllNodeInfoReply", [](pbf_reader& reader, GetAllNodeInfoReply* reply) {
        if (IsBytes(reader, 1)) {
          reply->status = shared::ReadGcsReplyStatus(reader.get_message());
        } else if (IsBytes(reader, 2)) {
          reply->nodes.push_back(ReadNode(reader.get_message()));
        } else {
          return false;
        }
        return true;
      });
}

Result<DrainNodeReply> DecodeDrainNodeReply(std::string_view message) {
  return DecodeMessage<DrainNodeReply>(message, "DrainNodeReply",
                                       [](pbf_reader& reader, DrainNodeReply* reply) {
                                         if (IsVarint(reader, 1)) {
                                           reply->accepted = reader.get_bool();
                                         } else if (IsBytes(reader, 2)) {
                                           reply->rejection_reason = reader.get_string();
                                         } else {
                                           return false;
                                         }
                                         return true;
                                       });
}

Result<GetClusterIdReply> DecodeGetClusterIdReply(std::string_view message) {
  return DecodeStatusAndBytes(message, "GetClusterIdReply", &GetClusterIdReply::cluster_id);
}

Result<GetInternalConfigReply> DecodeGetInternalConfigReply(std::string_view message) {
  return DecodeStatusAndBytes(message, "GetInternalConfigReply", &GetInternalConfigReply::config);
}

}  // namespace ray_init_agent
