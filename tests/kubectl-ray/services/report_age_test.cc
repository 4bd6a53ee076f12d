#include "kubectl-ray/services/report_age.h"

#include <catch2/catch_test_macros.hpp>
#include <optional>

using namespace kubectl_ray;
using shared::Json;

namespace {

using std::chrono::seconds;

constexpr SystemTime kNow{seconds(1'000'000'000)};  // 2001-09-09T01:46:40Z
const ReportAge::SteadyTime kStart{};

Json Service(int generation, int seen, const std::string& application, const std::string& changed) {
  return {{"metadata",
           {{"generation", generation},
            {"managedFields",
             {{{"manager", "operator"}, {"subresource", "status"}, {"time", "2001-09-09T01:46:40Z"}},
              {{"manager", "first"}, {"time", "2001-09-09T01:00:00Z"}},
              {{"manager", "last"}, {"time", changed}}}}}},
          {"status",
           {{"observedGeneration", seen},
            {"activeServiceStatus", {{"applicationStatuses", {{"default", {{"status", application}}}}}}}}}};
}

const std::string kJustNow = "2001-09-09T01:46:39Z";

}  // namespace

TEST_CASE("one look at a report is enough if the last change is thirty seconds old") {
  const struct {
    std::string changed;
    bool is_new;
  } rows[] = {
      {kJustNow, false},
      {"2001-09-09T01:46:11Z", false},
      {"2001-09-09T01:46:10Z", true},
      {"2001-09-09T01:50:00Z", false},  // the machine's clock is late
      {"yesterday", true},              // the other manager's time is left
  };
  for (const auto& row : rows) {
    INFO(row.changed);
    CHECK(ReportAge().IsOfLastChange(Service(3, 3, "RUNNING", row.changed), kNow, kStart) == row.is_new);
  }
  Json bare = Service(3, 3, "RUNNING", kJustNow);
  bare["metadata"].erase("managedFields");
  CHECK_FALSE(ReportAge().IsOfLastChange(bare, kNow, kStart));
}

TEST_CASE(
    "the first report of a generation is of what was before, until it differs or ten seconds are over") {
  ReportAge age;
  CHECK_FALSE(age.IsOfLastChange(Service(4, 3, "DEPLOY_FAILED", kJustNow), kNow, kStart));
  CHECK_FALSE(age.IsOfLastChange(Service(4, 4, "DEPLOY_FAILED", kJustNow), kNow, kStart + seconds(8)));
  CHECK_FALSE(age.IsOfLastChange(Service(4, 4, "DEPLOY_FAILED", kJustNow), kNow, kStart + seconds(17)));
  CHECK(age.IsOfLastChange(Service(4, 4, "DEPLOYING", kJustNow), kNow, kStart + seconds(17)));
  CHECK(age.IsOfLastChange(Service(4, 4, "DEPLOY_FAILED", kJustNow), kNow, kStart + seconds(18)));
  // Another change, and all begins again.
  CHECK_FALSE(age.IsOfLastChange(Service(5, 5, "DEPLOY_FAILED", kJustNow), kNow, kStart + seconds(20)));
  CHECK(age.IsOfLastChange(Service(5, 5, "RUNNING", kJustNow), kNow, kStart + seconds(21)));
}

TEST_CASE("what the operator has seen") {
  const struct {
    const char* service;
    bool seen;
  } rows[] = {
      {R"({})", false},
      {R"({"metadata": {"generation": 1}})", false},
      {R"({"metadata": {"generation": 1}, "status": {}})", true},  // before KubeRay had the field
      {R"({"metadata": {"generation": 2}, "status": {"observedGeneration": 1}})", false},
      {R"({"metadata": {"generation": 2}, "status": {"observedGeneration": 2}})", true},
      {R"({"metadata": {"generation": 2}, "status": {"observedGeneration": "2"}})", true},
  };
  for (const auto& row : rows) {
    INFO(row.service);
    CHECK(HasSeenLastChange(Json::parse(row.service)) == row.seen);
  }
}

TEST_CASE("a failed validation stands in the condition after the change that mends it") {
  const struct {
    std::optional<int> seen;
    const char *written, *changed;
    bool is_of_last_change;
  } rows[] = {
      {std::nullopt, "2001-09-09T01:46:39Z", "2001-09-09T01:46:39Z", true},  // as it was created
      {2, "2001-09-09T01:46:40Z", "2001-09-09T01:46:39Z", true},
      {2, "2001-09-09T01:46:38Z", "2001-09-09T01:46:39Z", false},  // the change was not looked at yet
      {3, "2001-09-09T01:46:40Z", "2001-09-09T01:46:39Z", false},  // the change passed
      {2, "", "2001-09-09T01:46:39Z", true},
  };
  for (const auto& row : rows) {
    Json service = Service(3, row.seen.value_or(0), "RUNNING", row.changed);
    if (!row.seen) service["status"].erase("observedGeneration");
    service["status"]["lastUpdateTime"] = row.written;
    INFO(service.dump());
    CHECK(IsValidationOfLastChange(service) == row.is_of_last_change);
  }
}
