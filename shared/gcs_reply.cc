#include "shared/gcs_reply.h"

#include <protozero/pbf_writer.hpp>

namespace shared {

GcsReplyStatus ReadGcsReplyStatus(protozero::pbf_reader reader) {
  GcsReplyStatus status;
  ForEachField(reader, [&](protozero::pbf_reader& field) {
    if (IsVarint(field, 1)) {
      status.code = field.get_int32();
    } else if (IsBytes(field, 2)) {
      status.message = field.get_string();
    } else {
      return false;
    }
    return true;
  });
  return status;
}

std::string EncodeInternalKvGetRequest(std::string_view key, std::string_view key_namespace) {
  std::string message;
  protozero::pbf_writer writer(message);
  writer.add_bytes(1, key.data(), key.size());
  writer.add_bytes(2, key_namespace.data(), key_namespace.size());
  return message;
}

Result<InternalKvGetReply> DecodeInternalKvGetReply(std::string_view message) {
  return DecodeStatusAndBytes(message, "InternalKVGetReply", &InternalKvGetReply::value);
}

}  // namespace shared
