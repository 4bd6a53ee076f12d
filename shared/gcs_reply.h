// What most replies of Ray's GCS begin with, and its key-value store. Pure, no I/O.
// Source: src/ray/protobuf/{gcs,gcs_service}.proto of Ray 2.52.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/protobuf.h"
#include "shared/result.h"

namespace shared {

inline constexpr std::string_view kInternalKvGetMethod = "/ray.rpc.InternalKVGcsService/InternalKVGet";

// ray.rpc.GcsStatus; code 0 is OK.
struct GcsReplyStatus {
  std::int32_t code = 0;
  std::string message;
};

// protozero throws on broken input, through this function.
GcsReplyStatus ReadGcsReplyStatus(protozero::pbf_reader reader);

// Decodes most replies: a status in field 1, and text or bytes in field 2, which is the member `field`. Fails
// as DecodeMessage() does.
template <typename Message>
Result<Message> DecodeStatusAndBytes(std::string_view bytes, const char* name, std::string Message::*field) {
  return DecodeMessage<Message>(bytes, name, [field](protozero::pbf_reader& reader, Message* message) {
    if (IsBytes(reader, 1)) {
      message->status = ReadGcsReplyStatus(reader.get_message());
    } else if (IsBytes(reader, 2)) {
      message->*field = reader.get_string();
    } else {
      return false;
    }
    return true;
  });
}

struct InternalKvGetReply {
  GcsReplyStatus status;  // not OK if there is no such key
  std::string value;      // bytes
};

// The request of InternalKVGet for one key, and its reply, which is untrusted: kInternal on broken protobuf.
std::string EncodeInternalKvGetRequest(std::string_view key, std::string_view key_namespace);
Result<InternalKvGetReply> DecodeInternalKvGetReply(std::string_view message);

}  // namespace shared
