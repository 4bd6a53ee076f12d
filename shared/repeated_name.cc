#include "shared/repeated_name.h"

#include <set>
#include <vector>

#include "shared/json.h"

namespace shared {

std::optional<std::string> FindRepeatedName(std::string_view json) {
  std::vector<std::set<std::string>> open;  // the names of each object that has not ended
  std::optional<std::string> repeated;
  auto note = [&](int, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key && !open.back().insert(value.get<std::string>()).second &&
        !repeated)
      repeated = value.get<std::string>();
    return true;
  };
  // The value itself is not used, but g++ wants it to be taken.
  [[maybe_unused]] const Json ignored = Json::parse(json, note, false);
  return repeated;
}

}  // namespace shared
