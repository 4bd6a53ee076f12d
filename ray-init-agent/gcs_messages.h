// The few messages of Ray's GCS that the agent speaks: gRPC frames around protobuf. Pure, no I/O.
// Field numbers: Ray 2.52, src/ray/protobuf/{gcs_service,gcs,autoscaler}.proto, and 2.60 for temp_dir;
// frames: gRPC over HTTP/2.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/result.h"

namespace ray_init_agent {

inline constexpr std::string_view kCheckAliveMethod = "/ray.rpc.NodeInfoGcsService/CheckAlive";
inline constexpr std::string_view kGetAllNodeInfoMethod = "/ray.rpc.NodeInfoGcsService/GetAllNodeInfo";
inline constexpr std::string_view kGetClusterIdMethod = "/ray.rpc.NodeInfoGcsService/GetClusterId";
inline constexpr std::string_view kInternalKvGetMethod = "/ray.rpc.InternalKVGcsService/InternalKVGet";
inline constexpr std::string_view kGetInternalConfigMethod =
    "/ray.rpc.InternalKVGcsService/GetInternalConfig";
inline constexpr std::string_view kDrainNodeMethod = "/ray.rpc.autoscaler.AutoscalerStateService/DrainNode";

// GcsStatus: code 0 is fine.
struct GcsStatus {
  std::int32_t code = 0;
  std::string message;
};

struct CheckAliveReply {
  GcsStatus status;
  std::string ray_version;
};

struct GcsNode {
  std::string node_id;  // bytes
  std::string address;
  std::string instance_id;  // the pod's name under KubeRay
  bool alive = false;
  bool is_head = false;
  bool drained = false;  // not alive, because it was drained and nothing ran there any more
  std::string death;     // why it is not alive, in Ray's words; may be empty
  std::string temp_dir;  // where its sessions are; empty before Ray 2.55
};

struct GetAllNodeInfoReply {
  GcsStatus status;
  std::vector<GcsNode> nodes;
};

struct DrainNodeReply {
  bool accepted = false;
  std::string rejection_reason;
};

struct GetClusterIdReply {
  GcsStatus status;
  std::string cluster_id;  // bytes
};

struct InternalKvGetReply {
  GcsStatus status;   // not OK where there is no such key
  std::string value;  // bytes
};

struct GetInternalConfigReply {
  GcsStatus status;
  std::string
      config;  // JSON: what the head was given as --system-config, which all of the cluster's Ray obeys
};

struct DrainNodeRequest {
  std::string node_id;  // bytes
  std::string reason_message;
  std::int64_t deadline_timestamp_ms = 0;  // since the epoch
};

// DrainNode with reason PREEMPTION.
std::string EncodeDrainNodeRequest(const DrainNodeRequest& request);
// GetAllNodeInfo for the living nodes only (all, or those of one address), for one node, or for the head's,
// dead or alive. A Ray that does not know the filter (2.40 does not) gives more of them.
std::string EncodeGetAliveNodesRequest();
std::string EncodeGetNodesAtRequest(std::string_view address);
std::string EncodeGetNodeRequest(std::string_view node_id);
std::string EncodeGetHeadNodeRequest();
// InternalKVGet of one key. The requests that have no function here are empty messages.
std::string EncodeInternalKvGetRequest(std::string_view key, std::string_view key_namespace);

// One uncompressed gRPC frame around `message`: a zero byte, its length as 32 bits big endian, the message.
std::string EncodeGrpcFrame(std::string_view message);

// The one message of a unary answer. kInternal where it is not exactly one whole uncompressed frame.
shared::Result<std::string_view> DecodeGrpcFrame(std::string_view body);

// Each takes untrusted bytes, skips fields it does not know, and fails with kInternal on broken protobuf.
shared::Result<CheckAliveReply> DecodeCheckAliveReply(std::string_view message);
shared::Result<GetAllNodeInfoReply> DecodeGetAllNodeInfoReply(std::string_view message);
shared::Result<DrainNodeReply> DecodeDrainNodeReply(std::string_view message);
shared::Result<GetClusterIdReply> DecodeGetClusterIdReply(std::string_view message);
shared::Result<InternalKvGetReply> DecodeInternalKvGetReply(std::string_view message);
shared::Result<GetInternalConfigReply> DecodeGetInternalConfigReply(std::string_view message);

}  // namespace ray_init_agent
