// The messages of Ray's GCS that the agent speaks, in protobuf. Pure, no I/O.
// Sources: Ray 2.52, src/ray/protobuf/{gcs_service,gcs,autoscaler}.proto, and 2.60 for temp_dir.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/gcs_reply.h"
#include "shared/result.h"

namespace ray_init_agent {

inline constexpr std::string_view kCheckAliveMethod = "/ray.rpc.NodeInfoGcsService/CheckAlive";
inline constexpr std::string_view kGetAllNodeInfoMethod = "/ray.rpc.NodeInfoGcsService/GetAllNodeInfo";
inline constexpr std::string_view kGetClusterIdMethod = "/ray.rpc.NodeInfoGcsService/GetClusterId";
inline constexpr std::string_view kGetInternalConfigMethod =
    "/ray.rpc.InternalKVGcsService/GetInternalConfig";
inline constexpr std::string_view kDrainNodeMethod = "/ray.rpc.autoscaler.AutoscalerStateService/DrainNode";

struct CheckAliveReply {
  shared::GcsReplyStatus status;
  std::string ray_version;
};

struct GcsNode {
  std::string node_id;  // bytes
  std::string address;
  std::string instance_id;  // RAY_CLOUD_INSTANCE_ID: the pod's name under KubeRay
  bool alive = false;
  bool is_head = false;
  bool drained = false;  // not alive: it was drained, and nothing ran there any more
  std::string death;     // why it is not alive, in Ray's words, or empty
  std::string temp_dir;  // the directory of its sessions; empty before Ray 2.55
};

struct GetAllNodeInfoReply {
  shared::GcsReplyStatus status;
  std::vector<GcsNode> nodes;
};

struct DrainNodeReply {
  bool accepted = false;
  std::string rejection_reason;
};

struct GetClusterIdReply {
  shared::GcsReplyStatus status;
  std::string cluster_id;  // bytes
};

struct GetInternalConfigReply {
  shared::GcsReplyStatus status;
  std::string config;  // JSON: the head's --system-config, which all of the cluster's Ray obeys
};

struct DrainNodeRequest {
  std::string node_id;  // bytes
  std::string reason_message;
  std::int64_t deadline_timestamp_ms = 0;  // since the epoch
};

// The request of DrainNode with reason PREEMPTION.
std::string EncodeDrainNodeRequest(const DrainNodeRequest& request);
// The requests of GetAllNodeInfo: for the living nodes (all, or those with one address), for one node, or for
// the head's nodes, the last two dead or alive. A Ray that does not know the filter (2.40 does not) returns
// more nodes.
std::string EncodeGetAliveNodesRequest();
std::string EncodeGetNodesAtRequest(std::string_view address);
std::string EncodeGetNodeRequest(std::string_view node_id);
std::string EncodeGetHeadNodeRequest();
// The requests that have no function here, nor in shared/gcs_reply.h, are empty messages.

// Each takes untrusted bytes, skips fields that it does not know, and fails with kInternal on broken
// protobuf.
shared::Result<CheckAliveReply> DecodeCheckAliveReply(std::string_view message);
shared::Result<GetAllNodeInfoReply> DecodeGetAllNodeInfoReply(std::string_view message);
shared::Result<DrainNodeReply> DecodeDrainNodeReply(std::string_view message);
shared::Result<GetClusterIdReply> DecodeGetClusterIdReply(std::string_view message);
shared::Result<GetInternalConfigReply> DecodeGetInternalConfigReply(std::string_view message);

}  // namespace ray_init_agent
