// Reads protobuf messages field by field, by protozero, from bytes that nobody vouches for. Pure.
#pragma once

#include <cstdint>
#include <protozero/pbf_reader.hpp>
#include <string>
#include <string_view>

#include "shared/result.h"

namespace shared {

// Return whether the reader's field has this number and this wire type. A field of another type is not the
// one that is meant, and its reader skips it.
inline bool IsBytes(const protozero::pbf_reader& reader, std::uint32_t field) {
  return reader.tag() == field && reader.wire_type() == protozero::pbf_wire_type::length_delimited;
}
inline bool IsVarint(const protozero::pbf_reader& reader, std::uint32_t field) {
  return reader.tag() == field && reader.wire_type() == protozero::pbf_wire_type::varint;
}
inline bool IsDouble(const protozero::pbf_reader& reader, std::uint32_t field) {
  return reader.tag() == field && reader.wire_type() == protozero::pbf_wire_type::fixed64;
}

// Calls `read_field(reader)` at each field; it reads the field and returns true, or reads nothing and returns
// false, and then the field is skipped. protozero throws on broken input, through this function.
template <typename ReadField>
void ForEachField(protozero::pbf_reader reader, ReadField read_field) {
  while (reader.next())
    if (!read_field(reader)) reader.skip();
}

// Returns the message that `read_field(reader, &message)` filled, as ForEachField() calls it. Fails with
// kInternal on broken input; `name` is the message's.
template <typename Message, typename ReadField>
Result<Message> DecodeMessage(std::string_view bytes, const char* name, ReadField read_field) {
  Message message;
  try {
    ForEachField(protozero::pbf_reader(bytes.data(), bytes.size()),
                 [&](protozero::pbf_reader& reader) { return read_field(reader, &message); });
    return message;
  } catch (const protozero::exception& e) {
    return Fail(ErrorCode::kInternal, std::string("cannot read ") + name + ": " + e.what());
  }
}

}  // namespace shared
