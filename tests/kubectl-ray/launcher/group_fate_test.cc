#include "kubectl-ray/launcher/group_fate.h"

#include <catch2/catch_test_macros.hpp>

#include "kubectl-ray/kinds/labels.h"

using namespace kubectl_ray;
using shared::Json;

namespace {

Json Pod(const std::string& name, const std::string& group, const std::string& revision = "",
         bool deleting = false) {
  Json pod = {{"metadata", {{"name", name}, {"labels", {{kGroupLabel, group}}}}}};
  if (!revision.empty()) pod["metadata"]["annotations"][kRevisionAnnotation] = revision;
  if (deleting) pod["metadata"]["deletionTimestamp"] = "2026-11-29T12:00:00Z";
  return pod;
}

GroupChange Group(const std::string& name, std::int64_t wanted, std::vector<std::string> fields = {},
                  const std::string& revision = "") {
  return {.group = name, .wanted = wanted, .fields = std::move(fields), .revision = revision};
}

std::string Text(const std::vector<GroupFate>& fates) {
  std::string text;
  for (const GroupFate& fate : fates) text += FateText(fate) + "\n";
  return text;
}

}  // namespace

TEST_CASE("what becomes of each group's pods") {
  const std::vector<Json> pods = {Pod("h", "headgroup"), Pod("a1", "a"), Pod("a2", "a"), Pod("b1", "b")};
  struct Row {
    const char* what;
    std::vector<GroupChange> changes;
    std::vector<Json> pods;
    Restart restart;
    bool keeps_state;
    const char* expected;
  };
  const Row rows[] = {
      {"nothing is there",
       {Group("headgroup", 1), Group("a", 2)},
       {},
       Restart::kChanged,
       false,
       "made       1 head pod\nmade       2 pods of group a\n"},
      {"nothing is changed",
       {Group("headgroup", 1), Group("a", 2), Group("b", 1)},
       pods,
       Restart::kChanged,
       false,
       "untouched  1 head pod\nuntouched  2 pods of group a\nuntouched  1 pod of group b\n"},
      {"one group is changed",
       {Group("headgroup", 1), Group("a", 2, {"x.image", "x.env"}), Group("b", 1)},
       pods,
       Restart::kChanged,
       false,
       "untouched  1 head pod\nrecreated  2 pods of group a: x.image, x.env\nuntouched  1 pod of group b\n"},
      {"the head takes all along",
       {Group("headgroup", 1, {"h.image"}), Group("a", 2), Group("b", 1, {"b.image"})},
       pods,
       Restart::kChanged,
       false,
       "recreated  1 head pod: h.image\nrecreated  2 pods of group a: the head is recreated, and Ray's state "
       "with "
       "it\nrecreated  1 pod of group b: b.image\n"},
      {"but not with its state in Redis",
       {Group("headgroup", 1, {"h.image"}), Group("a", 2), Group("b", 1)},
       pods,
       Restart::kChanged,
       true,
       "recreated  1 head pod: h.image\nuntouched  2 pods of group a\nuntouched  1 pod of group b\n"},
      {"--no-restart",
       {Group("headgroup", 1, {"h.image"}), Group("a", 3), Group("b", 1)},
       pods,
       Restart::kNone,
       false,
       "outdated   1 head pod: h.image\nuntouched  2 pods of group a\nmade       1 pod of group a\nuntouched "
       " 1 pod "
       "of group b\n"},
      {"--restart-only",
       {Group("headgroup", 1), Group("a", 2), Group("b", 1)},
       pods,
       Restart::kAll,
       false,
       "recreated  1 head pod: --restart-only\nrecreated  2 pods of group a: --restart-only\nrecreated  1 "
       "pod of "
       "group b: --restart-only\n"},
      {"a group is gone from the file",
       {Group("headgroup", 1), Group("b", 1)},
       pods,
       Restart::kChanged,
       false,
       "untouched  1 head pod\nuntouched  1 pod of group b\nremoved    2 pods of group a\n"},
      {"one that is being deleted does not count",
       {Group("headgroup", 1), Group("a", 1)},
       {Pod("h", "headgroup"), Pod("a1", "a", "", true)},
       Restart::kChanged,
       false,
       "untouched  1 head pod\nmade       1 pod of group a\n"},
      {"a group with more than it has to",
       {Group("headgroup", 1), Group("a", 1)},
       {Pod("h", "headgroup"), Pod("a1", "a"), Pod("a2", "a")},
       Restart::kChanged,
       false,
       "untouched  1 head pod\nuntouched  2 pods of group a\n"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    CHECK(Text(DecideFates(row.changes, row.pods, row.restart, row.keeps_state)) == row.expected);
  }
}

TEST_CASE("a pod's revision counts more than what is changed now") {
  const std::vector<GroupChange> changes = {Group("headgroup", 1, {"h.image"}, "r-2"),
                                            Group("a", 3, {}, "r-2")};
  const std::vector<Json> pods = {Pod("h", "headgroup", "r-2"), Pod("a1", "a", "r-2"), Pod("a2", "a", "r-1"),
                                  Pod("a3", "a")};
  const auto fates = DecideFates(changes, pods, Restart::kChanged, false);
  CHECK(Text(fates) ==
        "untouched  1 head pod\nrecreated  1 pod of group a: changed by an `up` before\nuntouched  2 pods of "
        "group a\n");
  CHECK(fates[1].pods == std::vector<std::string>{"a2"});
}

TEST_CASE("a revision is of what makes pods") {
  const Json cluster = {
      {"spec",
       {{"autoscalerOptions", {{"idleTimeoutSeconds", 60}, {"version", "v2"}}},
        {"headGroupSpec", {{"template", {{"spec", {{"x", 1}}}}}}},
        {"workerGroupSpecs", Json::array({{{"groupName", "a"}, {"template", {{"spec", {{"x", 1}}}}}}})}}}};
  const auto revisions = [](Json changed) {
    StampRevisions(&changed);
    const auto of = [](const Json& group) {
      return shared::StringAt(group, {"template", "metadata", "annotations", kRevisionAnnotation});
    };
    return std::pair(of(changed["spec"]["headGroupSpec"]), of(changed["spec"]["workerGroupSpecs"][0]));
  };
  const auto before = revisions(cluster);
  CHECK(!before.first.empty());
  CHECK(before.first != before.second);  // the head's has the autoscaler's container
  Json changed = cluster;
  changed["spec"]["autoscalerOptions"]["idleTimeoutSeconds"] = 90;
  changed["spec"]["workerGroupSpecs"][0]["replicas"] = 5;
  CHECK(revisions(changed) == before);
  changed["spec"]["autoscalerOptions"]["version"] = "v1";
  CHECK(revisions(changed).first != before.first);
  CHECK(revisions(changed).second == before.second);
  changed = cluster;
  changed["spec"]["authOptions"] = {{"mode", "token"}};
  CHECK(revisions(changed).first != before.first);
  CHECK(revisions(changed).second != before.second);
  changed = cluster;
  changed["spec"]["workerGroupSpecs"][0]["rayStartParams"] = {{"num-cpus", "1"}};
  CHECK(revisions(changed).first == before.first);
  CHECK(revisions(changed).second != before.second);
}
