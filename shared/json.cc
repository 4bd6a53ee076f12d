#include "shared/json.h"

template class nlohmann::basic_json<nlohmann::ordered_map>;

namespace shared {

Result<Json> ParseJson(std::string_view text, int max_depth) {
  bool too_deep = false;
  auto limit_depth = [&](int depth, Json::parse_event_t event, Json&) {
    if (event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start)
      too_deep = too_deep || depth >= max_depth;
    return !too_deep;  // false drops the value, so that nothing deeper is built
  };
  try {
    Json value = Json::parse(text, limit_depth);
    if (too_deep)
      return Fail(ErrorCode::kInternal, "json is nested deeper than " + std::to_string(max_depth));
    return value;
  } catch (const Json::parse_error& e) {
    return Fail(ErrorCode::kInternal, "json is not valid at byte " + std::to_string(e.byte));
  } catch (const Json::out_of_range&) {
    return Fail(ErrorCode::kInternal, "json has a number that is too large");
  }
}

const Json& At(const Json& value, std::initializer_list<std::string_view> path) {
  static const Json null;
  const Json* at = &value;
  for (std::string_view name : path) {
    if (!at->is_object()) return null;
    auto found = at->find(name);
    if (found == at->end()) return null;
    at = &*found;
  }
  return *at;
}

std::string StringAt(const Json& value, std::initializer_list<std::string_view> path,
                     std::string_view fallback) {
  const Json& at = At(value, path);
  return at.is_string() ? at.get<std::string>() : std::string(fallback);
}

std::int64_t IntAt(const Json& value, std::initializer_list<std::string_view> path, std::int64_t fallback) {
  const Json& at = At(value, path);
  return at.is_number_integer() ? at.get<std::int64_t>() : fallback;
}

bool BoolAt(const Json& value, std::initializer_list<std::string_view> path, bool fallback) {
  const Json& at = At(value, path);
  return at.is_boolean() ? at.get<bool>() : fallback;
}

std::string DumpJson(const Json& value, int indent) {
  return value.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace shared
