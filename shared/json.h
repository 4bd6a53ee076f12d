// JSON as the APIs of Kubernetes and Ray use it: objects keep their order.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "shared/result.h"

// Compiled once, in json.cc, instead of in each file that reads JSON.
extern template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace shared {

using Json = nlohmann::ordered_json;

// Parses untrusted text. Fails with kInternal and the position for bad syntax, bytes that are not UTF-8, and
// nesting deeper than `max_depth` (printing and copying recurse).
Result<Json> ParseJson(std::string_view text, int max_depth = 200);

// Returns the value at a path of member names, or null if any of them is missing or not in an object: At(pod,
// {"status", "phase"}). The reference lives as long as `value`.
const Json& At(const Json& value, std::initializer_list<std::string_view> path);

// Returns the string at that path, or `fallback` if there is none of that type; likewise an integer and a
// boolean.
std::string StringAt(const Json& value, std::initializer_list<std::string_view> path,
                     std::string_view fallback = "");
std::int64_t IntAt(const Json& value, std::initializer_list<std::string_view> path,
                   std::int64_t fallback = 0);
bool BoolAt(const Json& value, std::initializer_list<std::string_view> path, bool fallback = false);

// Serialises `value`; bytes that are not UTF-8 become U+FFFD. indent < 0: one line.
std::string DumpJson(const Json& value, int indent = -1);

}  // namespace shared
